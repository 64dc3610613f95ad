import { describe, expect, it } from 'vitest';
import { GroupSync } from './group-sync.ts';

/** A store whose barriers end when the test says so. */
function heldStore() {
  const calls: { keys: readonly string[]; end: (error?: Error) => void }[] = [];
  const sync = (keys: readonly string[]) =>
    new Promise<void>((resolve, reject) => {
      calls.push({ keys, end: (error) => (error === undefined ? resolve() : reject(error)) });
    });
  return { calls, group: new GroupSync({ sync }) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a group sync', () => {
  it('starts at once, and puts what comes meanwhile into one more', async () => {
    const { calls, group } = heldStore();
    const first = group.durable('a');
    const others = ['b', 'c', 'b'].map((key) => group.durable(key));
    expect(calls.map(({ keys }) => keys)).toEqual([['a']]);
    calls[0]!.end();
    await first;
    await turn();
    expect(calls.map(({ keys }) => keys)).toEqual([['a'], ['b', 'c']]);
    calls[1]!.end();
    await Promise.all(others);
  });

  it('never counts an object into a barrier that began before it', async () => {
    const { calls, group } = heldStore();
    void group.durable('a');
    let done = false;
    void group.durable('a').then(() => (done = true));
    calls[0]!.end();
    await turn();
    expect([done, calls.length]).toEqual([false, 2]);
  });

  it('fails for those it was for, and goes on', async () => {
    const { calls, group } = heldStore();
    const first = group.durable('a');
    const second = group.durable('b');
    const failure = new Error('io');
    calls[0]!.end(failure);
    await expect(first).rejects.toBe(failure);
    await turn();
    calls[1]!.end();
    await second;
    const third = group.durable('c');
    calls[2]!.end();
    await third;
  });
});
