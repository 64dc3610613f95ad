import { toHex, utf8 } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { argon2idPortable } from './argon2id.ts';
import { argon2id } from './index.ts';

/** Password, salt, passes, KiB, lanes and tag, made with the reference implementation. */
const known = [
  ['password', 'somesalt', 2, 64, 1, '16a1a498734609dd01456da406de9f3d9da93e6c86c300a12fc1465214ce4922'],
  ['', '0123456789abcdef', 1, 8, 1, 'd440eba67886df93d643dcb8a69b02af68c16d284cd6f68659553e245bf9efc0'],
  [
    'pässwörd',
    '0123456789abcdef',
    3,
    256,
    4,
    '9c7eb5b4293265d92fe9fc5f0a8a0902f893a08b3f9635d721a24c9c43ecfe1e',
  ],
] as const;
const ways = [
  ['as the platform has it', argon2id],
  ['in JavaScript alone', argon2idPortable],
] as const;

describe.each(ways)('Argon2id %s', (_name, derive) => {
  it.each(known)(
    'of %j with %j, %i times over %i KiB in %i lanes',
    async (password, salt, passes, memoryKiB, lanes, tag) => {
      const derived = await derive(utf8(password), utf8(salt), { memoryKiB, passes, lanes }, 32);
      expect(toHex(derived)).toBe(tag);
    },
  );
});

it('a short salt is refused', async () => {
  const cost = { memoryKiB: 64, passes: 1, lanes: 1 };
  await expect(argon2id(utf8('p'), utf8('short'), cost, 32)).rejects.toMatchObject({
    code: 'crypto.bad-length',
  });
});
