import { performance } from 'node:perf_hooks';
import { allowedSkips } from './allowed-skips.ts';
import type { Fixtures } from './fixtures.ts';
import type { Instance } from './instance.ts';
import type { Python, VenvName } from './python.ts';
import { CannotRun } from './report.ts';
import type { CellResult, Report } from './report.ts';
import type { InstanceOptions, RunningSupervisor } from './supervisor.ts';

/** What a suite has at hand that starts instances of its own. */
export interface Bench {
  readonly python: Python;
  /** A further venv, made when it is first asked for. */
  venv(name: VenvName): Promise<Python>;
  /** A new empty folder. */
  newFolder(name: string): string;
  /** The environment for clients, with a home of its own. */
  readonly environment: Readonly<Record<string, string>>;
  /** An instance of its own, with `args` and `env` on top of what every instance gets. The suite stops it. */
  startInstance(options: InstanceOptions): Promise<RunningSupervisor>;
}

/** The bench beside an instance. */
export interface Scene extends Bench {
  readonly instance: Instance;
}

/** What the other suites have at hand. One instance serves them all, so suites name projects of their own. */
export interface Context extends Scene {
  readonly fixtures: Fixtures;
}

/** `pip (Debian 12)` is the pip of that system; `http` is this program itself. */
export type ClientName =
  | (
      | 'twine'
      | 'uv'
      | 'flit'
      | 'poetry'
      | 'hatch'
      | 'pdm'
      | 'pip'
      | 'pip (Debian 12)'
      | 'bandersnatch'
      | 'pypitoken'
    )
  | ('python-tuf' | 'go-tuf' | 'tuf-js' | 'tough' | 'rind' | 'http');

export type VersionOf = (client: ClientName) => string;

export interface Cell<State> {
  readonly client: ClientName;
  readonly operation: string;
  run(state: State): Promise<void>;
}

/** A suite whose state is its own affair: cells are declared before anything runs, so that none gets lost. */
export interface Suite<Needs extends Bench = Context> {
  readonly name: string;
  /** What the suite is going to report. */
  readonly cells: readonly Pick<Cell<never>, 'client' | 'operation'>[];
  /** Every cell failed for one reason: there is nothing to run it against. */
  fail(report: Report, versionOf: VersionOf, reason: string): void;
  run(context: Needs, report: Report, versionOf: VersionOf): Promise<void>;
}

export function defineSuite<State, Needs extends Bench = Context>(suite: {
  readonly name: string;
  prepare(context: Needs): Promise<State>;
  readonly cells: readonly Cell<State>[];
  /** Runs also after failures. */
  finish?(state: State): Promise<void>;
}): Suite<Needs> {
  const { name, cells } = suite;
  const label = (cell: Cell<State>, versionOf: VersionOf) => ({
    suite: name,
    client: cell.client,
    version: versionOf(cell.client),
    operation: cell.operation,
  });
  const fail: Suite<Needs>['fail'] = (report, versionOf, reason) => {
    for (const cell of cells) {
      report.add({ ...label(cell, versionOf), result: 'failed', ms: 0, reason: `could not run: ${reason}` });
    }
  };
  return {
    name,
    cells,
    fail,
    async run(context, report, versionOf) {
      let state: State;
      try {
        state = await suite.prepare(context);
      } catch (error) {
        fail(report, versionOf, reasonOf(error));
        return;
      }
      for (const cell of cells) {
        report.add({ ...label(cell, versionOf), ...(await measure(() => cell.run(state))) });
      }
      await suite.finish?.(state);
    },
  };
}

/** Runs one cell: what it throws is its reason. */
export async function measure(
  work: () => Promise<void>,
): Promise<Pick<CellResult, 'result' | 'ms' | 'reason'>> {
  const startedMs = performance.now();
  try {
    await work();
    return { result: 'passed', ms: performance.now() - startedMs, reason: '' };
  } catch (error) {
    const allowed = error instanceof CannotRun && Object.hasOwn(allowedSkips, error.code);
    return {
      result: allowed ? 'skipped' : 'failed',
      ms: performance.now() - startedMs,
      reason: reasonOf(error),
    };
  }
}

export function reasonOf(error: unknown): string {
  if (error instanceof CannotRun) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
