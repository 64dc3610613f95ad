import { ed25519FromSeed, ed25519PublicKey, hash, keyIdOf } from '@rind/crypto';
import { utf8 } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { parseGrantKeys } from './grant-keys.ts';

const keyOf = (label: string) => {
  const key = ed25519PublicKey(ed25519FromSeed(hash('sha256', utf8(label))).publicKey);
  return { key, id: keyIdOf(key) };
};
const auth = keyOf('auth');
const operator = keyOf('operator');
const entry = { issuer: 'auth', key: auth.key };
const textOf = (...keys: readonly object[]): string => `${JSON.stringify({ keys }, null, 2)}\n`;

describe('the file of grant keys', () => {
  it('gives each key by its id, with the verbs of its issuer', () => {
    const keys = parseGrantKeys(textOf(entry, { issuer: 'operator', key: operator.key }));
    expect([...keys].map(([id, { issuer }]) => [id, issuer])).toEqual([
      [auth.id, 'auth'],
      [operator.id, 'operator'],
    ]);
    expect(keys.get(operator.id)!.verbs).toContain('revoke');
    expect(keys.get(auth.id)!.verbs).not.toContain('revoke');
  });

  it.each([
    ['no JSON', '{'],
    ['a key that stands twice in an object', '{"keys": [], "keys": []}'],
    ['no list', '{"keys": {}}'],
    ['an unknown issuer', textOf({ ...entry, issuer: 'warehouse' })],
    ['no issuer', textOf({ key: auth.key })],
    ['no key', textOf({ issuer: 'auth' })],
    ['a key without its value', textOf({ issuer: 'auth', key: { ...auth.key, keyval: {} } })],
    [
      'a scheme that nobody here can check',
      textOf({ issuer: 'auth', key: { ...auth.key, scheme: 'other' } }),
    ],
  ])('is refused with %s', (_what, text) => {
    expect(() => parseGrantKeys(text)).toThrow(expect.objectContaining({ code: 'grant-keys.invalid' }));
  });
});
