import { fromHex, utf8 } from '@rind/kernel';
import { vectors } from '@rind/test-vectors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backends } from '../test/backends.ts';
import { ed25519FromSeed, ed25519PublicKey, ed25519Sign, isSupportedKey, verifySignature } from './index.ts';
import type { PublicKey } from './index.ts';
import { verifyWith } from './signature.ts';

const key = (keytype: string, scheme: string, publicText: string): PublicKey => ({
  keytype,
  scheme,
  keyval: { public: publicText },
});
const ecdsa = (publicText: string) => key('ecdsa', 'ecdsa-sha2-nistp256', publicText);
const rsa = (publicText: string) => key('rsa', 'rsassa-pss-sha256', publicText);
const SUPPORTED: readonly [string, string][] = [
  ['ed25519', 'ed25519'],
  ['ecdsa', 'ecdsa-sha2-nistp256'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256'],
  ['rsa', 'rsassa-pss-sha256'],
];

describe.each(backends)('signatures verified by %s', (_, crypto) => {
  it.each(vectors('ecdsa-p256-sha256'))('P-256, $name: $valid', (row) => {
    expect(verifyWith(crypto, ecdsa(row.key), fromHex(row.message), fromHex(row.signature))).toBe(row.valid);
  });

  it.each(vectors('rsa-pss-sha256'))('RSA-PSS, $name: $valid', (row) => {
    expect(verifyWith(crypto, rsa(row.key), fromHex(row.message), fromHex(row.signature))).toBe(row.valid);
  });

  it.each(['ecdsa-p256-sha256', 'rsa-pss-sha256'] as const)(
    'takes Buffers and leaves them alone: %s',
    (file) => {
      const row = vectors(file).find(({ valid }) => valid)!;
      const make = file === 'rsa-pss-sha256' ? rsa : ecdsa;
      const signature = Buffer.from(row.signature, 'hex');
      expect(verifyWith(crypto, make(row.key), Buffer.from(row.message, 'hex'), signature)).toBe(true);
      expect(signature.toString('hex')).toBe(row.signature);
    },
  );

  it.each(SUPPORTED)('says no to junk and never throws: %s, %s', (keytype, scheme) => {
    const texts = vectors(scheme === 'rsassa-pss-sha256' ? 'rsa-pss-sha256' : 'ecdsa-p256-sha256');
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom(...texts.map((row) => row.key)),
      fc.constant('00'.repeat(32)),
    );
    fc.assert(
      fc.property(
        text,
        fc.uint8Array(),
        fc.uint8Array({ maxLength: 300 }),
        (publicText, message, signature) => {
          expect(verifyWith(crypto, key(keytype, scheme, publicText), message, signature)).toBe(false);
        },
      ),
    );
  });

  it('does not take an ECDSA signature with any byte changed', () => {
    const [row] = vectors('ecdsa-p256-sha256');
    const signature = fromHex(row!.signature);
    fc.assert(
      fc.property(fc.nat(signature.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = signature.map((byte, i) => (i === at ? byte ^ change : byte));
        expect(verifyWith(crypto, ecdsa(row!.key), fromHex(row!.message), changed)).toBe(false);
      }),
    );
  });
});

describe('the algorithm table', () => {
  it.each(SUPPORTED)('has %s, %s', (keytype, scheme) => {
    expect(isSupportedKey(key(keytype, scheme, ''))).toBe(true);
    expect(verifySignature(key(keytype, scheme, ''), utf8(''), utf8(''))).toBe(false);
  });

  it.each([
    ['rsa', 'ed25519'],
    ['ed25519', 'rsassa-pss-sha256'],
    ['ed25519', 'ed25519ph'],
    ['ecdsa', 'ecdsa-sha2-nistp384'],
    ['ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp256'],
    ['rsa', 'rsa-pkcs1v15-sha256'],
    ['', ''],
    ['ED25519', 'ED25519'],
    ['__proto__', '__proto__'],
    ['constructor', 'constructor'],
  ])('has not %j, %j', (keytype, scheme) => {
    expect(isSupportedKey(key(keytype, scheme, ''))).toBe(false);
    expect(() => verifySignature(key(keytype, scheme, ''), utf8(''), utf8(''))).toThrow(
      expect.objectContaining({ code: 'key.unsupported', details: { keytype, scheme } }),
    );
  });

  it('verifies what was signed, with the backend of this platform', () => {
    const { seed, publicKey } = ed25519FromSeed(new Uint8Array(32).fill(3));
    const signature = ed25519Sign(seed, utf8('rind'));
    expect(verifySignature(ed25519PublicKey(publicKey), utf8('rind'), signature)).toBe(true);
    expect(verifySignature(ed25519PublicKey(publicKey), utf8('rine'), signature)).toBe(false);
  });
});
