import { describe, expect, it } from 'vitest';
import { SweepRuns } from './sweep-runs.ts';

function accepting(): { runs: SweepRuns; woken: () => number } {
  const runs = new SweepRuns();
  let woken = 0;
  runs.accept(() => woken++);
  return { runs, woken: () => woken };
}

describe('the sweeps of a process', () => {
  it('are refused on a standby', () => {
    const attempt = (): unknown => new SweepRuns().request('report', 'operator');
    expect(attempt).toThrow(expect.objectContaining({ code: 'writer.standby' }));
  });

  it('wake the writer, and are done in the order in which they were asked for', () => {
    const { runs, woken } = accepting();
    const first = runs.request('report', 'operator');
    const second = runs.request('delete', 'operator');
    expect(woken()).toBe(2);
    expect(runs.nextWaiting()).toEqual(first);
    runs.update(first.id, { state: 'running' });
    expect(runs.nextWaiting()).toEqual(second);
    runs.update(second.id, { state: 'done' });
    expect(runs.nextWaiting()).toBeNull();
  });

  it('are one where the same is asked for twice before it begins, and two afterwards', () => {
    const { runs } = accepting();
    const first = runs.request('delete', 'operator');
    expect(runs.request('delete', 'operator')).toEqual(first);
    expect(runs.request('delete', 'schedule').id).not.toBe(first.id);
    runs.update(first.id, { state: 'running' });
    expect(runs.request('delete', 'operator').id).not.toBe(first.id);
  });

  it('are forgotten some time after they ended, the oldest first, and never before', () => {
    const { runs } = accepting();
    const waiting = runs.request('report', 'schedule');
    const ended = Array.from({ length: 40 }, () => {
      const { id } = runs.request('delete', 'operator');
      return runs.update(id, { state: 'done' }).id;
    });
    expect(() => runs.find(ended[0]!)).toThrow(expect.objectContaining({ code: 'gc.unknown-run' }));
    expect(runs.find(ended.at(-1)!).state).toBe('done');
    expect(runs.find(waiting.id)).toEqual(waiting);
    expect(() => runs.find(9_999)).toThrow(expect.objectContaining({ code: 'gc.unknown-run' }));
  });
});
