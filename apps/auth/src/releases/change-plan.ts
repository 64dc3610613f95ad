import { canonicalBytes } from '@rind/canonical-json';
import { hashHex } from '@rind/crypto';
import { compareVersions } from '@rind/index-model';
import type { ProjectStatus } from '@rind/index-model';
import type { Sql } from '@rind/database';
import type { ProjectName } from '@rind/kernel';
import { AuthError } from '../errors.ts';
import { describeFiles, recordedFile, recordedReleases, recordedStatus } from './project-record.ts';
import type { DescribedFile, RecordedFile } from './project-record.ts';

export type FileVerb = 'yank' | 'unyank' | 'delete' | 'restore';
export type StatusVerb = 'archive' | 'unarchive';

export const fileVerbs: readonly FileVerb[] = ['yank', 'unyank', 'delete', 'restore'];

/** What somebody wants to change, as the address of the page says it. */
export type ChangeSubject =
  | {
      readonly of: 'release';
      readonly project: ProjectName;
      readonly version: string;
      readonly verb: FileVerb;
    }
  | { readonly of: 'file'; readonly project: ProjectName; readonly filename: string; readonly verb: FileVerb }
  | { readonly of: 'project'; readonly project: ProjectName; readonly verb: StatusVerb };

/** Exactly what will happen. */
export interface ChangePlan {
  readonly subject: ChangeSubject;
  /** The release it is about; null where it is about the project. */
  readonly version: string | null;
  /** The files that change, each by a grant of its own. */
  readonly files: readonly DescribedFile[];
  /** Files of the release that stay as they are. */
  readonly untouched: number;
  /** Everything is as wanted already. */
  readonly done: boolean;
  /** SHA-256 in hex over all of this: a confirmation names what it confirms. */
  readonly digest: string;
}

/** Whether a verb has something to change about a file. */
export function changes(
  verb: FileVerb,
  { deleted, yanked }: Pick<RecordedFile, 'deleted' | 'yanked'>,
): boolean {
  if (verb === 'restore') return deleted;
  if (deleted) return false;
  return verb === 'delete' || yanked === (verb === 'unyank');
}

/** Whether a file is already what the verb makes of it. */
export function isSo(verb: FileVerb, { deleted, yanked }: Pick<RecordedFile, 'deleted' | 'yanked'>): boolean {
  if (verb === 'delete') return deleted;
  return !deleted && (verb === 'restore' || yanked === (verb === 'yank'));
}

/** What a project's status becomes. */
export function statusAfter(verb: StatusVerb): ProjectStatus {
  return verb === 'archive' ? 'archived' : 'active';
}

/** @throws AuthError `release.unknown` */
export async function planChange(sql: Sql, subject: ChangeSubject): Promise<ChangePlan> {
  if (subject.of === 'project') return planStatus(sql, subject);
  const { version, files } = await filesOf(sql, subject);
  const { verb } = subject;
  const changing = files.filter((file) => changes(verb, file));
  const described = await describeFiles(sql, changing);
  const states = described.map(({ filename, sha256, length, lastSeq }) => [
    filename,
    sha256,
    length,
    lastSeq,
  ]);
  return {
    subject,
    version,
    files: described,
    untouched: files.length - changing.length,
    done: files.every((file) => isSo(verb, file)),
    digest: digestOf(subject, states),
  };
}

async function planStatus(sql: Sql, subject: ChangeSubject & { of: 'project' }): Promise<ChangePlan> {
  const { status, seq } = await recordedStatus(sql, subject.project);
  const done = status === statusAfter(subject.verb);
  const digest = digestOf(subject, [[status, seq]]);
  return { subject, version: null, files: [], untouched: 0, done, digest };
}

async function filesOf(
  sql: Sql,
  subject: Exclude<ChangeSubject, { of: 'project' }>,
): Promise<{ version: string; files: readonly RecordedFile[] }> {
  if (subject.of === 'file') {
    const file = await recordedFile(sql, subject.project, subject.filename);
    if (file !== null) return { version: file.version, files: [file] };
  } else {
    const releases = await recordedReleases(sql, subject.project);
    const release = releases.find(({ version }) => compareVersions(version, subject.version) === 0);
    if (release !== undefined) return release;
  }
  throw new AuthError('release.unknown', 'the project has no such release or file', {});
}

function digestOf(subject: ChangeSubject, states: readonly (readonly (string | number)[])[]): string {
  return hashHex(
    'sha256',
    canonicalBytes({ subject: { ...subject }, states: states.map((one) => [...one]) }),
  );
}
