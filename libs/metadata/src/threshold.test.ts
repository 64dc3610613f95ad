import type { PublicKey } from '@rind/crypto';
import type { KeyId } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { testSigner } from '../test/signer.ts';
import type { TestSigner } from '../test/signer.ts';
import { keyMap } from './key-map.ts';
import { parseTargets } from './metadata.ts';
import type { Signature } from './metadata.ts';
import { serializeMetadata } from './serialize.ts';
import { targetsSigned } from './targets.ts';
import { verifyThreshold } from './threshold.ts';

const signed = targetsSigned({ version: 1, expires: '2030-01-01T00:00:00Z', targets: new Map() });
const other = targetsSigned({ version: 2, expires: '2030-01-01T00:00:00Z', targets: new Map() });
const [a, b, c, stranger] = [1, 2, 3, 4].map((number) => testSigner(number)) as [
  TestSigner,
  TestSigner,
  TestSigner,
  TestSigner,
];
const alias = testSigner(1, { 'x-alias': true });
const unsupported = { ...a.key, keytype: 'sphincs', scheme: 'sphincs-shake' } as PublicKey;

function verdict(
  signatures: readonly Signature[],
  threshold: number,
  ids: readonly string[],
  keys: PublicKey[],
) {
  const role = { keyIds: ids as readonly KeyId[], threshold };
  return verifyThreshold(parseTargets(serializeMetadata(signed, signatures)), role, keyMap(...keys));
}

const all = [a.id, b.id, c.id];
const keys = [a.key, b.key, c.key];
const upper = (signature: Signature): Signature => ({ ...signature, sig: signature.sig.toUpperCase() });

describe('a threshold', () => {
  it.each<[string, readonly Signature[], number, readonly KeyId[], boolean]>([
    ['one of one', [a.sign(signed)], 1, [a.id], true],
    ['two of three', [c.sign(signed), a.sign(signed)], 2, [a.id, c.id], true],
    ['all and more than needed', [a, b, c].map((s) => s.sign(signed)), 2, all, true],
    ['no signature', [], 1, [], false],
    ['one where two are needed', [a.sign(signed)], 2, [a.id], false],
    ['more needed than there are keys', [a, b, c].map((s) => s.sign(signed)), 4, all, false],
    ['a signature over another document', [a.sign(other)], 1, [], false],
    ['one good, one over another document', [a.sign(signed), b.sign(other)], 2, [a.id], false],
    ["one key's signature under another's id", [{ ...a.sign(signed), keyid: b.id }], 1, [], false],
    ['a stranger', [stranger.sign(signed)], 1, [], false],
    ['a stranger under a known id', [{ ...stranger.sign(signed), keyid: a.id }], 1, [], false],
    ['a stranger beside a key of the role', [stranger.sign(signed), a.sign(signed)], 2, [a.id], false],
    ['an empty signature beside a good one', [{ keyid: b.id, sig: '' }, a.sign(signed)], 1, [a.id], true],
    ['a signature that is no hex', [{ keyid: a.id, sig: 'zz' }], 1, [], false],
    ['hex of odd length', [{ keyid: a.id, sig: a.sign(signed).sig.slice(1) }], 1, [], false],
    ['a short signature', [{ keyid: a.id, sig: a.sign(signed).sig.slice(2) }], 1, [], false],
    ['upper-case hex', [upper(a.sign(signed))], 1, [a.id], true],
  ])('%s', (_, signatures, threshold, valid, ok) => {
    expect(verdict(signatures, threshold, all, keys)).toEqual({ valid, threshold, ok });
  });

  it('counts one public key once, though it is listed under two ids', () => {
    const both = [a.sign(signed), alias.sign(signed)];
    expect(alias.id).not.toBe(a.id);
    expect(verdict(both, 2, [a.id, alias.id], [a.key, alias.key])).toEqual({
      valid: [a.id],
      threshold: 2,
      ok: false,
    });
    expect(verdict(both, 1, [alias.id, a.id], [a.key, alias.key]).valid).toEqual([alias.id]);
  });

  it('takes the second id of a key when the signature under the first is bad', () => {
    const result = verdict([a.sign(other), alias.sign(signed)], 1, [a.id, alias.id], [a.key, alias.key]);
    expect(result).toEqual({ valid: [alias.id], threshold: 1, ok: true });
  });

  it('sees through the case of a hex key', () => {
    const upperKey = { ...a.key, keyval: { public: a.key.keyval.public.toUpperCase() } } as PublicKey;
    const ids = [...keyMap(a.key, upperKey).keys()];
    const signatures = ids.map((keyid) => ({ ...a.sign(signed), keyid }));
    expect(verdict(signatures, 2, ids, [a.key, upperKey]).ok).toBe(false);
  });

  it('ignores ids without a key, and keys that no role names', () => {
    expect(verdict([a.sign(signed)], 1, [a.id], []).ok).toBe(false);
    expect(verdict([a.sign(signed)], 1, [b.id], keys).ok).toBe(false);
  });

  it('ignores a key of a type that it does not know, and goes on to the next', () => {
    const ids = [...keyMap(unsupported, b.key).keys()];
    const signatures = [{ ...a.sign(signed), keyid: ids[0]! }, b.sign(signed)];
    expect(verdict(signatures, 1, ids, [unsupported, b.key])).toEqual({
      valid: [b.id],
      threshold: 1,
      ok: true,
    });
  });
});
