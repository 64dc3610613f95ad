import { describe, expect, it } from 'vitest';
import { withBrokenSignature, withOtherIdentifier } from './token-forgery.ts';

/** Location `rind`, identifier `abcf`, no caveat, signature of 32 bytes `07`. */
const bytes = [2, 1, 4, ...ascii('rind'), 2, 4, ...ascii('abcf'), 0, 0, 6, 32, ...Array<number>(32).fill(7)];
const token = tokenOf(bytes);

describe('a forged token', () => {
  it('has another identifier and is otherwise the same', () => {
    const forged = bytesOf(withOtherIdentifier(token));
    expect(forged).toEqual(bytes.map((byte, at) => (at === 12 ? 'a'.charCodeAt(0) : byte)));
    expect(bytesOf(withOtherIdentifier(tokenOf(forged)))[12]).toBe('b'.charCodeAt(0));
  });

  it('has another signature and is otherwise the same', () => {
    expect(bytesOf(withBrokenSignature(token))).toEqual([...bytes.slice(0, -1), 6]);
  });

  it('is not made of what is no token', () => {
    expect(() => withOtherIdentifier('secret')).toThrow();
    expect(() => withOtherIdentifier(tokenOf([1, 2, 3]))).toThrow();
  });
});

function ascii(text: string): number[] {
  return [...text].map((letter) => letter.charCodeAt(0));
}

function tokenOf(raw: readonly number[]): string {
  return `pypi-${Buffer.from(raw).toString('base64url')}`;
}

function bytesOf(text: string): number[] {
  return [...Buffer.from(text.slice('pypi-'.length), 'base64url')];
}
