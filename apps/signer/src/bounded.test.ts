import { describe, expect, it } from 'vitest';
import { runBounded } from './bounded.ts';

describe('bounded work', () => {
  it('never has more under way than allowed, and answers in order', async () => {
    let running = 0;
    let most = 0;
    const outputs = await runBounded(
      Array.from({ length: 100 }, (_, i) => i),
      7,
      async (i) => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
        return i * 2;
      },
    );
    expect(most).toBe(7);
    expect(outputs).toEqual(Array.from({ length: 100 }, (_, i) => i * 2));
  });

  it('fails when one of them fails', async () => {
    await expect(runBounded([1, 2], 1, (i) => Promise.reject(new Error(String(i))))).rejects.toThrow('1');
  });
});
