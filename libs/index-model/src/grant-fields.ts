import type { JsonObject, JsonValue } from '@rind/kernel';
import { GrantError } from './errors.ts';
import { isFilename, tryParseDistribution } from './filename.ts';
import type { Grant, GrantVerb } from './grant.ts';
import { isPrintable } from './printable.ts';
import { isProjectName } from './project-name.ts';
import { isSpecifierSet } from './specifier.ts';
import { isUploadTime } from './upload-time.ts';

type Field = keyof Grant;

const ALWAYS: readonly Field[] = [
  'v',
  'repository',
  'id',
  'seq',
  'verb',
  'project',
  'actor',
  'how',
  'iat',
  'exp',
];
const NEW_FILE: FieldRule = {
  required: ['filename', 'digests', 'length', 'uploadedAt'],
  optional: ['requiresPython'],
};
const KNOWN_FILE: FieldRule = { required: ['filename'], optional: ['reason'] };

interface FieldRule {
  readonly required: readonly Field[];
  readonly optional: readonly Field[];
}

/** Beside what every grant has; a field that a verb does not name is refused. */
const RULES: Readonly<Record<GrantVerb, FieldRule>> = {
  add: NEW_FILE,
  import: NEW_FILE,
  yank: KNOWN_FILE,
  unyank: KNOWN_FILE,
  delete: KNOWN_FILE,
  restore: KNOWN_FILE,
  revoke: KNOWN_FILE,
  status: { required: ['status'], optional: ['reason'] },
};

const STATUSES: readonly JsonValue[] = ['active', 'archived', 'quarantined', 'deprecated'];

const VALID: Readonly<Record<Field, (value: JsonValue) => boolean>> = {
  v: (value) => value === 1,
  repository: (value) => isLine(value, 1, 200),
  id: (value) => matches(value, /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/),
  seq: (value) => isCount(value) && value > 0,
  verb: () => true,
  project: (value) => typeof value === 'string' && isProjectName(value),
  filename: (value) => typeof value === 'string' && isFilename(value),
  digests: isDigests,
  length: isCount,
  requiresPython: (value) => isLine(value, 1, 500) && isSpecifierSet(value),
  uploadedAt: (value) => typeof value === 'string' && isUploadTime(value),
  reason: (value) => isLine(value, 0, 500),
  status: (value) => STATUSES.includes(value),
  actor: (value) => isLine(value, 1, 200),
  how: (value) => isLine(value, 1, 200),
  iat: isCount,
  exp: isCount,
};

/**
 * A grant as it was parsed from JSON, checked field by field.
 * @throws GrantError `grant.malformed`
 */
export function checkGrantFields(value: JsonValue | undefined): Grant {
  if (!isObject(value)) throw malformed('grant is not an object');
  const verb = value['verb'];
  if (typeof verb !== 'string' || !Object.hasOwn(RULES, verb)) throw malformed('verb is unknown');
  const { required, optional } = RULES[verb as GrantVerb];
  const allowed: readonly string[] = [...ALWAYS, ...required, ...optional];
  for (const field of Object.keys(value)) {
    if (!allowed.includes(field)) throw malformed(`${verb} has no such field`);
    if (!VALID[field as Field](value[field]!)) throw malformed(`${field} is invalid`);
  }
  const missing = [...ALWAYS, ...required].find((field) => !Object.hasOwn(value, field));
  if (missing !== undefined) throw malformed(`${missing} is missing`);
  const grant = { ...value } as unknown as Grant;
  if (grant.exp <= grant.iat) throw malformed('exp is not after iat');
  // Files from elsewhere may have names from before today's rules.
  if (verb === 'add' && tryParseDistribution(grant.filename!)?.project !== grant.project) {
    throw malformed('filename is not one of the project');
  }
  return grant;
}

/** True for objects that are no arrays. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param problem what is wrong, in words of ours */
export function malformed(problem: string, cause?: unknown): GrantError<'grant.malformed'> {
  return new GrantError('grant.malformed', `not a grant: ${problem}`, { problem }, { cause });
}

function isDigests(value: JsonValue): boolean {
  return (
    isObject(value) &&
    Object.keys(value).length === 3 &&
    matches(value['sha256'], /^[0-9a-f]{64}$/) &&
    matches(value['sha512'], /^[0-9a-f]{128}$/) &&
    matches(value['blake2b256'], /^[0-9a-f]{64}$/)
  );
}

function isCount(value: JsonValue): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isLine(value: JsonValue, min: number, max: number): value is string {
  return typeof value === 'string' && value.length >= min && value.length <= max && isPrintable(value);
}

function matches(value: JsonValue | undefined, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}
