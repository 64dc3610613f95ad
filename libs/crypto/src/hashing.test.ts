import { concatBytes, fromHex, toHex, utf8 } from '@rind/kernel';
import { vectors } from '@rind/test-vectors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backends } from '../test/backends.ts';
import { createHasher, hash, hashHex, hmacSha256 } from './index.ts';

const ALGORITHMS = ['sha256', 'sha512', 'blake2b-256', 'md5'] as const;
const LENGTHS = { sha256: 32, sha512: 64, 'blake2b-256': 32, md5: 16 };

describe.each(backends)('hashes of %s', (_, crypto) => {
  describe.each(ALGORITHMS)('%s', (algorithm) => {
    it.each(vectors('hashes'))('of $name', ({ bytes, times, [algorithm]: expected }) => {
      const piece = fromHex(bytes);
      const data = Uint8Array.from({ length: piece.length * times }, (_, i) => piece[i % piece.length]!);
      expect(toHex(crypto.createHasher(algorithm).update(data).digest())).toBe(expected);
    });

    it('does not depend on how the input arrives', () => {
      fc.assert(
        fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }), (chunks) => {
          const hasher = crypto.createHasher(algorithm);
          for (const chunk of chunks) hasher.update(chunk);
          expect(hasher.digest()).toEqual(hash(algorithm, concatBytes(...chunks)));
        }),
      );
    });

    it('gives plain bytes', () => {
      const digest = crypto.createHasher(algorithm).update(utf8('rind')).digest();
      expect(Object.getPrototypeOf(digest)).toBe(Uint8Array.prototype);
      expect(digest).toHaveLength(LENGTHS[algorithm]);
    });
  });

  it.each(vectors('hmac-sha256'))('HMAC-SHA-256, RFC 4231 $name', ({ key, message, hmac }) => {
    const mac = crypto.hmacSha256(fromHex(key), fromHex(message));
    expect(toHex(mac)).toBe(hmac);
    expect(Object.getPrototypeOf(mac)).toBe(Uint8Array.prototype);
  });

  it('HMAC takes an empty key', () => {
    expect(toHex(crypto.hmacSha256(new Uint8Array(), new Uint8Array()))).toBe(
      'b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad',
    );
  });
});

describe('the public functions', () => {
  const [abc] = vectors('hashes').filter(({ name }) => name === 'abc');

  it.each(ALGORITHMS)('hash %s in one go, in hex and in pieces', (algorithm) => {
    const expected = abc![algorithm];
    expect(toHex(hash(algorithm, utf8('abc')))).toBe(expected);
    expect(hashHex(algorithm, utf8('abc'))).toBe(expected);
    expect(toHex(createHasher(algorithm).update(utf8('a')).update(utf8('bc')).digest())).toBe(expected);
  });

  it('HMAC with the key that was given', () => {
    const { key, message, hmac } = vectors('hmac-sha256')[0]!;
    expect(toHex(hmacSha256(fromHex(key), fromHex(message)))).toBe(hmac);
  });

  it('BLAKE2b-256 is not BLAKE2b-512 cut short', () => {
    // The first 32 bytes of BLAKE2b-512("abc"), RFC 7693 appendix A.
    const cut = 'ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1';
    expect(hashHex('blake2b-256', utf8('abc'))).not.toBe(cut);
  });
});
