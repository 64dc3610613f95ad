import type { Randomness } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { pause, pauseMs } from './retry.ts';

const always = (byte: number): Randomness => ({ bytes: (length) => new Uint8Array(length).fill(byte) });
const policy = { retries: 9, basePauseMs: 100, maxPauseMs: 1_000 };

describe('the pause before another attempt', () => {
  it('doubles up to its bound, and chance takes away up to half', () => {
    const pauses = (byte: number) => [0, 1, 2, 3, 4, 20].map((retry) => pauseMs(policy, retry, always(byte)));
    expect(pauses(255)).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    expect(pauses(0)).toEqual([50, 100, 200, 400, 500, 500]);
  });

  it('ends when the download is given up', async () => {
    const controller = new AbortController();
    const reason = new Error('given up');
    const paused = pause(60_000, controller.signal);
    controller.abort(reason);
    await expect(paused).rejects.toBe(reason);
    await expect(pause(1, controller.signal)).rejects.toBe(reason);
    await expect(pause(0, new AbortController().signal)).resolves.toBeUndefined();
  });
});
