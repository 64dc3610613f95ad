import { describe, expect, it } from 'vitest';
import { decideTakeover } from './takeover.ts';
import type { UnfinishedRecord } from './takeover.ts';

const stored = (version: number, sha256 = `sha-${version}`) => ({
  version,
  sha256,
  snapshotVersion: version,
});
const prepared = (
  id: number,
  timestampVersion: number,
  timestampSha256 = `sha-${timestampVersion}`,
): UnfinishedRecord => ({
  id,
  state: 'prepared',
  timestampVersion,
  timestampSha256,
});
const open = (id: number, timestampVersion: number): UnfinishedRecord => ({
  id,
  state: 'open',
  timestampVersion,
  timestampSha256: null,
});

describe('what a new writer makes of what it finds', () => {
  it.each([
    ['nothing happened since the commit', stored(5), 5, [], { kind: 'continue', abandon: [] }],
    [
      'an open publication never reached the store',
      stored(5),
      5,
      [open(1, 6)],
      { kind: 'continue', abandon: [1] },
    ],
    ['a prepared one was not swapped', stored(5), 5, [prepared(1, 6)], { kind: 'continue', abandon: [1] }],
    [
      'a prepared one was swapped',
      stored(6),
      5,
      [prepared(1, 6)],
      { kind: 'roll-forward', publicationId: 1, abandon: [] },
    ],
    [
      'the newer of two was swapped',
      stored(7),
      5,
      [prepared(1, 6), prepared(2, 7)],
      { kind: 'roll-forward', publicationId: 2, abandon: [1] },
    ],
    [
      'the version is ours and the bytes are not',
      stored(6, 'other'),
      5,
      [prepared(1, 6)],
      { kind: 'refuse' },
    ],
    ['an open publication cannot explain a swap', stored(6), 5, [open(1, 6)], { kind: 'refuse' }],
    ['the store is newer than every record', stored(9), 5, [], { kind: 'refuse' }],
    ['the store was rolled back', stored(4), 5, [open(1, 6)], { kind: 'republish', abandon: [1] }],
  ] as const)('%s', (_name, found, committed, unfinished, decision) => {
    expect(decideTakeover(found, committed, unfinished)).toEqual(decision);
  });
});
