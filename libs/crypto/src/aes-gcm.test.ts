import { concatBytes, fromHex, systemRandomness, toHex, utf8 } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import { vectors } from '@rind/test-vectors';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openAesGcm, sealAesGcm } from './index.ts';

const key = new Uint8Array(32).fill(1);
const aad = utf8('token 1');
const failsWith = (code: string) => expect.objectContaining({ code });

/** Chance that was decided beforehand. */
function fixed(bytes: Uint8Array): Randomness {
  return {
    bytes: (length) => {
      expect(length).toBe(bytes.length);
      return Uint8Array.from(bytes);
    },
  };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('AES-256-GCM', () => {
  it.each(vectors('aes-256-gcm'))('$name', (row) => {
    const sealed = sealAesGcm(
      fromHex(row.key),
      fromHex(row.plaintext),
      fromHex(row.aad),
      fixed(fromHex(row.nonce)),
    );
    expect(toHex(sealed)).toBe(row.nonce + row.ciphertext + row.tag);
    expect(toHex(openAesGcm(fromHex(row.key), sealed, fromHex(row.aad)))).toBe(row.plaintext);
  });

  it('opens what it sealed, and adds 28 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (plaintext, belongsTo) => {
        const sealed = sealAesGcm(key, plaintext, belongsTo, systemRandomness);
        expect(sealed).toHaveLength(plaintext.length + 28);
        expect(openAesGcm(key, sealed, belongsTo)).toEqual(plaintext);
      }),
    );
  });

  it('never seals the same way twice', () => {
    const seal = () => toHex(sealAesGcm(key, utf8('secret'), aad, systemRandomness));
    expect(seal()).not.toBe(seal());
  });

  it('opens nothing that had any bit changed', () => {
    const sealed = sealAesGcm(key, utf8('secret'), aad, systemRandomness);
    for (let bit = 0; bit < 8 * sealed.length; bit++) {
      const changed = sealed.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      expect(() => openAesGcm(key, changed, aad)).toThrow(failsWith('crypto.open-failed'));
    }
  });

  it('opens nothing with another key, other associated data, or a piece missing', () => {
    const sealed = sealAesGcm(key, utf8('secret'), aad, systemRandomness);
    const wrong = [
      () => openAesGcm(new Uint8Array(32).fill(2), sealed, aad),
      () => openAesGcm(key, sealed, utf8('token 2')),
      () => openAesGcm(key, sealed, new Uint8Array()),
      () => openAesGcm(key, concatBytes(sealed, Uint8Array.of(0)), aad),
      ...Array.from({ length: sealed.length }, (_, n) => () => openAesGcm(key, sealed.subarray(0, n), aad)),
    ];
    for (const open of wrong) expect(open).toThrow(failsWith('crypto.open-failed'));
  });

  it.each([0, 16, 24, 31, 33])('takes no key of %i bytes', (length) => {
    const short = new Uint8Array(length);
    expect(() => sealAesGcm(short, key, aad, systemRandomness)).toThrow(failsWith('crypto.bad-length'));
    expect(() => openAesGcm(short, key, aad)).toThrow(failsWith('crypto.bad-length'));
  });

  it('says so where the platform has no cipher for synchronous callers', () => {
    vi.stubGlobal('process', undefined);
    const codes = [
      () => sealAesGcm(key, utf8(''), aad, systemRandomness),
      () => openAesGcm(key, new Uint8Array(28), aad),
    ].map(codeThrownBy);
    vi.unstubAllGlobals();
    expect(codes).toEqual(['crypto.unavailable', 'crypto.unavailable']);
  });
});

function codeThrownBy(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}
