import { systemRandomness, utf8, uuidV4 } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { newSecret, readSecret } from './bearer-secret.ts';
import { Vault } from './vault.ts';

const vault = new Vault(new Uint8Array(32).fill(7), systemRandomness);
const other = new Vault(new Uint8Array(32).fill(8), systemRandomness);

describe('the vault', () => {
  it('opens what it sealed for the same purpose and row alone', () => {
    const sealed = vault.seal('password', 'alice', utf8('secret'));
    expect(vault.open('password', 'alice', sealed)).toEqual(utf8('secret'));
    for (const open of [
      () => vault.open('password', 'bob', sealed),
      () => vault.open('mail', 'alice', sealed),
      () => other.open('password', 'alice', sealed),
      () => vault.open('password', 'alice', sealed.subarray(1)),
    ]) {
      expect(open).toThrow(expect.objectContaining({ code: 'vault.broken' }));
    }
  });

  it('makes another MAC for another purpose, another split of the parts, and another key', () => {
    const macs = [
      vault.mac('session', 'ab', 'c'),
      vault.mac('session', 'a', 'bc'),
      vault.mac('session', 'abc'),
      vault.mac('rate', 'ab', 'c'),
      other.mac('session', 'ab', 'c'),
    ];
    expect(new Set(macs.map((mac) => mac.toString('hex'))).size).toBe(macs.length);
    expect(vault.mac('session', 'ab', 'c')).toEqual(macs[0]);
  });
});

describe('a bearer secret', () => {
  it('names its row', () => {
    const id = uuidV4(systemRandomness);
    const secret = newSecret(id, systemRandomness);
    expect(readSecret(secret.text)).toEqual(secret);
    expect(newSecret(id, systemRandomness).text).not.toBe(secret.text);
  });

  it.each(['', 'a', 'a'.repeat(63), 'a'.repeat(65), `${'a'.repeat(63)}=`, `${'a'.repeat(63)} `])(
    '%j is none',
    (text) => {
      expect(readSecret(text)).toBeNull();
    },
  );
});
