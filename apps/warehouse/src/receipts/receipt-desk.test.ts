import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReceiptDesk } from './receipt-desk.ts';
import type { Receipt, ReceiptState } from './receipt.ts';

const never = new AbortController().signal;
const states = new Map<string, ReceiptState>();
let reads: string[][] = [];
let failure: Error | undefined;

async function read(ids: readonly string[]): Promise<Receipt[]> {
  reads.push([...ids]);
  if (failure !== undefined) throw failure;
  return ids.filter((id) => states.has(id)).map((id) => ({ id, state: states.get(id)! }) as Receipt);
}

beforeEach(() => {
  vi.useFakeTimers();
  states.clear();
  reads = [];
  failure = undefined;
});
afterEach(() => vi.useRealTimers());

describe('the receipt desk', () => {
  it('answers at once when nobody wants to wait', async () => {
    states.set('a', 'accepted');
    expect(await new ReceiptDesk(read, 10).receipt('a', 0, never)).toMatchObject({ state: 'accepted' });
  });

  it.each<ReceiptState>(['verifiable', 'rejected'])('answers at once when the state is %s', async (state) => {
    states.set('a', state);
    const desk = new ReceiptDesk(read, 10);
    expect(await desk.receipt('a', 60_000, never)).toMatchObject({ state });
    expect(desk.waiting).toBe(0);
  });

  it('answers all that wait for one publication after one look', async () => {
    for (let i = 0; i < 100; i++) states.set(`u${i}`, 'accepted');
    const desk = new ReceiptDesk(read, 1_000);
    const answers = [...states.keys()].map((id) => desk.receipt(id, 60_000, never));
    await vi.advanceTimersByTimeAsync(1);
    const looksBefore = reads.length;
    for (const id of states.keys()) states.set(id, 'verifiable');
    desk.signal();
    expect((await Promise.all(answers)).every(({ state }) => state === 'verifiable')).toBe(true);
    expect(reads.length - looksBefore).toBe(1);
  });

  it('looks by itself, should a signal be lost', async () => {
    states.set('a', 'accepted');
    const answer = new ReceiptDesk(read, 10).receipt('a', 60_000, never);
    await vi.advanceTimersByTimeAsync(1);
    states.set('a', 'verifiable');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await answer).toMatchObject({ state: 'verifiable' });
  });

  it('answers with what is known when the time is over', async () => {
    states.set('a', 'publishing');
    const desk = new ReceiptDesk(read, 10);
    const answer = desk.receipt('a', 5_000, never);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await answer).toMatchObject({ state: 'publishing' });
    expect([desk.waiting, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('forgets a client that went away', async () => {
    states.set('a', 'accepted');
    const desk = new ReceiptDesk(read, 10);
    const client = new AbortController();
    const answer = desk.receipt('a', 60_000, client.signal);
    await vi.advanceTimersByTimeAsync(1);
    client.abort();
    await answer;
    expect([desk.waiting, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('lets only so many wait', async () => {
    states.set('a', 'accepted');
    const desk = new ReceiptDesk(read, 1);
    const first = desk.receipt('a', 1_000, never);
    await expect(desk.receipt('a', 1_000, never)).rejects.toMatchObject({ code: 'receipt.too-many-waiters' });
    await vi.advanceTimersByTimeAsync(1_000);
    await first;
  });

  it.each([0, 1_000])('knows no upload that does not exist (waiting %i ms)', async (waitMs) => {
    await expect(new ReceiptDesk(read, 10).receipt('a', waitMs, never)).rejects.toMatchObject({
      code: 'upload.not-found',
    });
  });

  it('passes on that the database is down', async () => {
    failure = new Error('down');
    await expect(new ReceiptDesk(read, 10).receipt('a', 1_000, never)).rejects.toBe(failure);
  });

  it('answers all that wait when the process is about to end', async () => {
    states.set('a', 'accepted');
    const desk = new ReceiptDesk(read, 10);
    const answer = desk.receipt('a', 60_000, never);
    await vi.advanceTimersByTimeAsync(1);
    desk.release();
    expect(await answer).toMatchObject({ state: 'accepted' });
    expect(await desk.receipt('a', 60_000, never)).toMatchObject({ state: 'accepted' });
  });
});
