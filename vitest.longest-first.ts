import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** What takes a minute and more, the longest first: begun last, it would run alone while every other lane is idle. */
const long = [
  'starting',
  'ceremony',
  'damaged-store',
  'simulation/time',
  'rotation',
  'gc',
  'two-signers',
  'faults',
  'recover-database',
  'cli',
  'outages',
  'fast-forward',
];

/** Begins with the files that take longest; the others follow as they would. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted
      .map((file, index) => ({ file, rank: rankOf(file.moduleId) ?? long.length + index }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ file }) => file);
  }
}

function rankOf(path: string): number | undefined {
  const rank = long.findIndex((name) => new RegExp(`/${name}\\.(?:int|s3)\\.test\\.ts$`).test(path));
  return rank < 0 ? undefined : rank;
}
