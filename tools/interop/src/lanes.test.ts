import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runInLanes } from './lanes.ts';
import type { Job } from './lanes.ts';
import { Report } from './report.ts';

const cell = { client: 'rind', version: '1', operation: 'works', ms: 1, reason: '' } as const;

function job(suite: string, ms: number, broken = false): Job {
  return {
    name: suite,
    suites: [
      { fail: (report) => report.add({ suite, ...cell, result: 'failed', reason: 'could not run: broken' }) },
    ],
    run: async (report) => {
      await sleep(ms);
      if (broken) throw new Error('broken');
      report.add({ suite, ...cell, result: 'passed' });
    },
  };
}

async function run(jobs: readonly Job[], lanes: number): Promise<{ report: Report; said: string[] }> {
  const said: string[] = [];
  const report = new Report(() => {});
  await runInLanes(
    jobs,
    lanes,
    report,
    (line) => said.push(line),
    (lost, own) => {
      for (const suite of lost.suites) suite.fail(own, () => '1', 'broken');
    },
  );
  return { report, said };
}

describe('jobs in lanes', () => {
  it('report in the order of the jobs, whichever ended first', async () => {
    const { report, said } = await run([job('slow', 60), job('quick', 1)], 2);
    expect(report.toJSON().map(({ suite }) => suite)).toEqual(['slow', 'quick']);
    expect(said.indexOf('quick')).toBeLessThan(said.indexOf('slow'));
  });

  it('lose no cell when one breaks down', async () => {
    const { report } = await run([job('broken', 1, true), job('whole', 1), job('last', 1)], 2);
    expect(report.toJSON().map(({ suite, result }) => [suite, result])).toEqual([
      ['broken', 'failed'],
      ['whole', 'passed'],
      ['last', 'passed'],
    ]);
    expect(report.held).toBe(false);
  });

  it('never run more at once than there are lanes', async () => {
    let now = 0;
    let most = 0;
    const counting = Array.from({ length: 6 }, (_, i): Job => {
      const { run: inner, ...rest } = job(`job ${i}`, 5);
      return {
        ...rest,
        run: async (report, say) => {
          most = Math.max(most, ++now);
          await inner(report, say);
          now -= 1;
        },
      };
    });
    await run(counting, 2);
    expect(most).toBe(2);
  });
});
