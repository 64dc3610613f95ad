import { describe, expect, it } from 'vitest';
import { decideUpload } from './upload-decision.ts';
import type { KnownFile, SignedFile, UploadFacts } from './upload-decision.ts';

const candidate = {
  filename: 'six-1.0.tar.gz',
  sha256: 'aa',
  blake2b256: 'bb',
  project: 'six',
  packageType: 'sdist',
  length: 100,
};
const dayMs = 86_400_000;
const nowMs = 1_700_000_000_000;
const limits = {
  maxReleaseAgeMs: 14 * dayMs,
  maxProjectBytes: 1_000,
  prohibitedNames: new Set(['forbidden']),
  nowMs,
};
const nothing: UploadFacts = {
  projectStatus: null,
  newProject: null,
  path: null,
  files: [],
  release: null,
  projectBytes: 0,
};
const same: KnownFile = { ...candidate, id: 'file-1', uploadId: 'upload-1' };
const setAside: KnownFile = { ...same, uploadId: null };
const live: SignedFile = { ...candidate, state: 'live', uploadId: 'upload-1' };

const duplicate = { kind: 'duplicate', uploadId: 'upload-1' };
const refused = (code: string) => ({ kind: 'refuse', code });

describe('an upload', () => {
  it.each<[string, Partial<UploadFacts>, object]>([
    ['of a file nobody knows is new', {}, { kind: 'new' }],
    ['to an active project is new', { projectStatus: 'active' }, { kind: 'new' }],
    ['to a deprecated project is new', { projectStatus: 'deprecated' }, { kind: 'new' }],
    ['to an archived project is refused', { projectStatus: 'archived' }, refused('project.archived')],
    ['to a quarantined project is refused', { projectStatus: 'quarantined' }, refused('project.quarantined')],
    [
      'to an archived project is refused even when the file is there',
      { projectStatus: 'archived', path: live, files: [same] },
      refused('project.archived'),
    ],
    ['of the same file is a duplicate while it waits', { files: [same] }, duplicate],
    ['of the same file is a duplicate once it is signed', { path: live, files: [same] }, duplicate],
    [
      'of the same file counts again when the signer set it aside',
      { files: [setAside] },
      { kind: 'again', fileId: 'file-1' },
    ],
    [
      'of other bytes under the name is refused',
      { files: [{ ...same, sha256: 'xx', blake2b256: 'yy' }] },
      refused('file.exists'),
    ],
    [
      'of other bytes is refused though only one digest differs',
      { files: [{ ...same, sha256: 'xx' }] },
      refused('file.exists'),
    ],
    [
      'of the same bytes under another name is refused',
      { files: [{ ...same, filename: 'six-1.0.zip' }] },
      refused('file.exists'),
    ],
    [
      'of other bytes is refused though the first was set aside',
      { files: [{ ...setAside, sha256: 'xx', blake2b256: 'yy' }] },
      refused('file.exists'),
    ],
    ['of a deleted name is refused', { path: { ...live, state: 'deleted' } }, refused('filename.reused')],
    ['of a revoked name is refused', { path: { ...live, state: 'revoked' } }, refused('filename.reused')],
    [
      'of the very bytes that were deleted is refused',
      { path: { ...live, state: 'deleted' }, files: [same] },
      refused('filename.reused'),
    ],
    ['of an imported file is a duplicate', { path: live }, duplicate],
    [
      'of other bytes than an imported file is refused',
      { path: { ...live, sha256: 'xx' } },
      refused('file.exists'),
    ],
    [
      'of an imported file without a receipt is refused',
      { path: { ...live, uploadId: null } },
      refused('file.exists'),
    ],
  ])('%s', (_what, facts, decision) => {
    expect(decideUpload(candidate, { ...nothing, ...facts }, limits)).toEqual(decision);
  });
});

const fresh = { newProject: { lookAlike: null } };
const similar = { newProject: { lookAlike: 's1x' } };
const opened = (daysAgo: number, hasSdist = false) => ({
  release: { openedAtMs: nowMs - daysAgo * dayMs, hasSdist },
});

describe('an upload that needs a new project', () => {
  it.each<[string, string, Partial<UploadFacts>, object]>([
    ['creates it', 'six', fresh, { kind: 'new' }],
    ['is refused under a name of the standard library', 'json', fresh, refused('project.name-stdlib')],
    ['is refused under a name that is kept free', 'forbidden', fresh, refused('project.name-prohibited')],
    ['is refused under a name that looks like another', 'six', similar, refused('project.name-too-similar')],
    ['hears of the standard library first', 'json', similar, refused('project.name-stdlib')],
    ['hears of the list before look-alikes', 'forbidden', similar, refused('project.name-prohibited')],
    ['does not matter to a project that is there', 'json', {}, { kind: 'new' }],
    ['does not matter to one that is prohibited later', 'forbidden', {}, { kind: 'new' }],
  ])('%s', (_what, project, facts, decision) => {
    expect(decideUpload({ ...candidate, project }, { ...nothing, ...facts }, limits)).toEqual(decision);
  });
});

describe('a limit', () => {
  const wheel = { packageType: 'bdist_wheel', filename: 'six-1.0-py3-none-any.whl' };
  it.each<[string, Partial<typeof candidate>, Partial<UploadFacts>, object]>([
    ['lets the last byte in', {}, { projectBytes: 900 }, { kind: 'new' }],
    ['keeps the first byte beyond out', {}, { projectBytes: 901 }, refused('project.too-large')],
    ['lets a young release grow', wheel, opened(13), { kind: 'new' }],
    ['lets a release of just that age grow', wheel, opened(14), { kind: 'new' }],
    ['closes a release that is older', wheel, opened(14.01), refused('release.closed')],
    ['lets one source distribution in', {}, opened(1), { kind: 'new' }],
    ['keeps the second source distribution out', {}, opened(1, true), refused('release.second-sdist')],
    ['lets a wheel beside a source distribution', wheel, opened(1, true), { kind: 'new' }],
    ['names the age first', {}, opened(15, true), refused('release.closed')],
    ['names the size before the age', {}, { ...opened(15), projectBytes: 901 }, refused('project.too-large')],
    [
      'spares what is there already',
      {},
      { ...opened(15, true), projectBytes: 950, files: [same] },
      duplicate,
    ],
    [
      'comes after the name of another file',
      {},
      { ...opened(15), files: [{ ...same, sha256: 'xx', blake2b256: 'yy' }] },
      refused('file.exists'),
    ],
    ['counts for what was set aside', {}, { ...opened(15), files: [setAside] }, refused('release.closed')],
  ])('%s', (_what, changes, facts, decision) => {
    expect(decideUpload({ ...candidate, ...changes }, { ...nothing, ...facts }, limits)).toEqual(decision);
  });
});
