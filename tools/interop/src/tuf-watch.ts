import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { createInterface } from 'node:readline';
import { places } from './places.ts';
import type { Bench } from './suite.ts';
import type { TufPlace } from './tuf-download.ts';
import { until } from './until.ts';

/** A round in which nothing failed. */
interface Round {
  readonly round: number;
  /** Version of the timestamp role. */
  readonly timestamp: number;
  /** How many targets were looked up. */
  readonly known: number;
}

interface WatchError {
  readonly type: string;
  readonly message: string;
  readonly cause: string;
  readonly afterRounds: number;
  readonly timestamp: number;
}

/** What tuf_watch.py prints at its end. */
export interface WatchEnd {
  readonly rounds: number;
  readonly failed: number;
  /** The last version of the timestamp role. */
  readonly timestamp: number;
  readonly errors: readonly WatchError[];
}

type Line = Round | { readonly error: WatchError } | { readonly end: WatchEnd };

/** What a watch needs to run its program. */
export type WatchTools = Pick<Bench, 'python' | 'environment'>;

export interface WatchOptions {
  /** Each round begins with the cache as it was at first. */
  readonly anew?: boolean;
  /** Between two rounds, 0.05 if not given. */
  readonly pauseSeconds?: number;
}

/** python-tuf reading a repository over and over, see tuf_watch.py. */
export class TufWatch {
  readonly rounds: Round[] = [];
  readonly errors: WatchError[] = [];
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly closed: Promise<number | null>;
  private known = 0;
  private end: WatchEnd | undefined;
  private said = '';

  constructor(bench: WatchTools, place: TufPlace, { anew = false, pauseSeconds }: WatchOptions = {}) {
    const args = [
      ...[places.tufWatch, '--metadata-url', place.metadataUrl, '--targets-url', place.targetsUrl],
      ...['--root', place.root, '--cache', place.cache],
      ...(anew ? ['--anew'] : []),
      ...(pauseSeconds === undefined ? [] : ['--pause', String(pauseSeconds)]),
    ];
    this.child = spawn(bench.python.program('python'), args, {
      env: { ...bench.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.said += text));
    // Its end says more than the pipe that broke.
    this.child.stdin.on('error', () => {});
    createInterface({ input: this.child.stdout }).on('line', (line) => this.hear(JSON.parse(line) as Line));
    this.closed = new Promise((resolve) => {
      this.child.on('error', (error) => (this.said += error.message));
      this.child.on('close', resolve);
    });
  }

  /** Version of the timestamp role in the last round. */
  get timestamp(): number {
    return this.rounds.at(-1)?.timestamp ?? 0;
  }

  /** From the next round on, this target has to be there with this content. */
  know(path: string, sha256: string): void {
    this.known += 1;
    this.child.stdin.write(`${JSON.stringify({ path, sha256 })}\n`);
  }

  /** Waits for so many rounds that begin after this and look up all that is known. Throws at the first error. */
  async awaitRounds(count: number, timeoutMs?: number): Promise<void> {
    // The round that is under way has begun before this.
    const from = this.rounds.length + 1;
    const { known } = this;
    const haveRead = (): boolean => {
      this.assertNoErrors();
      assert.ok(this.child.exitCode === null, `python-tuf's watch ended early\n${this.said}`);
      return this.rounds.slice(from).filter((round) => round.known >= known).length >= count;
    };
    await until(`python-tuf has read ${count} more times`, haveRead, timeoutMs);
  }

  assertNoErrors(): void {
    assert.deepEqual(this.errors, [], 'python-tuf met errors');
  }

  /** Ends the watch after the round that is under way. */
  async finish(): Promise<WatchEnd> {
    this.child.stdin.end();
    const code = await this.closed;
    assert.ok(this.end !== undefined, `python-tuf's watch broke down, exit code ${code}\n${this.said}`);
    return this.end;
  }

  /** Ends it at once, whatever it does. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  private hear(line: Line): void {
    if ('end' in line) this.end = line.end;
    else if ('error' in line) this.errors.push(line.error);
    else this.rounds.push(line);
  }
}

/** Nothing failed in any round, and the timestamp never went back. */
export function assertUnbroken({ rounds }: TufWatch, end: WatchEnd): void {
  assert.deepEqual(end.errors, [], 'python-tuf met errors');
  assert.equal(end.failed, 0);
  assert.equal(end.rounds, rounds.length);
  const versions = rounds.map(({ timestamp }) => timestamp);
  assert.deepEqual(
    versions,
    versions.toSorted((a, b) => a - b),
    'timestamp versions went back',
  );
  assert.equal(end.timestamp, versions.at(-1));
}
