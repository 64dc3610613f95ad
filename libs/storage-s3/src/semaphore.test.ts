import { describe, expect, it } from 'vitest';
import { Semaphore } from './semaphore.ts';

describe('a semaphore', () => {
  it('lets no more in than it has permits, and everybody in the end, in order', async () => {
    const semaphore = new Semaphore(3);
    const order: number[] = [];
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        semaphore.hold(async () => {
          order.push(i);
          most = Math.max(most, ++inside);
          for (let tick = 0; tick < i % 5; tick++) await Promise.resolve();
          inside--;
        }),
      ),
    );
    expect(most).toBe(3);
    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('takes a permit back from a step that failed', async () => {
    const semaphore = new Semaphore(1);
    await expect(semaphore.hold(() => Promise.reject(new Error('failed')))).rejects.toThrow();
    expect(await semaphore.hold(async () => 'in')).toBe('in');
  });
});
