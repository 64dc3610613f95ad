import { describe, expect, it } from 'vitest';
import { decideUpload } from './upload-decision.ts';
import type { KnownFile, SignedFile, UploadFacts } from './upload-decision.ts';

const candidate = { filename: 'six-1.0.tar.gz', sha256: 'aa', blake2b256: 'bb' };
const nothing: UploadFacts = { projectStatus: null, path: null, files: [] };
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
    expect(decideUpload(candidate, { ...nothing, ...facts })).toEqual(decision);
  });
});
