import { leastScore, strengthOf } from './password-strength.ts';

/** Why a password is not taken; the texts say what would be. */
export type PasswordRefusal = 'too-short' | 'too-long' | 'is-a-name' | 'too-plain' | 'too-weak' | 'breached';

export const passwordTexts: Readonly<Record<PasswordRefusal, string>> = {
  'too-short': 'Choose a password of at least 10 characters.',
  'too-long': 'Choose a password of at most 200 characters.',
  'is-a-name': 'Choose a password that is not your user name or e-mail address.',
  'too-plain': 'Choose a password with more than a few different characters.',
  'too-weak': 'This password is soon guessed. Choose a few words that do not belong together.',
  breached: 'This password was stolen somewhere and is on the lists that are tried first. Choose another.',
};

const leastCharacters = 10;
const mostCharacters = 200;
const leastDifferent = 5;

/** Null: it may be used. No rules about kinds of characters (NIST SP 800-63B §3.1.1.2). */
export function refusePassword(password: string, names: readonly string[]): PasswordRefusal | null {
  const characters = [...password.normalize('NFC')];
  if (characters.length < leastCharacters) return 'too-short';
  if (characters.length > mostCharacters) return 'too-long';
  const lower = password.toLowerCase();
  if (names.some((name) => name.toLowerCase() === lower)) return 'is-a-name';
  if (new Set(characters).size < leastDifferent) return 'too-plain';
  return strengthOf(password, names).score < leastScore ? 'too-weak' : null;
}
