import { parseJson } from '@rind/canonical-json';
import { RindError } from '@rind/kernel';
import type { JsonValue } from '@rind/kernel';
import { unproven } from './attestation-error.ts';
import type { AttestationError } from './attestation-error.ts';

/** The file that an attestation must be about. */
export interface AttestedFile {
  readonly filename: string;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
}

const statementType = 'https://in-toto.io/Statement/v1';

/**
 * What an in-toto statement says of this file, its one subject.
 * @throws AttestationError `attestations.subject-mismatch`
 */
export function statementOf(
  bytes: Uint8Array,
  { filename, sha256 }: AttestedFile,
): { predicateType: string } {
  const statement = parse(bytes);
  const predicateType = member(statement, 'predicateType');
  if (member(statement, '_type') !== statementType || typeof predicateType !== 'string') {
    throw mismatch('not an in-toto statement of version 1');
  }
  const subjects = member(statement, 'subject');
  if (!Array.isArray(subjects) || subjects.length === 0) throw mismatch('no subject in statement');
  if (subjects.length > 1) throw mismatch('too many subjects in statement (must be exactly one)');
  const subject = subjects[0] as JsonValue;
  const name = member(subject, 'name');
  if (typeof name !== 'string') throw mismatch('invalid subject: missing name');
  if (name !== filename) {
    throw mismatch(`subject does not match distribution name: ${name.slice(0, 200)} != ${filename}`);
  }
  if (member(member(subject, 'digest'), 'sha256') !== sha256) {
    throw mismatch('subject does not match distribution digest');
  }
  return { predicateType };
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return (value as Readonly<Record<string, JsonValue>>)[name];
}

function parse(bytes: Uint8Array): JsonValue {
  try {
    return parseJson(bytes, { floats: 'allow' });
  } catch (cause) {
    if (!(cause instanceof RindError)) throw cause;
    throw mismatch('the statement is not JSON', cause);
  }
}

function mismatch(problem: string, cause?: unknown): AttestationError<'attestations.subject-mismatch'> {
  return unproven('attestations.subject-mismatch', problem, cause);
}
