import { grantKey } from '@rind/index-model';
import { utf8 } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { authKey, grantOf, operatorKey, repository, rowOf } from '../../test/grants.ts';
import { testSigner } from '../../test/test-keys.ts';
import { Intake } from './intake.ts';

const sha = (digit: string): string => digit.repeat(64);

function intake(
  stored: Record<string, number> = {},
  voided: readonly string[] = [],
  condemned: readonly string[] = [],
) {
  const asked: string[] = [];
  const seen: string[] = [];
  const subject = new Intake({
    keys: new Map([
      [authKey.keyId, grantKey('auth', authKey.key)],
      [operatorKey.keyId, grantKey('operator', operatorKey.key)],
    ]),
    repository,
    stat: async (key) => {
      seen.push(key);
      return stored[key] === undefined ? null : { length: stored[key], sha256: sha('a') };
    },
    isCondemned: async (key) => condemned.includes(key),
    voidedAmong: async (ids) => {
      asked.push(...ids);
      return new Set(voided);
    },
  });
  return { subject, asked, seen };
}
const unsigned = (): undefined => undefined;

describe('the intake', () => {
  it('takes a request with what the store says of the granted bytes', async () => {
    const key = `targets/packages/demo/${sha('a')}.demo-1.tar.gz`;
    const { requests, refused } = await intake({ [key]: 3 }).subject.verify(
      [await rowOf(5, grantOf(1))],
      unsigned,
    );
    expect(refused).toEqual([]);
    expect(requests).toMatchObject([
      {
        outboxId: 5,
        issuer: 'auth',
        statedPath: 'packages/demo/demo-1.tar.gz',
        targetPath: 'packages/demo/demo-1.tar.gz',
        blob: { length: 3, sha256: sha('a') },
      },
    ]);
  });

  it('knows what is not in the store', async () => {
    const { requests } = await intake().subject.verify([await rowOf(5, grantOf(1))], unsigned);
    expect(requests[0]?.blob).toBeNull();
  });

  it('takes a file for missing whose object somebody was told to delete, though it is there still', async () => {
    const key = `targets/packages/demo/${sha('f')}.demo-1.tar.gz`;
    const rows = [await rowOf(5, grantOf(1, { verb: 'restore' }))];
    const blobs = async (condemned: readonly string[]) =>
      (await intake({ [key]: 3 }, [], condemned).subject.verify(rows, () => sha('f'))).requests[0]?.blob;
    expect(await blobs([])).toEqual({ length: 3, sha256: sha('a') });
    expect(await blobs([key])).toBeNull();
  });

  it('looks for the bytes that were signed before when a file is restored, whatever the grant says', async () => {
    const grant = grantOf(1, { verb: 'restore' });
    const { subject, seen } = intake();
    await subject.verify([await rowOf(5, grant)], () => sha('f'));
    expect(seen).toEqual([`targets/packages/demo/${sha('f')}.demo-1.tar.gz`]);
  });

  it.each([
    ['of a stranger', () => rowOf(5, grantOf(1), testSigner('stranger')), 'grant.unknown-key'],
    ['for another repository', () => rowOf(5, grantOf(1, { repository: 'other' })), 'grant.wrong-repository'],
    [
      'of a verb that auth may not issue',
      () => rowOf(5, grantOf(1, { verb: 'import' })),
      'grant.verb-not-allowed',
    ],
    [
      'that is not a grant',
      async () => ({ ...(await rowOf(5, grantOf(1))), envelope: utf8('{}') }),
      'grant.malformed',
    ],
  ])('sets a row %s aside, and takes the others', async (_name, bad, reason) => {
    const good = await rowOf(6, grantOf(2));
    const { requests, refused } = await intake().subject.verify([await bad(), good], unsigned);
    expect(requests.map(({ outboxId }) => outboxId)).toEqual([6]);
    expect(refused).toMatchObject([
      { outboxId: 5, reason: 'grant.invalid', audit: { event: 'grant.invalid', detail: { reason } } },
    ]);
  });

  it('asks auth about the grants that auth issued, and about no others', async () => {
    const rows = [
      await rowOf(1, grantOf(1)),
      await rowOf(2, grantOf(2, { verb: 'import' }), operatorKey),
      await rowOf(3, grantOf(3), testSigner('stranger')),
    ];
    const { subject, asked } = intake({}, [grantOf(1).id]);
    const { voided } = await subject.verify(rows, unsigned);
    expect(asked).toEqual([grantOf(1).id]);
    expect([...voided]).toEqual([grantOf(1).id]);
  });
});
