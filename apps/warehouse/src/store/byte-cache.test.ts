import { describe, expect, it } from 'vitest';
import { ByteCache } from './byte-cache.ts';

function counted(length: number) {
  const calls = { count: 0, load: async () => (calls.count++, new Uint8Array(length)) };
  return calls;
}

describe('a byte cache', () => {
  it('loads a key once', async () => {
    const cache = new ByteCache(100);
    const source = counted(10);
    await cache.get('a', source.load);
    await cache.get('a', source.load);
    expect(source.count).toBe(1);
  });

  it('does not remember that something is missing', async () => {
    const cache = new ByteCache(100);
    expect(await cache.get('a', async () => null)).toBeNull();
    const source = counted(1);
    expect(await cache.get('a', source.load)).toHaveLength(1);
  });

  it('drops what was used longest ago', async () => {
    const cache = new ByteCache(100);
    const sources = { a: counted(25), b: counted(25), c: counted(25), d: counted(25), e: counted(25) };
    for (const key of ['a', 'b', 'c', 'd', 'a', 'e', 'a', 'b'] as const)
      await cache.get(key, sources[key].load);
    expect([sources.a.count, sources.b.count]).toEqual([1, 2]);
  });

  it('never keeps an object of more than a quarter of its room', async () => {
    const cache = new ByteCache(100);
    const source = counted(26);
    await cache.get('a', source.load);
    await cache.get('a', source.load);
    expect(source.count).toBe(2);
  });
});
