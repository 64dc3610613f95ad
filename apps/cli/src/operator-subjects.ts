import { openPool } from '@rind/database';
import { compareVersions, parseDistribution, tryParseDistribution, tryParseVersion } from '@rind/index-model';
import type { Grant, GrantVerb, ProjectStatus, Version } from '@rind/index-model';
import type { Clock } from '@rind/kernel';
import { CliError } from './errors.ts';
import type { LocalInstance } from './instance.ts';
import { openIndex, sourceOf } from './repository-source.ts';
import { parseRequirement, selectFiles } from './requirement.ts';
import type { Requirement } from './requirement.ts';

export const operatorVerbs = [
  'yank',
  'unyank',
  'delete',
  'restore',
  'revoke',
  'status',
] as const satisfies GrantVerb[];
export type OperatorVerb = (typeof operatorVerbs)[number];

export const projectStatuses: readonly ProjectStatus[] = ['active', 'archived', 'quarantined', 'deprecated'];

/** What one grant is about. */
export type Subject = Pick<Grant, 'project'> & Partial<Pick<Grant, 'filename' | 'status'>>;

export interface Surroundings {
  readonly instance: LocalInstance;
  readonly clock: Clock;
}

/**
 * A file name stands for itself. A project or release stands for the files that its signed page offers; for `restore`,
 * which wants what is on no page, for those that the database says were taken out.
 * @param to for `status`: what the project becomes
 * @throws CliError `usage.invalid`, `file.not-found`, and what the client refuses
 */
export async function subjectsOf(
  verb: OperatorVerb,
  subject: string,
  to: ProjectStatus | undefined,
  surroundings: Surroundings,
): Promise<readonly Subject[]> {
  if (verb === 'status') return [statusSubject(subject, to)];
  if (/\.(?:whl|tar\.gz|zip)$/.test(subject)) {
    return [{ project: parseDistribution(subject).project, filename: subject }];
  }
  const requirement = parseRequirement(subject);
  const filenames = await (verb === 'restore' ? withdrawnFiles : signedFiles)(requirement, surroundings);
  if (filenames.length === 0) {
    throw new CliError('file.not-found', `${subject} has no deleted or revoked files`, { file: subject });
  }
  return filenames.map((filename) => ({ project: requirement.project, filename }));
}

function statusSubject(subject: string, status: ProjectStatus | undefined): Subject {
  const { project, version } = parseRequirement(subject);
  if (version !== null || status === undefined) {
    const argument = version === null ? 'to' : subject;
    throw new CliError('usage.invalid', 'status wants a PROJECT, and --to what it becomes', { argument });
  }
  return { project, status };
}

async function signedFiles(
  { project, version }: Requirement,
  { instance, clock }: Surroundings,
): Promise<string[]> {
  const page = await openIndex(
    sourceOf({}, () => instance),
    clock,
  ).projectPage(project);
  // Where nothing is offered, the selection says why.
  const files = version === null && page.files.length > 0 ? page.files : selectFiles(page, version);
  return files.map(({ filename }) => filename);
}

async function withdrawnFiles(
  { project, version }: Requirement,
  { instance }: Surroundings,
): Promise<string[]> {
  const pool = openPool(instance.db.warehouse, { max: 1, name: 'cli' });
  try {
    const { rows } = await pool.query<{ filename: string }>(
      `SELECT filename FROM signer.path WHERE project = $1 AND state <> 'live' ORDER BY filename`,
      [project],
    );
    return rows
      .map(({ filename }) => filename)
      .filter((filename) => version === null || isOf(version, filename));
  } finally {
    await pool.close();
  }
}

function isOf(version: Version, filename: string): boolean {
  const own = tryParseVersion(tryParseDistribution(filename)?.version ?? '');
  return own !== null && compareVersions(own, version) === 0;
}
