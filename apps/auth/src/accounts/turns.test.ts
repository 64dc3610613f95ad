import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Turns } from './turns.ts';

describe('turns', () => {
  it('are taken by so many at once, waited for by so many, and refused to the rest', async () => {
    const turns = new Turns(2, 3);
    let now = 0;
    let most = 0;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () =>
        turns.take(async () => {
          most = Math.max(most, ++now);
          await sleep(2);
          now -= 1;
        }),
      ),
    );
    expect(most).toBe(2);
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...Array<string>(5).fill('fulfilled'),
      ...Array<string>(3).fill('rejected'),
    ]);
    expect((outcomes[7] as PromiseRejectedResult).reason).toMatchObject({ code: 'auth.busy' });
  });

  it('come back after work that failed', async () => {
    const turns = new Turns(1, 1);
    await expect(turns.take(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await turns.take(async () => 'yes')).toBe('yes');
  });
});
