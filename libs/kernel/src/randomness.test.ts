import { describe, expect, it } from 'vitest';
import { noCheckpoint, systemRandomness, toHex, uuidV4 } from './index.ts';

describe('systemRandomness', () => {
  it.each([0, 1, 32, 65_536])('gives %i bytes', (length) => {
    expect(systemRandomness.bytes(length)).toHaveLength(length);
  });

  it('does not give the same twice', () => {
    expect(toHex(systemRandomness.bytes(16))).not.toBe(toHex(systemRandomness.bytes(16)));
  });
});

describe('uuidV4', () => {
  it.each([
    [0x00, '00000000-0000-4000-8000-000000000000'],
    [0xff, 'ffffffff-ffff-4fff-bfff-ffffffffffff'],
  ])('of bytes %i is %s', (byte, uuid) => {
    expect(uuidV4({ bytes: (length) => new Uint8Array(length).fill(byte) })).toBe(uuid);
  });
});

describe('noCheckpoint', () => {
  it('does nothing', () => {
    expect(noCheckpoint('anywhere')).toBeUndefined();
  });
});
