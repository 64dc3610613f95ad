import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sample } from './sample.ts';
import { SetSum } from './set-sum.ts';

const names = fc.uniqueArray(fc.string(), { maxLength: 60 });

function chosen(size: number, seed: number, offered: readonly string[]): readonly string[] {
  const sample = new Sample<string>(size, seed);
  for (const name of offered) sample.offer(name, name);
  return [...sample.items()].sort();
}

describe('a sample', () => {
  it('is as large as it may be, of what was offered, whatever the order', () => {
    fc.assert(
      fc.property(names, fc.nat(20), fc.nat(), (offered, size, seed) => {
        const items = chosen(size, seed, offered);
        expect(items).toHaveLength(Math.min(size, offered.length));
        expect(items.every((item) => offered.includes(item))).toBe(true);
        expect(chosen(size, seed, [...offered].reverse())).toEqual(items);
      }),
    );
  });

  it('gives each item its chance', () => {
    const offered = Array.from({ length: 40 }, (_, n) => `item ${n}`);
    const seen = new Set(Array.from({ length: 60 }, (_, seed) => chosen(10, seed, offered)).flat());
    expect(seen.size).toBe(40);
  });
});

describe('the sum of a set', () => {
  const files = fc.uniqueArray(fc.record({ path: fc.string(), length: fc.nat(), sha256: fc.string() }), {
    selector: (file) => JSON.stringify(file),
    minLength: 1,
    maxLength: 10,
  });
  const sumOf = (of: readonly { path: string; length: number; sha256: string }[]): SetSum => {
    const sum = new SetSum();
    for (const { path, length, sha256 } of of) sum.add(path, length, sha256);
    return sum;
  };

  it('does not know the order', () => {
    fc.assert(
      fc.property(files, (set) => {
        expect(sumOf(set).equals(sumOf([...set].reverse()))).toBe(true);
      }),
    );
  });

  it('knows what is missing, and what is another', () => {
    fc.assert(
      fc.property(files, (set) => {
        const [first, ...rest] = set;
        expect(sumOf(set).equals(sumOf(rest))).toBe(false);
        expect(sumOf(set).equals(sumOf([...rest, { ...first!, length: first!.length + 1 }]))).toBe(false);
      }),
    );
  });
});
