import { systemRandomness } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { Vault } from '../protection/vault.ts';
import { refusePassword } from './password-rules.ts';
import { Passwords } from './password.ts';

const vault = new Vault(new Uint8Array(32).fill(3), systemRandomness);
const passwords = new Passwords({ vault, randomness: systemRandomness });

describe('a kept password', () => {
  it('is matched by itself alone, however its characters were composed', async () => {
    const sealed = await passwords.seal('caf\u00e9 au lait', 'alice');
    expect(await passwords.matches('cafe\u0301 au lait', 'alice', sealed)).toBe(true);
    expect(await passwords.matches('cafe au lait', 'alice', sealed)).toBe(false);
    expect(await passwords.matches('', 'alice', sealed)).toBe(false);
  });

  it('is of one account, and never the same bytes twice', async () => {
    const sealed = await passwords.seal('one and the same', 'alice');
    expect(await passwords.seal('one and the same', 'alice')).not.toEqual(sealed);
    await expect(passwords.matches('one and the same', 'bob', sealed)).rejects.toMatchObject({
      code: 'vault.broken',
    });
  });

  it('matches nothing where there is none', async () => {
    expect(await passwords.matches('', 'alice', null)).toBe(false);
  });

  it('that is sealed and is no hash is a broken vault, not a wrong password', async () => {
    const sealed = vault.seal('password', 'alice', new TextEncoder().encode('plain'));
    await expect(passwords.matches('plain', 'alice', sealed)).rejects.toMatchObject({ code: 'vault.broken' });
  });
});

describe('a password', () => {
  it.each([
    ['ninechars', 'too-short'],
    ['tenletters', 'too-weak'],
    ['ten lettuces', null],
    ['🦦🦦🦦🦦🦦🦦🦦🦦🦦', 'too-short'],
    ['aabbaabbaabb', 'too-plain'],
    ['password12345', 'too-weak'],
    ['qwertyuiop123', 'too-weak'],
    ['somebody-else1', 'too-weak'],
    ['correct horse battery staple', null],
    ['Somebody-Else', 'is-a-name'],
    ['x'.repeat(100) + 'abcdefgh'.repeat(20), 'too-long'],
  ])('%j: %s', (password, refusal) => {
    expect(refusePassword(password, ['somebody-else'])).toBe(refusal);
  });
});
