import { describe, expect, it } from 'vitest';
import { CannotRun, Report } from './report.ts';
import type { CellResult } from './report.ts';
import { defineSuite, measure } from './suite.ts';
import type { Context } from './suite.ts';

const cell = (result: CellResult['result']): CellResult => ({
  suite: 'twine',
  client: 'twine',
  version: '7.0.0',
  operation: 'uploads',
  result,
  ms: 12.4,
  reason: '',
});

function reportOf(...results: CellResult['result'][]): Report {
  const report = new Report(() => {});
  for (const result of results) report.add(cell(result));
  return report;
}

describe('the report', () => {
  it.each([
    [['passed'], true],
    [['passed', 'skipped'], true],
    [['passed', 'failed'], false],
    [['skipped'], false],
    [[], false],
  ] as const)('of %j held: %s', (results, held) => {
    expect(reportOf(...results).held).toBe(held);
  });

  it('ends with the counts alone on a line', () => {
    expect(reportOf('passed', 'failed', 'passed', 'skipped').lines().at(-1)).toBe(
      '2 passed, 1 failed, 1 skipped',
    );
  });

  it('has one row a cell below the header', () => {
    const lines = reportOf('passed', 'failed').lines();
    expect(lines.filter((line) => line.startsWith('twine '))).toHaveLength(2);
    expect(lines[0]).toMatch(/^suite\s+client\s+version\s+operation\s+result\s+ms$/);
  });
});

describe('a cell', () => {
  it('passes when it throws nothing', async () => {
    expect(await measure(async () => {})).toMatchObject({ result: 'passed', reason: '' });
  });

  it('fails with the reason that it throws', async () => {
    const outcome = await measure(() => Promise.reject(new Error('exit code 1')));
    expect(outcome).toMatchObject({ result: 'failed', reason: 'exit code 1' });
  });

  it('is skipped for a reason on the list', async () => {
    const outcome = await measure(() => Promise.reject(new CannotRun('platform.no-wheel', 'none')));
    expect(outcome).toMatchObject({ result: 'skipped' });
  });

  it.each(['weather.bad', 'toString'])(
    'fails when it cannot run for a reason that is not: %s',
    async (code) => {
      const outcome = await measure(() => Promise.reject(new CannotRun(code, 'rain')));
      expect(outcome).toMatchObject({ result: 'failed', reason: `${code}: rain` });
    },
  );
});

describe('a suite', () => {
  const context = {} as Context;

  it('fails every cell when it cannot be prepared', async () => {
    const report = new Report(() => {});
    const run = async (): Promise<void> => {};
    const suite = defineSuite({
      name: 'broken',
      prepare: () => Promise.reject(new Error('no instance')),
      cells: [
        { client: 'pip', operation: 'a', run },
        { client: 'uv', operation: 'b', run },
      ],
    });
    await suite.run(context, report, () => '1');
    expect(report.counts).toEqual({ passed: 0, failed: 2, skipped: 0 });
  });

  it('goes on after a cell that failed, and finishes', async () => {
    const report = new Report(() => {});
    let finished = 0;
    const suite = defineSuite({
      name: 'half',
      prepare: () => Promise.resolve(7),
      finish: async () => void (finished += 1),
      cells: [
        { client: 'pip', operation: 'a', run: () => Promise.reject(new Error('no')) },
        {
          client: 'uv',
          operation: 'b',
          run: (state) => (state === 7 ? Promise.resolve() : Promise.reject(state)),
        },
      ],
    });
    await suite.run(context, report, () => '1');
    expect(report.counts).toEqual({ passed: 1, failed: 1, skipped: 0 });
    expect(finished).toBe(1);
  });
});
