import { fromHex, toHex, utf8 } from '@rind/kernel';
import { vectors } from '@rind/test-vectors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backends } from '../test/backends.ts';
import { verifyEd25519 } from './ed25519.ts';
import { ed25519FromSeed, ed25519PublicKey, ed25519Sign, ed25519Signer } from './index.ts';

const seedOf = (byte: number) => new Uint8Array(32).fill(byte);

describe.each(backends)('Ed25519 of %s', (_, crypto) => {
  it.each(vectors('ed25519-rfc8032'))('RFC 8032 $name', ({ seed, publicKey, message, signature }) => {
    expect(toHex(crypto.ed25519PublicKey(fromHex(seed)))).toBe(publicKey);
    expect(toHex(crypto.ed25519Signer(fromHex(seed))(fromHex(message)))).toBe(signature);
    expect(verifyEd25519(crypto, publicKey, fromHex(message), fromHex(signature))).toBe(true);
  });

  it.each(vectors('ed25519-edge-cases'))('$name: $valid', ({ publicKey, message, signature, valid }) => {
    expect(verifyEd25519(crypto, publicKey, fromHex(message), fromHex(signature))).toBe(valid);
  });

  it('makes the signatures that every other backend makes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array(), (seed, message) => {
        const signature = crypto.ed25519Signer(seed)(message);
        expect(signature).toEqual(ed25519Sign(seed, message));
        for (const [, other] of backends) {
          expect(verifyEd25519(other, toHex(crypto.ed25519PublicKey(seed)), message, signature)).toBe(true);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('does not take a signature with any bit changed', () => {
    const message = utf8('rind');
    const { publicKey } = ed25519FromSeed(seedOf(1));
    const signature = ed25519Sign(seedOf(1), message);
    fc.assert(
      fc.property(fc.nat(511), (bit) => {
        const changed = signature.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        expect(verifyEd25519(crypto, toHex(publicKey), message, changed)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps its own copy of a seed that the caller wipes', () => {
    const seed = Buffer.alloc(32, 5);
    const sign = crypto.ed25519Signer(seed);
    seed.fill(0);
    expect(sign(utf8('rind'))).toEqual(ed25519Sign(seedOf(5), utf8('rind')));
  });

  it('takes Buffers, whose slices share memory, and leaves them as they were', () => {
    const [row] = vectors('ed25519-rfc8032');
    const seed = Buffer.from(row!.seed, 'hex');
    const message = Buffer.from('rind');
    const signature = Buffer.from(crypto.ed25519Signer(seed)(message));
    const before = signature.toString('hex');
    expect(verifyEd25519(crypto, row!.publicKey, message, signature)).toBe(true);
    expect([seed.toString('hex'), message.toString(), signature.toString('hex')]).toEqual([
      row!.seed,
      'rind',
      before,
    ]);
  });

  it('gives plain bytes', () => {
    for (const bytes of [crypto.ed25519PublicKey(seedOf(1)), crypto.ed25519Signer(seedOf(1))(utf8(''))]) {
      expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
    }
  });
});

describe('Ed25519 keys', () => {
  it('come from a seed, and become TUF keys', () => {
    const [row] = vectors('ed25519-rfc8032');
    const pair = ed25519FromSeed(fromHex(row!.seed));
    expect([toHex(pair.seed), toHex(pair.publicKey)]).toEqual([row!.seed, row!.publicKey]);
    expect(ed25519PublicKey(pair.publicKey)).toEqual({
      keytype: 'ed25519',
      scheme: 'ed25519',
      keyval: { public: row!.publicKey },
    });
  });

  it.each([0, 31, 33, 64])('of %i bytes are refused', (length) => {
    const bytes = new Uint8Array(length);
    const refusal = expect.objectContaining({
      code: 'crypto.bad-length',
      details: expect.objectContaining({ length, expected: 32 }),
    });
    expect(() => ed25519FromSeed(bytes)).toThrow(refusal);
    expect(() => ed25519Sign(bytes, bytes)).toThrow(refusal);
    expect(() => ed25519Signer(bytes)).toThrow(refusal);
    expect(() => ed25519PublicKey(bytes)).toThrow(refusal);
  });
});
