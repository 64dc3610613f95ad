import { grantKey } from '@rind/index-model';
import type { Grant } from '@rind/index-model';
import { beforeEach, describe, expect, it } from 'vitest';
import { authKey, grantOf, operatorKey, repository, rowOf } from '../../test/grants.ts';
import { testSigner } from '../../test/test-keys.ts';
import { replayGrants } from './replay.ts';
import type { RecordedGrant, ReplayedFacts } from './replay.ts';

const keys = new Map([
  [authKey.keyId, grantKey('auth', authKey.key)],
  [operatorKey.keyId, grantKey('operator', operatorKey.key)],
]);
const path = 'packages/demo/demo-1.tar.gz';

let recorded: RecordedGrant[];
beforeEach(() => {
  recorded = [];
});

async function applied(grant: Grant, signer = authKey): Promise<void> {
  const { envelope } = await rowOf(1, grant, signer);
  recorded.push({ id: grant.id, envelope });
}

const replayed = (grants: readonly RecordedGrant[] = recorded): ReplayedFacts =>
  replayGrants(grants, {
    keys,
    repository,
    binOf: () => 3,
    statedBeside: () => ({ coreMetadataSha256: 'e'.repeat(64), provenanceSha256: 'f'.repeat(64) }),
  });

const add = grantOf(1);
const about = (seq: number, over: Partial<Grant>): Grant =>
  grantOf(seq, { filename: 'demo-1.tar.gz' as Grant['filename'] & string, ...over });

describe('grants that are applied once more', () => {
  it('give the facts of the file, of which no grant is the core metadata', async () => {
    await applied(add);
    const { paths, projects, unproven } = replayed();
    expect(unproven).toEqual([]);
    expect([...paths.values()]).toEqual([
      {
        targetPath: path,
        project: 'demo',
        filename: 'demo-1.tar.gz',
        state: 'live',
        length: add.length,
        ...add.digests,
        requiresPython: null,
        coreMetadataSha256: 'e'.repeat(64),
        provenanceSha256: 'f'.repeat(64),
        uploadedAt: add.uploadedAt,
        yanked: false,
        yankedReason: null,
        lastSeq: 1,
        bin: 3,
      },
    ]);
    expect([...projects.keys()]).toEqual(['demo']);
  });

  it.each<[string, Grant[], object]>([
    ['yanked', [about(2, { verb: 'yank', reason: 'bad' })], { yanked: true, yankedReason: 'bad' }],
    ['unyanked', [about(2, { verb: 'yank' }), about(3, { verb: 'unyank' })], { yanked: false }],
    ['deleted', [about(2, { verb: 'delete' })], { state: 'deleted' }],
    ['restored', [about(2, { verb: 'delete' }), about(3, { verb: 'restore' })], { state: 'live' }],
  ])('leave a file %s, in whatever order they are read', async (_what, later, facts) => {
    await applied(add);
    for (const grant of later) await applied(grant);
    for (const order of [recorded, recorded.toReversed()]) {
      const { paths, unproven } = replayed(order);
      expect(unproven).toEqual([]);
      expect(paths.get(path)).toMatchObject({ ...facts, lastSeq: later.at(-1)!.seq });
    }
  });

  it('keep an operator’s word above auth’s', async () => {
    await applied(add);
    await applied(about(2, { verb: 'revoke' }), operatorKey);
    expect(replayed().paths.get(path)).toMatchObject({ state: 'revoked' });
    await applied(about(3, { verb: 'restore' }));
    expect(replayed().unproven).toEqual([{ id: about(3, {}).id, reason: 'path.revoked' }]);
  });

  it('keep the status of the project', async () => {
    await applied(add);
    const status: Partial<Grant> = { ...grantOf(2, { verb: 'status', status: 'quarantined' }) };
    delete (status as { filename?: unknown }).filename;
    await applied(status as Grant);
    expect(replayed().projects.get('demo')).toMatchObject({ status: 'quarantined', lastSeq: 2 });
  });

  it('do not care that they have long expired', async () => {
    await applied(grantOf(1, { iat: 1, exp: 2 }));
    expect(replayed().unproven).toEqual([]);
  });
});

describe('a grant proves nothing', () => {
  it.each<[string, () => Promise<void>, string]>([
    ['of a key that is not trusted', () => applied(add, testSigner('stranger')), 'grant.unknown-key'],
    ['of another repository', () => applied(grantOf(1, { repository: 'other' })), 'grant.wrong-repository'],
    [
      'whose bytes were changed',
      async () => {
        await applied(add);
        const { id, envelope } = recorded[0]!;
        const text = new TextDecoder().decode(envelope).replace('"length":3', '"length":4');
        recorded = [{ id, envelope: new TextEncoder().encode(text) }];
      },
      'grant.bad-signature',
    ],
    [
      'that is cut short',
      async () => {
        await applied(add);
        recorded = recorded.map(({ id, envelope }) => ({ id, envelope: envelope.subarray(0, 50) }));
      },
      'grant.malformed',
    ],
    [
      'for a verb that its key may not issue',
      () => applied(about(1, { verb: 'revoke' })),
      'grant.verb-not-allowed',
    ],
    ['about a file of which the first is missing', () => applied(about(2, { verb: 'yank' })), 'path.unknown'],
    [
      'for other bytes than the path has',
      async () => {
        await applied(add);
        const sha256 = 'd'.repeat(64);
        await applied(about(2, { digests: { ...add.digests!, sha256 } as Grant['digests'] & object }));
      },
      'path.rewritten',
    ],
  ])('%s', async (_what, given, reason) => {
    await given();
    expect(replayed().unproven.map((each) => each.reason)).toEqual([reason]);
  });
});
