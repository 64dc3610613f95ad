import type { JsonObject, TargetPath } from '@rind/kernel';
import { delegationsObject, readDelegations } from './delegations.ts';
import type { Delegations } from './delegations.ts';
import { objectIn, stringIn } from './field.ts';
import { readSigned, signedFields } from './signed.ts';
import type { Signed, SignedFields } from './signed.ts';
import { readTargetFile, targetFileObject } from './target-file.ts';
import type { ListedTargetFile, TargetFile } from './target-file.ts';

/** Targets, and every role delegated by it (TUF 1.0.34 §4.5). */
export interface Targets extends Signed<'targets'> {
  readonly targets: ReadonlyMap<TargetPath, TargetFile>;
  readonly delegations?: Delegations;
  /** The signed extra field `x-rind-role`, when the document has it: the name of the role it was made for. */
  readonly roleName?: string;
}

/**
 * Nothing in TUF's own fields says which delegated role a document is for, so one bin could be served as another.
 * Our documents carry the name, signed, in this field.
 */
export const roleNameField = 'x-rind-role';

export function readTargets(raw: JsonObject): Targets {
  const signed = readSigned(raw, 'targets');
  const listed = objectIn(raw, 'targets', 'signed');
  const targets = new Map<TargetPath, TargetFile>();
  for (const path in listed) {
    const entry = objectIn(listed, path, 'signed.targets');
    targets.set(path as TargetPath, readTargetFile(entry, `signed.targets.${path}`));
  }
  return {
    ...signed,
    targets,
    ...(raw['delegations'] === undefined
      ? {}
      : { delegations: readDelegations(objectIn(raw, 'delegations', 'signed')) }),
    ...(raw[roleNameField] === undefined ? {} : { roleName: stringIn(raw, roleNameField, 'signed') }),
  };
}

/** A targets document to sign, top-level or delegated. */
export function targetsSigned(
  fields: SignedFields & {
    readonly targets: ReadonlyMap<TargetPath, ListedTargetFile>;
    readonly delegations?: Delegations;
    /** Becomes the signed field `x-rind-role`. */
    readonly roleName?: string;
  },
): JsonObject {
  const targets = Object.create(null) as Record<string, JsonObject>;
  for (const [path, file] of fields.targets) targets[path] = targetFileObject(file);
  const signed = {
    ...signedFields('targets', fields),
    targets,
    ...(fields.delegations === undefined ? {} : { delegations: delegationsObject(fields.delegations) }),
    ...(fields.roleName === undefined ? {} : { [roleNameField]: fields.roleName }),
  };
  return readTargets(signed).raw;
}
