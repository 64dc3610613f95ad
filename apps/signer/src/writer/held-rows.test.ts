import type { OutboxRow } from '@rind/queue-port';
import { describe, expect, it } from 'vitest';
import { HeldRows } from './held-rows.ts';

const row = (id: number): OutboxRow => ({
  id,
  uploadId: `upload ${id}`,
  targetPath: `packages/demo/${id}`,
  envelope: new Uint8Array(),
  coreMetadataSha256: null,
  provenanceSha256: null,
  enqueuedAtMs: 100 - id,
});
const hold = (outboxId: number, event = 'quota.exceeded') => ({ outboxId, audit: { event } });
const ids = (held: readonly { outboxId: number }[]) => held.map(({ outboxId }) => outboxId);

describe('held rows', () => {
  it('wait their time, and are told once', () => {
    const held = new HeldRows();
    expect(ids(held.settle([row(1), row(2)], [hold(1)], 50))).toEqual([1]);
    expect([held.waiting(49), held.waiting(50), held.oldestMs()]).toEqual([[1], [], 99]);
    expect(held.settle([row(1)], [hold(1)], 90)).toEqual([]);
    expect(held.waiting(89)).toEqual([1]);
  });

  it('are told again when they wait for something else', () => {
    const held = new HeldRows();
    held.settle([row(1)], [hold(1)], 50);
    expect(ids(held.settle([row(1)], [hold(1, 'bin.unproven')], 50))).toEqual([1]);
  });

  it('are free once a batch holds them no more', () => {
    const held = new HeldRows();
    held.settle([row(1)], [hold(1)], 50);
    held.settle([row(1)], [], 90);
    expect([held.waiting(0), held.oldestMs()]).toEqual([[], null]);
  });

  it('are looked at again when a bin came or went, those alone that wait for one', () => {
    const held = new HeldRows();
    held.settle([row(1), row(2)], [hold(1), hold(2, 'bin.unproven')], 50);
    held.reconsiderBins();
    expect(held.waiting(0)).toEqual([1]);
    expect(held.oldestMs()).toBe(98);
  });
});
