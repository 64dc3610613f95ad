import type { Randomness } from '@rind/kernel';
import { StorageError } from '@rind/storage-port';
import { describe, expect, it } from 'vitest';
import { Calls } from './calls.ts';
import type { S3Retry } from './options.ts';

const atOnce: Randomness = { bytes: (length) => new Uint8Array(length) };
const failsWith = (code: string, cause?: unknown) =>
  expect.objectContaining({ code, ...(cause === undefined ? {} : { cause }) });

function callsWith(attempts: number, maxConcurrency = 8) {
  const retries: S3Retry[] = [];
  const calls = new Calls({
    attempts,
    maxConcurrency,
    randomness: atOnce,
    onRetry: (retry) => retries.push(retry),
  });
  return { calls, retries };
}

/** Fails as often as told, then gives its number of the try. */
function failing(times: number, error: unknown) {
  let tries = 0;
  return {
    step: async () => {
      if (++tries <= times) throw error;
      return tries;
    },
    tries: () => tries,
  };
}

describe('a call', () => {
  const passing = new Error('connection reset');

  it('is made again until it works, and each failure is told', async () => {
    const { calls, retries } = callsWith(5);
    expect(await calls.run('get', 'metadata/a', failing(3, passing).step)).toBe(4);
    expect(retries).toEqual(
      [1, 2, 3].map((attempt) => ({
        operation: 'get',
        key: 'metadata/a',
        attempt,
        delayMs: 0,
        cause: passing,
      })),
    );
  });

  it.each([1, 2, 5])('is made %i times at most', async (attempts) => {
    const { calls, retries } = callsWith(attempts);
    const { step, tries } = failing(100, passing);
    await expect(calls.run('get', 'metadata/a', step)).rejects.toEqual(
      failsWith('store.unavailable', passing),
    );
    expect(tries()).toBe(attempts);
    expect(retries).toHaveLength(attempts - 1);
  });

  it.each([
    [new StorageError('store.conflict', 'x', { key: 'metadata/a' }), 'store.conflict'],
    [new StorageError('store.unavailable', 'x', { key: 'metadata/a' }), 'store.unavailable'],
    [Object.assign(new Error(), { $metadata: { httpStatusCode: 403 } }), 'store.refused'],
    [Object.assign(new Error(), { $metadata: { httpStatusCode: 507 } }), 'store.full'],
  ])('is not made again after what is final (%s)', async (error, code) => {
    const { calls } = callsWith(5);
    const { step, tries } = failing(100, error);
    await expect(calls.run('putNew', 'metadata/a', step)).rejects.toEqual(failsWith(code));
    expect(tries()).toBe(1);
  });

  it('gives its permit back while it waits for the next try', async () => {
    const { calls } = callsWith(2, 1);
    const other = Promise.withResolvers<string>();
    const first = failing(1, passing);
    const waiting = calls.run('get', 'metadata/a', async () => {
      if (first.tries() === 1) expect(await other.promise).toBe('done');
      return first.step();
    });
    other.resolve(await calls.run('get', 'metadata/b', async () => 'done'));
    expect(await waiting).toBe(2);
  });

  it('ends when the store is closed while it waits, and none begins after that', async () => {
    const longest: Randomness = { bytes: (length) => new Uint8Array(length).fill(0xff) };
    const calls = new Calls({ attempts: 100, randomness: longest, onRetry: () => calls.close() });
    const { step, tries } = failing(100, passing);
    await expect(calls.run('get', 'metadata/a', step)).rejects.toEqual(failsWith('store.unavailable'));
    expect(tries()).toBe(1);
    await expect(calls.run('get', 'metadata/a', step)).rejects.toEqual(failsWith('store.unavailable'));
    expect(tries()).toBe(1);
  });
});
