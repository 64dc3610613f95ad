import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { createInterface } from 'node:readline';
import { until } from './until.ts';

/** A round in which nothing failed. */
export interface Round {
  readonly round: number;
  /** Version of the timestamp role. */
  readonly timestamp: number;
  /** How many targets were looked up. */
  readonly known: number;
  /** How many different targets were downloaded so far. */
  readonly downloaded: number;
}

export interface WatchError {
  readonly type: string;
  readonly message: string;
  readonly cause: string;
  readonly afterRounds: number;
  readonly timestamp: number;
}

/** What a watch prints at its end. */
export interface WatchEnd {
  readonly rounds: number;
  readonly failed: number;
  /** The last version of the timestamp role. */
  readonly timestamp: number;
  readonly errors: readonly WatchError[];
}

type Line = Round | { readonly error: WatchError } | { readonly end: WatchEnd };

/** How a watch is started. */
export interface WatchProgram {
  /** Name of the client, for errors. */
  readonly client: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A client reading a repository over and over in a process of its own; its lines are those of tuf_watch.py. */
export class ClientWatch {
  readonly rounds: Round[] = [];
  readonly errors: WatchError[] = [];
  readonly client: string;
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly closed: Promise<number | null>;
  private known = 0;
  private end: WatchEnd | undefined;
  private said = '';

  constructor({ client, command, args, environment }: WatchProgram) {
    this.client = client;
    this.child = spawn(command, [...args], { env: { ...environment }, stdio: ['pipe', 'pipe', 'pipe'] });
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
      assert.ok(this.child.exitCode === null, `${this.client}'s watch ended early\n${this.said}`);
      return this.rounds.slice(from).filter((round) => round.known >= known).length >= count;
    };
    await until(`${this.client} has read ${count} more times`, haveRead, timeoutMs);
  }

  assertNoErrors(): void {
    assert.deepEqual(this.errors, [], `${this.client} met errors`);
  }

  /** Ends the watch after the round that is under way. */
  async finish(): Promise<WatchEnd> {
    this.child.stdin.end();
    const code = await this.closed;
    assert.ok(this.end !== undefined, `${this.client}'s watch broke down, exit code ${code}\n${this.said}`);
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
export function assertUnbroken({ client, rounds }: ClientWatch, end: WatchEnd): void {
  assert.deepEqual(end.errors, [], `${client} met errors`);
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
