import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audit, repository } from '../test/repository.ts';

/** Thresholds that need every signature: a broken one more than enough would be a warning only. */
function small() {
  const simulator = repository({ bitLength: 1, thresholds: { root: 2 } });
  simulator.rotateRoot();
  return simulator;
}

const simulator = small();
/** What clients read today: the roots, and the files that the timestamp leads to. */
const current = ['timestamp', 'snapshot', 'targets', 'bins', ...simulator.binNames()];
const files = [
  'metadata/1.root.json',
  'metadata/2.root.json',
  ...current.map((role) => simulator.published(role).path),
];

describe('one changed byte of any role', () => {
  it.each(files)('is an error, in %s', async (path) => {
    const honest = simulator.served.get(path)!;
    const position = fc.integer({ min: 0, max: honest.length - 1 });
    await fc.assert(
      fc.asyncProperty(position, fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const changed = honest.slice();
        changed[at]! ^= mask;
        simulator.served.put(path, changed);
        const report = await audit(simulator, { targets: 'none' }).finally(() =>
          simulator.served.put(path, honest),
        );
        expect(report.ok).toBe(false);
      }),
      {
        numRuns: 60,
        examples: [
          [0, 1],
          [honest.length - 1, 0x20],
          [caseOf(honest), 0x20],
        ],
      },
    );
    expect((await audit(simulator, { targets: 'none' })).findings).toEqual([]);
  });
});

/** Where a letter of a signature's hex is: in the other case it says the same to some clients. */
function caseOf(file: Uint8Array): number {
  const text = new TextDecoder().decode(file);
  const from = text.indexOf('"sig":"') + 7;
  return from + /[a-f]/.exec(text.slice(from))!.index;
}
