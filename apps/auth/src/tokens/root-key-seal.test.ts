import { systemRandomness } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { RootKeySeal } from './root-key-seal.ts';

const tokenId = '5e0f5a0e-6d3b-4f0a-9d0e-0d6f5f1c2b3a';
const accountId = '0c1f5a0e-6d3b-4f0a-9d0e-0d6f5f1c2b3a';
const rootKey = systemRandomness.bytes(32);
const seal = new RootKeySeal(new Uint8Array(32).fill(7), systemRandomness);
const sealed = seal.seal(rootKey, { tokenId, accountId });
const broken = expect.objectContaining({ code: 'seal.broken', details: { tokenId } });

describe('RootKeySeal', () => {
  it('opens what it sealed, and never seals alike twice', () => {
    expect(seal.open(sealed, { tokenId, accountId })).toEqual(new Uint8Array(rootKey));
    expect(seal.seal(rootKey, { tokenId, accountId })).not.toEqual(sealed);
  });

  it('opens under no other account', () => {
    expect(() => seal.open(sealed, { tokenId, accountId: tokenId })).toThrow(broken);
  });

  it('opens under no other row', () => {
    const other = expect.objectContaining({ code: 'seal.broken', details: { tokenId: accountId } });
    expect(() => seal.open(sealed, { tokenId: accountId, accountId })).toThrow(other);
  });

  it('opens with no other key', () => {
    const other = new RootKeySeal(new Uint8Array(32).fill(8), systemRandomness);
    expect(() => other.open(sealed, { tokenId, accountId })).toThrow(broken);
  });

  it('notices every flipped bit', () => {
    for (let at = 0; at < sealed.length; at++) {
      const flipped = Uint8Array.from(sealed);
      flipped[at] = flipped[at]! ^ 1;
      expect(() => seal.open(flipped, { tokenId, accountId })).toThrow(broken);
    }
  });

  it('opens nothing that is too short to hold nonce and tag', () => {
    expect(() => seal.open(new Uint8Array(27), { tokenId, accountId })).toThrow(broken);
  });
});
