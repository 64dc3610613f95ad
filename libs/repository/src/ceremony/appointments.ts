import { parseRoot, parseTargets, roleTypes } from '@rind/metadata';
import type { KeyMap, RoleKeys, Root, Targets } from '@rind/metadata';
import { serializeMetadata } from '@rind/metadata';
import type { JsonObject, KeyId } from '@rind/kernel';
import { CeremonyError } from './errors.ts';
import { binRoleName } from './offline-role.ts';
import type { OfflineRole } from './offline-role.ts';

/** Whom a document appoints: root the four top-level roles, `targets` its delegates, `bins` every bin at once. */
export interface Appointments {
  readonly keys: KeyMap;
  readonly roles: ReadonlyMap<string, RoleKeys>;
}

/** The document as its role's model reads it; `MetadataError` for whatever is not one. */
export function readDocument(role: OfflineRole, signed: JsonObject): Root | Targets {
  const file = serializeMetadata(signed, []);
  return role === 'root' ? parseRoot(file).signed : parseTargets(file).signed;
}

/** @throws CeremonyError `ceremony.bad-plan` for a targets role that delegates nothing */
export function appointmentsOf(role: OfflineRole, document: Root | Targets): Appointments {
  if (document.type === 'root') {
    return {
      keys: document.keys,
      roles: new Map(roleTypes.map((name) => [name as string, document.roles[name]])),
    };
  }
  const { delegations } = document;
  if (delegations === undefined) {
    throw new CeremonyError('ceremony.bad-plan', `${role} delegates nothing`, { problem: 'delegations' });
  }
  const { keys } = delegations;
  if (delegations.kind === 'succinct') return { keys, roles: new Map([[binRoleName, delegations.succinct]]) };
  if (role === 'targets') return { keys, roles: new Map(delegations.roles.map((each) => [each.name, each])) };
  const first = delegations.roles[0];
  return { keys, roles: new Map(first === undefined ? [] : [[binRoleName, first]]) };
}

/** The raw document with these appointments in place of its own; keys that no role names any more are left out. */
export function withAppointments(
  role: OfflineRole,
  signed: JsonObject,
  { keys, roles }: Appointments,
): JsonObject {
  const named = new Set([...roles.values()].flatMap(({ keyIds }) => [...keyIds]));
  const listed = Object.fromEntries(
    [...keys].filter(([id]) => named.has(id)).map(([id, key]) => [id, key as unknown as JsonObject]),
  );
  const appointed = (name: string, raw: JsonObject): JsonObject => {
    const { keyIds, threshold } = roles.get(name)!;
    return { ...raw, keyids: keyIds as readonly KeyId[], threshold };
  };
  if (role === 'root') {
    const raw = signed['roles'] as Readonly<Record<string, JsonObject>>;
    const all = Object.entries(raw).map(([name, each]) => [name, appointed(name, each)]);
    return { ...signed, keys: listed, roles: Object.fromEntries(all) as JsonObject };
  }
  const delegations = signed['delegations'] as JsonObject;
  const succinct = delegations['succinct_roles'] as JsonObject | undefined;
  if (succinct !== undefined) {
    const next = { ...delegations, keys: listed, succinct_roles: appointed(binRoleName, succinct) };
    return { ...signed, delegations: next };
  }
  const delegated = (delegations['roles'] as readonly JsonObject[]).map((raw) =>
    appointed(role === 'bins' ? binRoleName : (raw['name'] as string), raw),
  );
  return { ...signed, delegations: { ...delegations, keys: listed, roles: delegated } };
}
