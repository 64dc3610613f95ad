import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandomness, utf8 } from '@rind/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeDisk } from './commit-disk.ts';
import type { CommitDisk } from './commit-disk.ts';
import { openFsStore } from './fs-store.ts';
import { Generations } from './generations.ts';
import { layoutOf } from './layout.ts';

const KEY = 'metadata/timestamp.json';
const ROUNDS = 9;
/** Small, so that the writers cross the borders of epochs and prune all the time. */
const EPOCH_SIZE = 2;

/** When a process sleeps: before its call number `at`, while the others make `calls` calls. */
interface Nap {
  readonly at: number;
  readonly calls: number;
}

/** A process under the interleaver: `yielded` settles when it waits before its next call, or has ended. */
interface Process {
  naps: Nap[];
  calls: number;
  sleepsUntil: number;
  go: (() => void) | null;
  yielded: PromiseWithResolvers<void>;
  ended: boolean;
}

/** Lets one process at a time make one call, in an order that `pick` chooses. */
class Interleaver {
  private readonly processes: Process[] = [];
  private clock = 0;

  start(naps: Nap[], run: (disk: CommitDisk) => Promise<void>, afterCall: () => void): void {
    const process: Process = {
      naps,
      calls: 0,
      sleepsUntil: 0,
      go: null,
      yielded: Promise.withResolvers(),
      ended: false,
    };
    this.processes.push(process);
    const end = () => {
      process.ended = true;
      process.yielded.resolve();
    };
    run(this.diskOf(process, afterCall)).then(end, (error: unknown) => {
      process.ended = true;
      process.yielded.reject(error);
    });
  }

  /** Runs until nobody has anything to do; whoever sleeps for ever counts as dead. */
  async drive(pick: (choices: number) => number): Promise<void> {
    for (const process of this.processes) await process.yielded.promise;
    for (;;) {
      const ready = this.processes.filter((each) => !each.ended && each.sleepsUntil <= this.clock);
      const alarms = this.processes.filter((each) => !each.ended).map((each) => each.sleepsUntil);
      if (ready.length === 0) {
        const next = Math.min(...alarms);
        if (next === Infinity) return;
        this.clock = next;
        continue;
      }
      this.clock++;
      const process = ready[pick(ready.length)]!;
      process.yielded = Promise.withResolvers();
      process.go!();
      await process.yielded.promise;
    }
  }

  private diskOf(process: Process, afterCall: () => void): CommitDisk {
    const calls = Object.entries(nodeDisk).map(
      ([name, call]: [string, (...args: never[]) => Promise<unknown>]) => [
        name,
        async (...args: never[]) => {
          const nap = process.naps.find((each) => each.at === process.calls);
          process.calls++;
          if (nap !== undefined) process.sleepsUntil = this.clock + nap.calls;
          const turn = new Promise<void>((resolve) => (process.go = resolve));
          process.yielded.resolve();
          await turn;
          // Durability is not what this test is about, and the only slow part.
          const result = name === 'syncDir' ? undefined : await call(...args);
          afterCall();
          return result;
        },
      ],
    );
    return Object.fromEntries(calls) as CommitDisk;
  }
}

const nap = fc.record({
  at: fc.nat(80),
  calls: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.constant(Infinity)),
});

describe('any interleaving of the calls of several writers that sleep or die', () => {
  it('has one winner for each state, in order, and the visible file never goes back', async () => {
    const sleepers = fc.array(fc.array(nap, { maxLength: 4 }), { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(sleepers, fc.infiniteStream(fc.nat(1_000)), async (naps, choices) => {
        const root = await mkdtemp(join(tmpdir(), 'rind-schedule-'));
        try {
          openFsStore({ root });
          const seen = ['0'];
          const winners = new Set<number>();
          const interleaver = new Interleaver();
          // One process never sleeps, so there is always an end.
          [...naps, []].forEach((each, id) => {
            const afterCall = () => void seen.push(visibleIn(root));
            interleaver.start(each, (disk) => writeAll(root, disk, id, winners), afterCall);
          });
          await interleaver.drive((count) => choices.next().value! % count);
          const states = seen
            .filter((state, i) => state !== seen[i - 1])
            .map((state) => Number(state.split('/')[0]));
          expect(states).toEqual(Array.from({ length: ROUNDS + 1 }, (_, i) => i));
        } finally {
          await rm(root, { recursive: true });
        }
      }),
      { numRuns: 100 },
    );
  }, 120_000);
});

/** Writes the next number, with its own mark, until the last is there. */
async function writeAll(root: string, disk: CommitDisk, id: number, winners: Set<number>): Promise<void> {
  const options = { layout: layoutOf(root), disk, randomness: systemRandomness, epochSize: EPOCH_SIZE };
  const generations = new Generations({ ...options, pause: () => {} });
  for (;;) {
    const now = await generations.read(KEY, () => disk.read(join(root, KEY)));
    const next = now === null ? 1 : Number(new TextDecoder().decode(now.bytes).split('/')[0]) + 1;
    if (next > ROUNDS) return;
    try {
      await generations.replace(KEY, utf8(`${next}/${id}`), now?.tag ?? null);
      expect(winners.has(next)).toBe(false);
      winners.add(next);
    } catch (error) {
      expect(error).toMatchObject({ code: 'store.precondition-failed' });
    }
  }
}

/** `<number>/<writer>`, or `0`. */
function visibleIn(root: string): string {
  try {
    return readFileSync(join(root, KEY), 'utf8');
  } catch {
    return '0';
  }
}
