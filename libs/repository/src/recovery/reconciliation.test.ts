import type { Grant, PageFile } from '@rind/index-model';
import type { PathFacts, ProjectFacts } from '@rind/queue-port';
import { describe, expect, it } from 'vitest';
import { provableMs, reconcile, unknownDigests, unsignedGrants } from './reconciliation.ts';
import type { Reconciliation, ReconciliationFacts } from './reconciliation.ts';
import type { LoggedGrant, SignedPage, SignedTarget } from './signed-index.ts';

const nowMs = Date.parse('2030-01-02T00:00:00Z');
const uploadedAt = '2030-01-01T12:00:00.000123Z';
const seq = Date.parse('2030-01-01T12:00:00Z') * 1_000 + 123;
const digests = { sha256: 'a'.repeat(64), sha512: 'b'.repeat(128), blake2b256: 'c'.repeat(64) };
const targetPath = 'packages/demo/demo-1.0.tar.gz';
const filename = 'demo-1.0.tar.gz';

const target: SignedTarget = {
  targetPath,
  project: 'demo',
  filename,
  length: 10,
  sha256: digests.sha256,
  bin: 3,
};
const entry: PageFile = { filename, sha256: digests.sha256, size: 10, uploadTime: uploadedAt, yanked: false };
const page: SignedPage = {
  name: 'demo',
  status: 'active',
  statusReason: null,
  sha256: 'd'.repeat(64),
  length: 200,
  bin: 5,
  files: [entry],
};
const path: PathFacts = {
  targetPath,
  project: 'demo',
  filename,
  state: 'live',
  length: 10,
  ...digests,
  requiresPython: null,
  coreMetadataSha256: null,
  provenanceSha256: null,
  uploadedAt,
  yanked: false,
  yankedReason: null,
  lastSeq: seq,
  bin: 3,
};
const project: ProjectFacts = {
  name: 'demo',
  status: 'active',
  statusReason: null,
  lastSeq: 0,
  pageSha256: page.sha256,
  pageLength: 200,
  pageBin: 5,
};

function granted(over: Partial<Grant> = {}, voided = false): LoggedGrant {
  const grant = {
    v: 1,
    repository: 'test',
    id: 'grant-1',
    seq,
    verb: 'add',
    project: 'demo',
    filename,
    digests,
    length: 10,
    uploadedAt,
    actor: 'author',
    how: 'token',
    iat: Math.floor(seq / 1e6),
    exp: Math.floor(seq / 1e6) + 7 * 86_400,
    ...over,
  } as Grant;
  return { grant, targetPath, envelope: new Uint8Array(), voided };
}

interface Given {
  readonly targets?: readonly SignedTarget[];
  readonly pages?: readonly SignedPage[];
  readonly paths?: readonly PathFacts[];
  readonly projects?: readonly ProjectFacts[];
  readonly applied?: readonly string[];
  readonly queued?: readonly string[];
  readonly grants?: readonly LoggedGrant[];
  readonly traces?: ReconciliationFacts['traces'];
  readonly digests?: ReconciliationFacts['digests'];
}

function factsOf(given: Given): ReconciliationFacts {
  return {
    signed: {
      targets: new Map((given.targets ?? []).map((one) => [one.targetPath, one])),
      pages: new Map((given.pages ?? []).map((one) => [one.name, one])),
    },
    recorded: {
      paths: new Map((given.paths ?? []).map((one) => [one.targetPath, one])),
      projects: new Map((given.projects ?? []).map((one) => [one.name, one])),
      applied: new Set(given.applied),
      queued: new Set(given.queued),
    },
    grants: given.grants ?? [],
    digests: given.digests ?? new Map(),
    traces: given.traces ?? new Map(),
    binOf: () => 3,
    nowMs,
  };
}

const nothing: Reconciliation = { paths: [], projects: [], applied: [], requeued: [], unproven: [] };
const signed = { targets: [target], pages: [page] };

describe('reconciling a database with what is signed', () => {
  it('changes nothing where both agree', () => {
    const agreeing = { ...signed, paths: [path], projects: [project], applied: ['grant-1'] };
    expect(reconcile(factsOf({ ...agreeing, grants: [granted()] }))).toEqual(nothing);
  });

  it('takes a forgotten file over from bin, page and grant', () => {
    expect(reconcile(factsOf({ ...signed, grants: [granted()] }))).toEqual({
      ...nothing,
      paths: [path],
      projects: [project],
      applied: [granted()],
    });
  });

  it('keeps a file without a grant as signed, with the digests of its bytes, and tells', () => {
    const { sha512, blake2b256 } = digests;
    const found = new Map([[targetPath, { sha512, blake2b256 }]]);
    const { paths, unproven } = reconcile(factsOf({ ...signed, digests: found }));
    expect([paths, unproven]).toEqual([[path], [{ path: targetPath, reason: 'grant.missing' }]]);
  });

  it('takes no digests from a grant that auth took back', () => {
    const facts = factsOf({ ...signed, grants: [granted({}, true)] });
    expect(unknownDigests(facts.signed, facts.recorded, facts.grants)).toEqual([target]);
    const { paths, applied, unproven } = reconcile(facts);
    expect([paths, applied]).toEqual([[], []]);
    expect(unproven.map(({ reason }) => reason)).toEqual(['grant.missing', 'digests.unknown']);
  });

  it('lets no older grant undo a yank that it cannot explain', () => {
    const yanked = { ...page, files: [{ ...entry, yanked: 'broken' }] };
    const { paths, unproven } = reconcile(
      factsOf({ targets: [target], pages: [yanked], paths: [path], projects: [project] }),
    );
    expect(paths).toEqual([{ ...path, yanked: true, yankedReason: 'broken', lastSeq: nowMs * 1_000 }]);
    expect(unproven).toEqual([{ path: targetPath, reason: 'change.unexplained' }]);
  });

  it('revives nothing: what is not signed any more is revoked', () => {
    const { paths, unproven } = reconcile(factsOf({ paths: [path], grants: [granted()] }));
    expect(paths).toEqual([{ ...path, state: 'revoked', lastSeq: nowMs * 1_000 }]);
    expect(unproven).toEqual([{ path: targetPath, reason: 'path.removed' }]);
  });

  it('follows the signed bytes where the record has others, and tells', () => {
    const other = { ...path, sha256: 'e'.repeat(64) };
    const { paths, unproven } = reconcile(factsOf({ ...signed, paths: [other], grants: [granted()] }));
    expect([paths, unproven[0]]).toEqual([[path], { path: targetPath, reason: 'path.rewritten' }]);
  });

  it('keeps the recorded facts of a file that its quarantined project does not list', () => {
    const quarantined: SignedPage = { ...page, status: 'quarantined', files: [] };
    const recorded = { ...path, requiresPython: '>=3.9', yanked: true, yankedReason: 'old' };
    const { paths, projects } = reconcile(
      factsOf({ targets: [target], pages: [quarantined], paths: [recorded], projects: [project] }),
    );
    expect([paths, projects]).toEqual([[], [{ ...project, status: 'quarantined', lastSeq: nowMs * 1_000 }]]);
  });
});

describe('a granted file that nothing signed names', () => {
  const traced = (stored: boolean, wasSigned: boolean) => new Map([['grant-1', { stored, wasSigned }]]);
  const unsigned = (over: Given): Reconciliation => reconcile(factsOf({ grants: [granted()], ...over }));

  it('is asked for unless it was applied, voided, or its path is recorded', () => {
    const asked = (given: Given) => {
      const { signed: published, recorded, grants } = factsOf({ grants: [granted()], ...given });
      return unsignedGrants(published, recorded, grants).length;
    };
    expect([
      asked({}),
      asked({ applied: ['grant-1'] }),
      asked({ grants: [granted({}, true)] }),
      asked({ paths: [path] }),
    ]).toEqual([1, 0, 0, 0]);
  });

  it('is queued again when the store holds it and no bin ever listed it', () => {
    expect(unsigned({ traces: traced(true, false) })).toEqual({ ...nothing, requeued: [granted()] });
  });

  it('is not queued twice, nor when its bytes are not there', () => {
    expect(unsigned({ traces: traced(true, false), queued: ['grant-1'] })).toEqual(nothing);
    expect(unsigned({ traces: traced(false, false) })).toEqual(nothing);
  });

  it('keeps its name reserved when an earlier bin listed it', () => {
    const { paths, applied, requeued } = unsigned({ traces: traced(true, true) });
    expect([paths, applied, requeued]).toEqual([
      [{ ...path, state: 'revoked', lastSeq: nowMs * 1_000 }],
      [granted()],
      [],
    ]);
  });

  it('is only told when bins of its time may have been swept', () => {
    const iat = Math.floor((nowMs - provableMs) / 1_000) - 1;
    const old = granted({ iat });
    expect(unsigned({ grants: [old], traces: traced(true, false) })).toEqual({
      ...nothing,
      unproven: [{ path: targetPath, reason: 'grant.undecided' }],
    });
  });

  it('is left alone once its grant has expired', () => {
    const expired = granted({ exp: Math.floor(nowMs / 1_000) });
    expect(unsigned({ grants: [expired], traces: traced(true, false) })).toEqual(nothing);
  });
});

it('applied to its own result, it changes nothing', () => {
  const yanked = { ...page, status: 'archived' as const, files: [{ ...entry, yanked: '' }] };
  const gone = { ...path, targetPath: 'packages/demo/demo-0.9.tar.gz' };
  const given: Given = { targets: [target], pages: [yanked], paths: [gone], grants: [granted()] };
  const once = reconcile(factsOf(given));
  expect(once.paths).toHaveLength(2);
  const { paths, projects, applied } = reconcile(
    factsOf({ ...given, paths: once.paths, projects: once.projects, applied: ['grant-1'] }),
  );
  expect([paths, projects, applied]).toEqual([[], [], []]);
});
