import { concatBytes, fromBase64Url, fromHex, fromUtf8, toBase64Url, utf8 } from '@rind/kernel';
import type { JsonValue } from '@rind/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../vectors/pymacaroons.json' with { type: 'json' };
import { parseCaveat } from './caveat.ts';
import { maxMacaroonBytes, parseMacaroon, serializeMacaroon } from './macaroon.ts';
import { verifyToken } from './signature-chain.ts';
import { attenuate, formatToken, mintToken, parseToken, tokenPrefix } from './token.ts';

const minted = vectors.minted as {
  location: string;
  identifier: string;
  rootKey: string;
  caveats: JsonValue[];
  token: string;
}[];
const rootKey = new Uint8Array(32).fill(7);
const parts = { location: 'index.eg', identifier: 'id-1', rootKey, caveats: [[1, ['six']]] };
const token = mintToken(parts);
const malformed = expect.objectContaining({ code: 'macaroon.malformed' });
const rawOf = (text: string) => fromBase64Url(text.slice(tokenPrefix.length));
const textOf = (bytes: Uint8Array) => tokenPrefix + toBase64Url(bytes);

describe(`a token, compared with pymacaroons ${vectors.versions.pymacaroons}`, () => {
  it.each(minted)('$# is minted to the same text', ({ token: text, rootKey: key, ...rest }) => {
    expect(mintToken({ ...rest, rootKey: fromHex(key) })).toBe(text);
  });

  it.each(minted)(
    '$# is read and verified',
    ({ token: text, location, identifier, rootKey: key, caveats }) => {
      const macaroon = parseToken(text);
      expect(macaroon).toMatchObject({ location, identifier });
      expect(macaroon.caveats.map((caveat) => JSON.parse(caveat) as unknown)).toEqual(caveats);
      expect(verifyToken(macaroon, fromHex(key))).toBe(true);
      expect(verifyToken(macaroon, fromHex(`${key}00`))).toBe(false);
      expect(formatToken(macaroon)).toBe(text);
    },
  );

  it('attenuated by pypitoken is verified, and its caveats are understood', () => {
    const macaroon = parseToken(vectors.attenuated);
    expect(verifyToken(macaroon, fromHex(minted[0]!.rootKey))).toBe(true);
    expect(macaroon.caveats.map(parseCaveat)).toEqual([
      [1, ['six']],
      [0, 1_700_000_000, 1_600_000_000],
      [3, '0b3b2ad9-7d0f-4d5e-8f3f-6b0a2b1c4d5e'],
      [2, ['00000000-0000-4000-8000-000000000001']],
    ]);
  });

  it('with the caveats of older tokens is verified, and they are understood', () => {
    const macaroon = parseToken(vectors.legacy);
    expect(verifyToken(macaroon, fromHex(minted[0]!.rootKey))).toBe(true);
    expect(macaroon.caveats.map(parseCaveat)).toEqual([['own-account'], [0, 1_700_000_000, 1_600_000_000]]);
  });

  it('of version 1, or with a caveat for a third party, is refused', () => {
    for (const text of [vectors.version1, vectors.thirdParty])
      expect(() => parseToken(text)).toThrow(malformed);
  });
});

describe('a token', () => {
  it('comes back from any text and caveats as it went in', () => {
    const word = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .filter((text) => text.isWellFormed());
    fc.assert(
      fc.property(
        word,
        word,
        fc.array(fc.tuple(fc.nat(200), word), { maxLength: 8 }),
        (location, identifier, caveats) => {
          const text = mintToken({ location, identifier, rootKey, caveats });
          const macaroon = parseToken(text);
          expect(macaroon).toMatchObject({
            location,
            identifier,
            caveats: caveats.map((one) => JSON.stringify(one)),
          });
          expect(verifyToken(macaroon, rootKey)).toBe(true);
          expect(formatToken(macaroon)).toBe(text);
        },
      ),
    );
  });

  it('may have white space around it', () => {
    expect(parseToken(` ${token}\n`)).toEqual(parseToken(token));
  });

  it('need not have a location', () => {
    const text = mintToken({ ...parts, location: '' });
    expect(parseToken(text).location).toBe('');
    expect(verifyToken(parseToken(text), rootKey)).toBe(true);
  });

  it('with another caveat is the same as one minted with it', () => {
    const narrower = [0, 1_700_000_000, 1_600_000_000];
    expect(attenuate(token, narrower)).toBe(mintToken({ ...parts, caveats: [...parts.caveats, narrower] }));
  });

  it('is not verified once a caveat was taken away, changed or moved', () => {
    const macaroon = parseToken(attenuate(token, [3, 'me']));
    const [first, second] = macaroon.caveats as [string, string];
    for (const caveats of [
      [],
      [first],
      [second],
      [second, first],
      [first, '[3,"you"]'],
      [first, second, second],
    ]) {
      expect(verifyToken({ ...macaroon, caveats }, rootKey)).toBe(false);
    }
    expect(verifyToken({ ...macaroon, identifier: 'id-2' }, rootKey)).toBe(false);
    expect(verifyToken({ ...macaroon, signature: new Uint8Array(32) }, rootKey)).toBe(false);
    expect(verifyToken({ ...macaroon, signature: macaroon.signature.subarray(0, 31) }, rootKey)).toBe(false);
    expect(verifyToken(macaroon, rootKey)).toBe(true);
  });

  it('is bound by its location in name only', () => {
    expect(verifyToken({ ...parseToken(token), location: 'elsewhere.example' }, rootKey)).toBe(true);
  });

  it('has one text: none that differs in a bit is the same token', () => {
    const bits = fc.tuple(fc.nat(rawOf(token).length - 1), fc.nat(7));
    fc.assert(
      fc.property(bits, ([at, bit]) => {
        const bytes = rawOf(token).slice();
        bytes[at]! ^= 1 << bit;
        let macaroon;
        try {
          macaroon = parseMacaroon(bytes);
        } catch (error) {
          expect(error).toEqual(malformed);
          return;
        }
        expect(serializeMacaroon(macaroon)).toEqual(bytes);
        expect(verifyToken(macaroon, rootKey) && macaroon.location === parts.location).toBe(false);
      }),
    );
  });

  it('or any other bytes are read without an error of another kind', () => {
    const byte = fc.oneof(fc.constantFrom(0, 1, 2, 4, 6, 32, 0x80), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), (bytes) => {
        try {
          expect(serializeMacaroon(parseMacaroon(Uint8Array.from([2, ...bytes])))).toEqual(
            Uint8Array.from([2, ...bytes]),
          );
        } catch (error) {
          expect(error).toEqual(malformed);
        }
      }),
    );
  });

  it('too long to be read is not written', () => {
    const caveats = ['x'.repeat(maxMacaroonBytes - 60)];
    expect(rawOf(mintToken({ ...parts, caveats })).length).toBeLessThanOrEqual(maxMacaroonBytes);
    const tooLarge = expect.objectContaining({ code: 'macaroon.too-large' });
    expect(() => mintToken({ ...parts, caveats: ['x'.repeat(maxMacaroonBytes - 10)] })).toThrow(tooLarge);
    expect(() => mintToken({ ...parts, identifier: 'x'.repeat(20_000) })).toThrow(tooLarge);
    expect(() => attenuate(mintToken({ ...parts, caveats }), ['y'.repeat(60)])).toThrow(tooLarge);
  });
});

describe('a text is no token', () => {
  const raw = rawOf(token);
  const sealed = (...bytes: number[]) =>
    textOf(concatBytes(Uint8Array.from(bytes), Uint8Array.of(6, 32), new Uint8Array(32)));

  it.each([
    ['when empty', ''],
    ['of a prefix alone', tokenPrefix],
    ['with another prefix', `pypj-${token.slice(5)}`],
    ['with an upper-case prefix', `PYPI-${token.slice(5)}`],
    ['with padding', `${token}=`],
    ['with signs of plain base64', `${tokenPrefix}a+/b`],
    ['with white space inside', `${token.slice(0, 20)} ${token.slice(20)}`],
    ['of half a digit', `${tokenPrefix}AgEIc`],
    ['with bits that no byte takes', `${tokenPrefix}AgEIcHF`],
    ['too long', tokenPrefix + 'A'.repeat(11_000)],
    ['cut off', textOf(raw.subarray(0, raw.length - 1))],
    ['with something behind it', textOf(concatBytes(raw, Uint8Array.of(0)))],
    ['of version 3', textOf(concatBytes(Uint8Array.of(3), raw.subarray(1)))],
    [
      'with a short signature',
      textOf(concatBytes(raw.subarray(0, raw.length - 33), Uint8Array.of(31), raw.subarray(-31))),
    ],
    ['without identifier', sealed(2, 1, 1, 0x61, 0, 0)],
    ['with an empty location', sealed(2, 1, 0, 2, 1, 0x61, 0, 0)],
    ['with two identifiers', sealed(2, 2, 1, 0x61, 2, 1, 0x62, 0, 0)],
    ['with location and identifier exchanged', sealed(2, 2, 1, 0x61, 1, 1, 0x62, 0, 0)],
    ['with a caveat that has a location', sealed(2, 2, 1, 0x61, 0, 1, 1, 0x62, 2, 1, 0x63, 0, 0)],
    ['with a caveat that has a verification id', sealed(2, 2, 1, 0x61, 0, 2, 1, 0x62, 4, 1, 0x63, 0, 0)],
    ['with an unknown field', sealed(2, 2, 1, 0x61, 0, 3, 1, 0x62, 0, 0)],
    ['with a text that is not UTF-8', sealed(2, 2, 1, 0xff, 0, 0)],
    ['with a length in too many bytes', sealed(2, 2, 0x81, 0x00, 0x61, 0, 0)],
    ['with a length of three bytes', sealed(2, 2, 0x81, 0x80, 0x01, 0x61, 0, 0)],
    ['with a length beyond its end', sealed(2, 2, 0x7f, 0x61, 0, 0)],
  ])('%s', (_what, text) => {
    expect(() => parseToken(text)).toThrow(malformed);
  });

  it('while its smallest form is one', () => {
    expect(parseToken(sealed(2, 2, 1, 0x61, 0, 0))).toMatchObject({
      location: '',
      identifier: 'a',
      caveats: [],
    });
  });

  it('and the error quotes nothing of it', () => {
    const secret = fromUtf8(utf8(token.slice(-20)));
    try {
      parseToken(`${token}=`);
      expect.unreachable();
    } catch (error) {
      const { message, details } = error as { message: string; details: object };
      expect(message + JSON.stringify(details)).not.toContain(secret);
    }
  });
});
