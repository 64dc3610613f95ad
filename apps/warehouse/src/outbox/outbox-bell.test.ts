import { silentLogger } from '@rind/nest-kit';
import { describe, expect, it } from 'vitest';
import { OutboxBell } from './outbox-bell.ts';

function bellWith(answer: () => Promise<void>) {
  const calls: string[] = [];
  const sql = {
    query: async (text: string) => {
      calls.push(text);
      await answer();
      return { rows: [], rowCount: 0 };
    },
  };
  return { bell: new OutboxBell(sql as never, silentLogger), calls };
}

describe('the outbox bell', () => {
  it('rings once more for everything that came during a call', async () => {
    const { bell, calls } = bellWith(async () => {});
    for (let i = 0; i < 50; i++) bell.ring();
    await bell.settled();
    expect(calls.length).toBeGreaterThanOrEqual(1);
    expect(calls.length).toBeLessThanOrEqual(2);
  });

  it('rings again after a call that failed', async () => {
    let failing = true;
    const { bell, calls } = bellWith(async () => {
      if (failing) throw new Error('down');
    });
    bell.ring();
    await bell.settled();
    failing = false;
    bell.ring();
    await bell.settled();
    expect(calls).toEqual(['NOTIFY rind_outbox', 'NOTIFY rind_outbox']);
  });
});
