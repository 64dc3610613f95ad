import type { JsonObject } from '@rind/kernel';
import { parseTufDate } from './date.ts';
import { MetadataError } from './errors.ts';
import { integerIn, stringIn } from './field.ts';

/** The roles that root names (TUF 1.0.34 §2.1); every delegated role is of type `targets`. */
export type RoleType = 'root' | 'timestamp' | 'snapshot' | 'targets';

export const roleTypes: readonly RoleType[] = ['root', 'timestamp', 'snapshot', 'targets'];

/** The version of the specification that documents made here declare. */
export const specVersion = '1.0.34';

/** What every role's signed part has (TUF 1.0.34 §4.3). */
export interface Signed<T extends RoleType = RoleType> {
  readonly type: T;
  /** As written, e.g. `1.0.31`. */
  readonly specVersion: string;
  /** At least 1. */
  readonly version: number;
  /** As written: `YYYY-MM-DDTHH:MM:SSZ`. */
  readonly expires: string;
  /** The same moment in milliseconds since 1970. */
  readonly expiresMs: number;
  /** The signed object as parsed, unknown fields included: what signatures are over. */
  readonly raw: JsonObject;
}

/** True from the second of expiry on (TUF 1.0.34 §5.3.10). */
export function isExpired(signed: Signed, nowMs: number): boolean {
  return nowMs >= signed.expiresMs;
}

const SPEC_VERSION = /^1\.\d+(?:\.\d+)?$/;

/** Reads and checks the common fields; `metadata.wrong-type` when `_type` is not `type`. */
export function readSigned<T extends RoleType>(raw: JsonObject, type: T): Signed<T> {
  const found = stringIn(raw, '_type', 'signed');
  if (found !== type) {
    throw new MetadataError('metadata.wrong-type', `expected ${type}, found another type`, {
      expected: type,
      found,
    });
  }
  const specVersion = stringIn(raw, 'spec_version', 'signed');
  if (!SPEC_VERSION.test(specVersion)) {
    throw new MetadataError(
      'metadata.unsupported-spec-version',
      'only version 1 of the specification is known',
      {
        specVersion,
      },
    );
  }
  const expires = stringIn(raw, 'expires', 'signed');
  return {
    type,
    specVersion,
    version: integerIn(raw, 'version', 'signed', 1),
    expires,
    expiresMs: parseTufDate(expires, 'signed.expires'),
    raw,
  };
}

/** What the builders of all roles take. */
export interface SignedFields {
  /** At least 1. */
  readonly version: number;
  /** `YYYY-MM-DDTHH:MM:SSZ`; `toTufDate` of the kernel makes one. */
  readonly expires: string;
  /** Further signed fields of our own; they never replace those of the specification. */
  readonly extra?: JsonObject;
}

/** The common fields of a document that is about to be signed. */
export function signedFields(type: RoleType, fields: SignedFields): JsonObject {
  return {
    ...fields.extra,
    _type: type,
    spec_version: specVersion,
    version: fields.version,
    expires: fields.expires,
  };
}
