import { describe, expect, it } from 'vitest';
import { describeReport } from './gc.ts';
import type { GcReport } from './gc.ts';

const none = { scanned: 0, kept: 0, waiting: 0, deletable: 0, deleted: 0 };
const found: GcReport = {
  scanned: 30,
  kept: 20,
  unreferenced: 10,
  waiting: 3,
  deletable: 7,
  deleted: 0,
  byArea: {
    metadata: { scanned: 20, kept: 14, waiting: 2, deletable: 4, deleted: 0 },
    pages: { scanned: 10, kept: 6, waiting: 1, deletable: 3, deleted: 0 },
    packages: none,
  },
};

describe('a sweep in words', () => {
  it('says first what could be deleted, and how', () => {
    expect(describeReport(found, false).split('\n')[0]).toMatch(/^7 objects\b.*rind gc --delete$/);
  });

  it('says first what was deleted', () => {
    expect(describeReport({ ...found, deleted: 1 }, true).split('\n')[0]).toMatch(/^✓ 1 object\b/);
  });

  it('has a line with five numbers for each area', () => {
    const lines = describeReport(found, false).split('\n').slice(1, 4);
    expect(
      lines.map((line) => [line.trim().split(' ')[0], ...(line.match(/\d+/g) ?? []).map(Number)]),
    ).toEqual([
      ['metadata', 20, 14, 2, 4, 0],
      ['pages', 10, 6, 1, 3, 0],
      ['packages', 0, 0, 0, 0, 0],
    ]);
  });
});
