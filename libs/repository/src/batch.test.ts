import type { Grant } from '@rind/index-model';
import { utf8 } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { decideBatch } from './batch.ts';
import type { BatchFacts, BatchRequest } from './batch.ts';
import { defaultQuotas } from './grant-rules.ts';

const nowMs = 1_800_000_000_000;
const sha256 = 'a'.repeat(64);
const grantId = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

function requestOf(n: number, over: Partial<Grant> = {}): BatchRequest {
  const project = over.project ?? 'demo';
  const targetPath = `packages/${project}/demo-${n}.tar.gz`;
  return {
    outboxId: n,
    envelope: utf8(`grant ${n}`),
    issuer: 'auth',
    statedPath: targetPath,
    targetPath,
    coreMetadataSha256: null,
    provenanceSha256: null,
    blob: { length: 3, sha256 },
    grant: {
      v: 1,
      repository: 'test',
      id: grantId(n),
      seq: n,
      verb: 'add',
      project,
      filename: `demo-${n}.tar.gz`,
      digests: { sha256, sha512: 'b'.repeat(128), blake2b256: 'c'.repeat(64) },
      length: 3,
      uploadedAt: '2026-01-01T00:00:00.000000Z',
      actor: 'demo',
      how: 'token:1',
      iat: nowMs / 1000,
      exp: nowMs / 1000 + 60,
      ...over,
    } as Grant,
  };
}

function factsOf(over: Partial<BatchFacts> = {}): BatchFacts {
  return {
    paths: new Map(),
    projects: new Map(),
    appliedGrants: new Set(),
    voidedGrants: new Set(),
    addedLastHour: new Map(),
    deletedLastHour: 0,
    nowMs,
    binOf: () => 7,
    quotas: defaultQuotas,
    ...over,
  };
}

describe('a batch', () => {
  it('settles all that may be done, and knows every project of it', () => {
    const decision = decideBatch([requestOf(1), requestOf(2, { project: 'other' as never })], factsOf());
    expect(decision.settled).toEqual([1, 2]);
    expect([...decision.projects.keys()]).toEqual(['demo', 'other']);
    expect(decision.addedFiles).toBe(2);
    expect(decision.grants.map(({ id }) => id)).toEqual([grantId(1), grantId(2)]);
  });

  it('sets aside what auth took back, with an alarm, and nothing else', () => {
    const decision = decideBatch(
      [requestOf(1), requestOf(2)],
      factsOf({ voidedGrants: new Set([grantId(1)]) }),
    );
    expect(decision.settled).toEqual([2]);
    expect(decision.setAside).toMatchObject([
      {
        outboxId: 1,
        reason: 'grant.voided',
        audit: { event: 'grant.invalid', detail: { reason: 'grant.voided', grant: grantId(1) } },
      },
    ]);
    expect([...decision.paths.keys()]).toEqual(['packages/demo/demo-2.tar.gz']);
  });

  it('applies a grant once, though two rows carry it', () => {
    const twice = { ...requestOf(1), outboxId: 5 };
    const decision = decideBatch([requestOf(1), twice], factsOf());
    expect(decision.settled).toEqual([1]);
    expect(decision.setAside).toMatchObject([{ outboxId: 5, reason: 'grant.replayed' }]);
  });

  it('lets each row see the changes of those before it', () => {
    const { targetPath } = requestOf(1);
    const after = (n: number, verb: Grant['verb']): BatchRequest => ({
      ...requestOf(n, { verb, filename: 'demo-1.tar.gz' }),
      statedPath: targetPath,
      targetPath,
    });
    const decision = decideBatch([requestOf(1), after(2, 'delete'), after(3, 'add')], factsOf());
    expect(decision.settled).toEqual([1, 2]);
    expect(decision.paths.get(targetPath)?.state).toBe('deleted');
    expect(decision.setAside).toMatchObject([{ outboxId: 3, reason: 'path.deleted' }]);
  });

  it('counts its own files to the quota', () => {
    const facts = factsOf({
      addedLastHour: new Map([['demo', defaultQuotas.newFilesPerProjectAndHour - 1]]),
    });
    const decision = decideBatch([requestOf(1), requestOf(2)], facts);
    expect(decision.settled).toEqual([1]);
    expect(decision.held).toMatchObject([{ outboxId: 2, audit: { event: 'quota.exceeded' } }]);
  });
});
