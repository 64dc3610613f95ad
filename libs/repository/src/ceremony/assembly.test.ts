import { parseRoot, parseTargets } from '@rind/metadata';
import { testKey } from '@rind/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detached, keys, plan } from '../../test/ceremony-scene.ts';
import { assemble, missingOf, requireSigner, signersOf } from './assembly.ts';
import type { KeyChange } from './changes.ts';

const [r1, r2, r3] = keys.root as [typeof keys.online, typeof keys.online, typeof keys.online];
const r4 = testKey('r4');
const r5 = testKey('r5');
const add = (key = r4): KeyChange => ({ kind: 'add-key', role: 'root', key: key.key });
const remove = (key = r1): KeyChange => ({ kind: 'remove-key', role: 'root', keyId: key.id });
const threshold = (count: number): KeyChange => ({ kind: 'threshold', role: 'root', threshold: count });

describe('root N+1 needs a threshold of the old keys and of the new ones', () => {
  it.each([
    ['the same keys, nobody', [], [], 2, 2],
    ['the same keys, one of them', [], [r1], 1, 1],
    ['the same keys, two of three', [], [r1, r3], 0, 0],
    ['a key added, two old ones', [add()], [r1, r2], 0, 0],
    ['a key added, an old one and the new one', [add()], [r1, r4], 1, 0],
    ['a key removed, it and another', [remove()], [r1, r2], 0, 1],
    ['a key removed, two that stay', [remove()], [r2, r3], 0, 0],
    ['a key replaced, the removed and the added one', [remove(), add()], [r1, r4], 1, 1],
    ['a key replaced, a kept and the added one', [remove(), add()], [r2, r4], 1, 0],
    ['a key replaced, the removed, a kept and the added one', [remove(), add()], [r1, r2, r4], 0, 0],
    ['a higher threshold, two', [threshold(3)], [r1, r2], 0, 1],
    ['a higher threshold, three', [threshold(3)], [r1, r2, r3], 0, 0],
    ['a lower threshold, one', [threshold(1)], [r1], 1, 0],
    [
      'all keys replaced, only the new ones',
      [add(), add(r5), remove(), remove(r2), remove(r3)],
      [r4, r5],
      2,
      0,
    ],
    [
      'all keys replaced, two old and two new ones',
      [add(), add(r5), remove(), remove(r2), remove(r3)],
      [r1, r2, r4, r5],
      0,
      0,
    ],
  ] as const)('%s', (_what, changes, signers, missingOld, missingNew) => {
    const checked = plan({ role: 'root', changes });
    const { progress, complete } = assemble(
      checked,
      signers.map((key) => detached(checked, key)),
    );
    expect(progress.map(({ by, missing }) => [by, missing])).toEqual([
      ['present', missingOld],
      ['next', missingNew],
    ]);
    expect(complete).toBe(missingOld + missingNew === 0);
    expect(missingOf(progress)).toBe(Math.max(missingOld, missingNew));
  });
});

describe('targets and bins need a threshold of who may sign them at present', () => {
  it.each([
    ['targets', keys.targets],
    ['bins', keys.bins],
  ] as const)('%s', (role, [first, second]) => {
    const checked = plan({ role });
    const one = assemble(checked, [detached(checked, first!)]);
    expect(one.progress).toMatchObject([{ by: 'present', missing: 1, threshold: 2 }]);
    expect(one.complete).toBe(false);
    const both = assemble(checked, [detached(checked, first!), detached(checked, second!)]);
    expect(both.complete).toBe(true);
    expect(parseTargets(both.file).signed.version).toBe(2);
  });
});

describe('the assembly', () => {
  const checked = plan({ role: 'root' });
  const foreign = testKey('foreign');

  it('names what is bad or foreign and leaves it out', () => {
    const good = detached(checked, r1);
    const forged = { ...detached(checked, r2), sig: detached(checked, r3).sig };
    const other = detached(plan({ role: 'root', changes: [threshold(3)] }), r2);
    const malformed = { ...good, keyid: r3.id, sig: 'not hex' };
    const { judged, signatures } = assemble(checked, [
      good,
      good,
      forged,
      other,
      malformed,
      detached(checked, foreign),
    ]);
    expect(judged.map(({ verdict }) => verdict)).toEqual([
      'counted',
      'repeated',
      'invalid',
      'other-plan',
      'invalid',
      'foreign',
    ]);
    expect(signatures).toEqual([{ keyid: r1.id, sig: good.sig }]);
  });

  it('lets a good signature in after a bad one under the same key', () => {
    const bad = { ...detached(checked, r1), sig: '00' };
    expect(assemble(checked, [bad, detached(checked, r1)]).judged.map(({ verdict }) => verdict)).toEqual([
      'invalid',
      'counted',
    ]);
  });

  it('is a union: neither order nor repetition nor a partial assembly before loses a signature', () => {
    const all = keys.root.map((key) => detached(checked, key));
    const whole = assemble(checked, all).file;
    fc.assert(
      fc.property(fc.shuffledSubarray([...all, ...all], { minLength: 0 }), (first) => {
        const partial = assemble(checked, first);
        const kept = partial.signatures.map((each) => ({ ...each, digest: checked.digest }));
        expect(assemble(checked, [...all.toReversed(), ...kept]).file).toEqual(whole);
        expect(new Set(partial.signatures.map(({ keyid }) => keyid))).toEqual(
          new Set(first.map(({ keyid }) => keyid)),
        );
      }),
    );
    expect(parseRoot(whole).signatures).toHaveLength(3);
  });

  it('takes the signature of a key that joins later, and does not count it', () => {
    const joining = plan({ role: 'targets', joining: [foreign.key] });
    const { judged, complete, signatures } = assemble(joining, [
      ...keys.targets.map((key) => detached(joining, key)),
      detached(joining, foreign),
    ]);
    expect(judged.at(-1)?.verdict).toBe('counted');
    expect(complete).toBe(true);
    expect(signatures).toHaveLength(3);
    expect(assemble(joining, [detached(joining, foreign)]).complete).toBe(false);
  });
});

describe('a holder', () => {
  it('may sign with an old key and with a new one, and with no other', () => {
    const checked = plan({ role: 'root', changes: [remove(), add()] });
    expect([...signersOf(checked).keys()].toSorted()).toEqual(
      [r1, r2, r3, r4].map(({ id }) => id).toSorted(),
    );
    for (const key of [r1, r4]) expect(() => requireSigner(checked, key.id)).not.toThrow();
    expect(() => requireSigner(checked, keys.online.id)).toThrow(
      expect.objectContaining({
        code: 'ceremony.not-a-signer',
        details: expect.objectContaining({ version: 2 }),
      }),
    );
  });
});
