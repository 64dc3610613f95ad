import { describe, expect, it } from 'vitest';
import { outcomeOf, outcomeOfReading, passes } from './step-outcome.ts';

describe('what an error of a step means', () => {
  it.each([
    ['open', 'lease.lost', { kind: 'lost', reason: 'lease.lost' }],
    ['open', 'record.older', { kind: 'lost', reason: 'record.older' }],
    ['write-targets', 'store.conflict', { kind: 'lost', reason: 'store.conflict' }],
    ['swap-timestamp', 'store.precondition-failed', { kind: 'lost', reason: 'store.precondition-failed' }],
    ['open', 'database.unavailable', { kind: 'unpublishable', reason: 'database.unavailable' }],
    ['write-targets', 'store.unavailable', { kind: 'retry' }],
    ['write-snapshot', 'store.full', { kind: 'retry' }],
    ['prepare', 'database.serialization', { kind: 'retry' }],
    ['swap-timestamp', 'store.unavailable', { kind: 'unknown' }],
    ['read-timestamp', 'store.unavailable', { kind: 'retry' }],
    ['close', 'queue.unavailable', { kind: 'retry' }],
    ['write-targets', 'bin.too-large', { kind: 'unpublishable', reason: 'bin.too-large' }],
    ['sync', 'internal', { kind: 'unpublishable', reason: 'internal' }],
    ['prepare', 'internal', { kind: 'lost', reason: 'internal' }],
    ['swap-timestamp', 'internal', { kind: 'lost', reason: 'internal' }],
    ['close', 'internal', { kind: 'lost', reason: 'internal' }],
  ] as const)('%s, %s', (command, code, outcome) => {
    expect(outcomeOf(command, code)).toEqual(outcome);
  });

  it('only what passes is tried again', () => {
    expect(['store.full', 'pool.timeout', 'key.unavailable'].every(passes)).toBe(true);
    expect(['lease.lost', 'store.conflict', 'internal', 'record.older'].some(passes)).toBe(false);
  });
});

describe('reading the timestamp after a swap without an answer', () => {
  const ours = { sha256: 'new', tag: 'old tag' };

  it.each([
    ['finds ours', { sha256: 'new', tag: 'new tag' }, { kind: 'done' }],
    ['finds the old one', { sha256: 'old', tag: 'old tag' }, { kind: 'unmade' }],
    [
      'finds a stranger’s',
      { sha256: 'other', tag: 'other tag' },
      { kind: 'lost', reason: 'timestamp replaced' },
    ],
    ['finds none', null, { kind: 'lost', reason: 'timestamp replaced' }],
  ] as const)('%s', (_name, stored, outcome) => {
    expect(outcomeOfReading(stored, ours)).toEqual(outcome);
  });
});
