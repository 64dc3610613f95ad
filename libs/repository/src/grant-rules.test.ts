import type { Grant, GrantVerb } from '@rind/index-model';
import type { PathFacts, ProjectFacts } from '@rind/queue-port';
import { describe, expect, it } from 'vitest';
import { decideGrant, defaultQuotas } from './grant-rules.ts';
import type { GrantContext, GrantDecision, GrantedRequest } from './grant-rules.ts';

const nowMs = 1_800_000_000_000;
const sha = (digit: string): string => digit.repeat(64);
const targetPath = 'packages/demo/demo-1.0.tar.gz';

function requestOf(
  verb: GrantVerb,
  over: Omit<Partial<GrantedRequest>, 'grant'> & { grant?: Partial<Grant> } = {},
): GrantedRequest {
  const { grant, ...rest } = over;
  return {
    issuer: 'auth',
    statedPath: targetPath,
    targetPath,
    coreMetadataSha256: null,
    provenanceSha256: null,
    blob: { length: 3, sha256: sha('a') },
    ...rest,
    grant: {
      v: 1,
      repository: 'test',
      id: '00000000-0000-4000-8000-000000000001',
      seq: 10,
      verb,
      project: 'demo',
      filename: 'demo-1.0.tar.gz',
      digests: { sha256: sha('a'), sha512: 'b'.repeat(128), blake2b256: sha('c') },
      length: 3,
      uploadedAt: '2026-01-01T00:00:00.000000Z',
      actor: 'demo',
      how: 'token',
      iat: nowMs / 1000,
      exp: nowMs / 1000 + 60,
      ...grant,
    } as Grant,
  };
}

function pathOf(over: Partial<PathFacts> = {}): PathFacts {
  return {
    targetPath,
    project: 'demo',
    filename: 'demo-1.0.tar.gz',
    state: 'live',
    length: 3,
    sha256: sha('a'),
    sha512: 'b'.repeat(128),
    blake2b256: sha('c'),
    requiresPython: null,
    coreMetadataSha256: null,
    provenanceSha256: null,
    uploadedAt: '2026-01-01T00:00:00.000000Z',
    yanked: false,
    yankedReason: null,
    lastSeq: 5,
    bin: 7,
    ...over,
  };
}

const project: ProjectFacts = {
  name: 'demo',
  status: 'active',
  statusReason: null,
  lastSeq: 5,
  pageSha256: null,
  pageLength: null,
  pageBin: null,
};

function contextOf(over: Partial<GrantContext> = {}): GrantContext {
  return {
    path: undefined,
    project,
    alreadyApplied: false,
    voided: false,
    nowMs,
    binOf: () => 7,
    addedLastHour: 0,
    deletedLastHour: 0,
    quotas: defaultQuotas,
    ...over,
  };
}

/** `live`, `deleted`, `yanked: reason`… or the refusal. */
function summary(decision: GrantDecision): string {
  switch (decision.kind) {
    case 'path':
      return decision.path.yanked ? `yanked ${decision.path.yankedReason ?? ''}`.trim() : decision.path.state;
    case 'project':
      return decision.project.status;
    default:
      return decision.reason;
  }
}

const live = pathOf();
const deleted = pathOf({ state: 'deleted' });
const revoked = pathOf({ state: 'revoked' });
const yanked = pathOf({ yanked: true, yankedReason: 'broken' });

describe('what a grant may do', () => {
  it.each<[string, GrantedRequest, Partial<GrantContext>, string]>([
    ['adds a new file', requestOf('add'), {}, 'live'],
    ['adds the same file again with a newer grant', requestOf('add'), { path: live }, 'live'],
    [
      'never adds other bytes under a path',
      requestOf('add'),
      { path: pathOf({ sha256: sha('f') }) },
      'path.rewritten',
    ],
    [
      'never adds other bytes under a deleted path',
      requestOf('add'),
      { path: pathOf({ sha256: sha('f'), state: 'deleted' }) },
      'path.rewritten',
    ],
    ['does not bring a deleted file back by adding', requestOf('add'), { path: deleted }, 'path.deleted'],
    ['does not bring a revoked file back by adding', requestOf('add'), { path: revoked }, 'path.revoked'],
    ['refuses a file that is not in the store', requestOf('add', { blob: null }), {}, 'blob.missing'],
    [
      'refuses a stored file of another length',
      requestOf('add', { blob: { length: 4, sha256: sha('a') } }),
      {},
      'blob.mismatch',
    ],
    [
      'refuses a stored file of another hash',
      requestOf('add', { blob: { length: 3, sha256: sha('e') } }),
      {},
      'blob.mismatch',
    ],
    [
      'holds the file above the quota',
      requestOf('add'),
      { addedLastHour: defaultQuotas.newFilesPerProjectAndHour },
      'quota.exceeded',
    ],
    [
      'imports whatever the quota',
      requestOf('import', { issuer: 'operator' }),
      { addedLastHour: 1e9 },
      'live',
    ],
    ['refuses a grant applied before', requestOf('add'), { alreadyApplied: true }, 'grant.replayed'],
    ['refuses a grant that auth took back', requestOf('add'), { voided: true }, 'grant.voided'],
    [
      'refuses it for a file that is signed already',
      requestOf('add'),
      { voided: true, path: live },
      'grant.voided',
    ],
    ['refuses it whatever it would do', requestOf('yank'), { voided: true, path: live }, 'grant.voided'],
    [
      'calls one that was applied before it was taken back a replay',
      requestOf('add'),
      { voided: true, alreadyApplied: true },
      'grant.replayed',
    ],
    [
      'says of one that is expired too that it was taken back',
      requestOf('add', { grant: { exp: nowMs / 1000 } }),
      { voided: true },
      'grant.voided',
    ],
    ['refuses an expired grant', requestOf('add', { grant: { exp: nowMs / 1000 } }), {}, 'grant.expired'],
    ['takes a grant in its last second', requestOf('add', { grant: { exp: nowMs / 1000 + 1 } }), {}, 'live'],
    [
      'refuses a request for another path',
      requestOf('add', { statedPath: 'packages/demo/other' }),
      {},
      'grant.mismatch',
    ],
    ['yanks', requestOf('yank', { grant: { reason: 'broken' } }), { path: live }, 'yanked broken'],
    ['unyanks', requestOf('unyank'), { path: yanked }, 'live'],
    ['keeps a yank through a repeated upload', requestOf('add'), { path: yanked }, 'yanked broken'],
    ['does not yank what was never signed', requestOf('yank'), {}, 'path.unknown'],
    ['does not yank what is deleted', requestOf('yank'), { path: deleted }, 'path.deleted'],
    [
      'does not yank by an older grant',
      requestOf('yank', { grant: { seq: 5 } }),
      { path: live },
      'grant.replayed',
    ],
    ['deletes', requestOf('delete'), { path: live }, 'deleted'],
    ['does not delete twice', requestOf('delete'), { path: deleted }, 'path.deleted'],
    [
      'holds deletions above the quota',
      requestOf('delete'),
      { path: live, deletedLastHour: defaultQuotas.deletionsPerHour },
      'quota.exceeded',
    ],
    [
      'lets an operator delete above it',
      requestOf('delete', { issuer: 'operator' }),
      { path: live, deletedLastHour: 1e9 },
      'deleted',
    ],
    ['revokes', requestOf('revoke', { issuer: 'operator' }), { path: live }, 'revoked'],
    ['revokes what is deleted', requestOf('revoke', { issuer: 'operator' }), { path: deleted }, 'revoked'],
    ['restores what is deleted', requestOf('restore'), { path: deleted }, 'live'],
    [
      'does not let auth restore what an operator revoked',
      requestOf('restore'),
      { path: revoked },
      'path.revoked',
    ],
    ['lets an operator restore it', requestOf('restore', { issuer: 'operator' }), { path: revoked }, 'live'],
    [
      'restores only if the bytes are still there',
      requestOf('restore', { blob: null }),
      { path: deleted },
      'blob.missing',
    ],
    [
      'restores only the very bytes',
      requestOf('restore', { blob: { length: 3, sha256: sha('e') } }),
      { path: deleted },
      'blob.mismatch',
    ],
    ['sets a status', requestOf('status', { grant: { status: 'archived' } }), {}, 'archived'],
    [
      'sets no status of a project that has no page',
      requestOf('status', { grant: { status: 'archived' } }),
      { project: undefined },
      'project.unknown',
    ],
    [
      'never ends a quarantine for auth',
      requestOf('status', { grant: { status: 'active' } }),
      { project: { ...project, status: 'quarantined' } },
      'project.quarantined',
    ],
    [
      'ends a quarantine for an operator',
      requestOf('status', { issuer: 'operator', grant: { status: 'active' } }),
      { project: { ...project, status: 'quarantined' } },
      'active',
    ],
    [
      'sets no status by an older grant',
      requestOf('status', { grant: { status: 'archived', seq: 5 } }),
      {},
      'grant.replayed',
    ],
  ])('%s', (_name, request, over, expected) => {
    expect(summary(decideGrant(request, contextOf(over)))).toBe(expected);
  });

  it('never changes the digests, the length or the upload time of a path', () => {
    for (const verb of ['add', 'yank', 'unyank', 'delete', 'restore', 'revoke'] as const) {
      for (const path of [live, deleted, revoked, yanked]) {
        const decision = decideGrant(
          requestOf(verb, {
            issuer: 'operator',
            grant: { uploadedAt: '2030-01-01T00:00:00.000000Z', requiresPython: '<2' },
          }),
          contextOf({ path }),
        );
        if (decision.kind !== 'path') continue;
        const { sha256, sha512, blake2b256, length, uploadedAt, requiresPython, bin } = decision.path;
        expect({ sha256, sha512, blake2b256, length, uploadedAt, requiresPython, bin }).toEqual({
          sha256: path.sha256,
          sha512: path.sha512,
          blake2b256: path.blake2b256,
          length: path.length,
          uploadedAt: path.uploadedAt,
          requiresPython: path.requiresPython,
          bin: path.bin,
        });
      }
    }
  });
});
