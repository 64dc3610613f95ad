import { describe, expect, it } from 'vitest';
import { isFinal, receiptOf } from './receipt.ts';
import type { ReceiptFacts } from './receipt.ts';

const facts: ReceiptFacts = {
  id: 'u1',
  targetPath: 'packages/six/six-1.0.tar.gz',
  sha256: 'ab',
  acceptedAt: new Date(0),
  queueState: 'pending',
  reason: null,
  publication: 3,
  snapshotVersion: 7,
  timestampVersion: 9,
  closedAt: new Date(1_000),
};

describe('a receipt', () => {
  it.each<[ReceiptFacts['queueState'], string, boolean]>([
    [null, 'accepted', false],
    ['pending', 'accepted', false],
    ['taken', 'publishing', false],
    ['published', 'verifiable', true],
    ['set-aside', 'rejected', true],
  ])('of a row in state %s says %s', (queueState, state, final) => {
    const receipt = receiptOf({ ...facts, queueState }, 10);
    expect([receipt.state, isFinal(receipt)]).toEqual([state, final]);
  });

  it('names versions and time only once they can be verified', () => {
    expect(receiptOf({ ...facts, queueState: 'taken' }, 10)).toMatchObject({
      publication: 3,
      snapshotVersion: null,
      timestampVersion: null,
      verifiableAt: null,
    });
    expect(receiptOf({ ...facts, queueState: 'published' }, 10)).toMatchObject({
      snapshotVersion: 7,
      timestampVersion: 9,
      verifiableAt: '1970-01-01T00:00:01.000Z',
    });
  });

  it.each(['pending', 'set-aside'] as const)(
    'names no publication that took a row back: %s',
    (queueState) => {
      expect(receiptOf({ ...facts, queueState }, 10).publication).toBeNull();
    },
  );

  it('says why a request was rejected, and only then', () => {
    const reason = 'path.rewritten';
    expect(receiptOf({ ...facts, queueState: 'set-aside', reason }, 10).code).toBe('path.rewritten');
    expect(receiptOf({ ...facts, queueState: 'pending', reason }, 10).code).toBeNull();
  });

  it('names the bin with as many digits as the last bin needs', () => {
    expect(receiptOf(facts, 14).bin).toMatch(/^bin-[0-9a-f]{4}$/);
    expect(receiptOf(facts, 4).bin).toMatch(/^bin-[0-9a-f]$/);
  });
});
