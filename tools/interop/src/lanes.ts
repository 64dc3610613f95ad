import { Report } from './report.ts';
import type { Suite } from './suite.ts';

/** Suites that run in one go, with an instance in common or each with its own. */
export interface Job {
  readonly name: string;
  readonly suites: readonly Pick<Suite, 'fail'>[];
  /** Reports the cells of its suites, or throws what took all of them with it. */
  run(report: Report, say: (line: string) => void): Promise<void>;
}

/**
 * Runs jobs in so many lanes, in their order; what each says is printed when it ends, so that no two mix. The cells
 * are in `report` in the order of the jobs, whichever ended first.
 */
export async function runInLanes(
  jobs: readonly Job[],
  lanes: number,
  report: Report,
  say: (line: string) => void,
  failed: (job: Job, report: Report, error: unknown) => void,
): Promise<void> {
  const ended = new Map<Job, Report>();
  const waiting = [...jobs];
  const lane = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const lines: string[] = [];
      const tell = (line: string): void => void lines.push(line);
      const own = new Report(tell);
      say(`${job.name}: begins`);
      await job.run(own, tell).catch((error: unknown) => failed(job!, own, error));
      ended.set(job, own);
      for (const line of ['', job.name, ...lines]) say(line);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  for (const job of jobs) report.take(ended.get(job)!);
}
