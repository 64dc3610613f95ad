import type { AuditEvent } from '@rind/queue-port';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryLog } from '../../test/memory-log.ts';
import { Reconciler } from './reconciler.ts';
import type { Watch } from './reconciler.ts';

let log: MemoryLog;
let warnings: string[];

beforeEach(() => {
  vi.useFakeTimers();
  log = new MemoryLog(0);
  warnings = [];
});
afterEach(() => vi.useRealTimers());

function watchOf(...rounds: (readonly AuditEvent[] | Error)[]): Watch {
  return {
    next: async () => {
      const round = rounds.shift() ?? [];
      if (round instanceof Error) throw round;
      return [...round];
    },
  };
}

async function run(rounds: number, ...watches: Watch[]): Promise<string[]> {
  const reconciler = new Reconciler(log, watches, 100, (event) => warnings.push(event));
  reconciler.start();
  await vi.advanceTimersByTimeAsync(100 * rounds + 50);
  reconciler.stop();
  return log.audited.map(({ event }) => event);
}

describe('the reconciler', () => {
  it('writes what its watches find into the log of alarms', async () => {
    expect(await run(1, watchOf([{ event: 'a' }]), watchOf([{ event: 'b' }]))).toEqual(['a', 'b']);
    expect(warnings).toEqual(['a', 'b']);
  });

  it('asks the others when one watch fails, and the failed one in the next round', async () => {
    const failing = watchOf(new Error('away'), [{ event: 'a' }]);
    expect(await run(2, failing, watchOf([{ event: 'b' }]))).toEqual(['b', 'a']);
    expect(warnings).toEqual(['reconcile.failed', 'b', 'a']);
  });

  it('loses no alarm to a database that is away', async () => {
    log.failing.set('audit', new Error('away'));
    expect(await run(2, watchOf([{ event: 'a' }], [{ event: 'b' }]))).toEqual(['a', 'b']);
  });

  it('is silent once it is stopped', async () => {
    const reconciler = new Reconciler(log, [watchOf([{ event: 'a' }])], 100, () => {});
    reconciler.start();
    reconciler.stop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(log.audited).toEqual([]);
  });
});
