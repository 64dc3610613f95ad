import { mkdirSync } from 'node:fs';
import { openPool } from '@rind/database';
import type { Pool } from '@rind/database';
import { until } from '@rind/interop';
import { RunningInstance } from '@rind/system-tests';
import type { InstanceFile } from '@rind/system-tests';

export type Environment = Readonly<Record<string, string>>;

/** Everything that runs for an index, but for the supervisor. */
export type ProcessName = 'gate' | 'warehouse' | 'auth' | 'signer' | 'postgres';

export interface SubjectOptions {
  /** Stays the same over all restarts. */
  readonly dataDir: string;
  readonly args: readonly string[];
  readonly env: Environment;
}

/** Longer than any restart takes on a busy machine. */
const backTimeoutMs = 120_000;

/** The instance that is killed: one data folder, started again as often as a run asks for. */
export class Subject {
  readonly options: SubjectOptions;
  private readonly ending = new AbortController();
  private starting: Promise<RunningInstance> | null = null;
  private running: RunningInstance | null = null;
  private pool: Pool | null = null;
  private lastFile: InstanceFile | null = null;

  constructor(options: SubjectOptions) {
    this.options = options;
    mkdirSync(options.dataDir, { recursive: true, mode: 0o711 });
  }

  /** Resolves when every process has said that it is ready. */
  async start(env: Environment = {}): Promise<void> {
    const { dataDir, args } = this.options;
    const { signal } = this.ending;
    signal.throwIfAborted();
    this.starting = RunningInstance.start({ dataDir, args, env: { ...this.options.env, ...env }, signal });
    this.running = await this.starting;
    this.pool = openPool(this.file.db.signer, { max: 2, name: 'crash' });
  }

  /** SIGTERM; throws unless it exits with 0. */
  async stop(): Promise<void> {
    await this.pool?.close();
    this.pool = null;
    const code = await this.running?.stop();
    this.running = null;
    if (code !== 0) throw new Error(`the instance exited with ${code}`);
  }

  /** Ends what runs or is being started, for good. */
  async abandon(): Promise<void> {
    this.ending.abort();
    await this.pool?.close().catch(() => {});
    this.pool = null;
    const running = await this.starting?.catch(() => null);
    await running?.stop().catch(() => {});
    this.running = null;
  }

  /** `rind.json` as it is now, or was before the restart that is under way. */
  get file(): InstanceFile {
    try {
      this.lastFile = this.running?.file ?? this.lastFile;
    } catch {
      // Between two starts.
    }
    if (this.lastFile === null) throw new Error('the instance was never started');
    return this.lastFile;
  }

  get printed(): string {
    return this.running?.printed ?? '';
  }

  /** Uploads are accepted and published. */
  async ready(): Promise<void> {
    await until('every process is ready', () => this.file.ready, backTimeoutMs);
  }

  /** Besides, every signer that was killed has come back; which may take longer, and holds nothing up. */
  async whole(): Promise<void> {
    await until(
      'every signer is back',
      () => {
        const { ready, processes } = this.file;
        return ready && processes.signer.every((pid) => pid !== null);
      },
      backTimeoutMs,
    );
  }

  /** Tells the writer to end, so that its lease goes over to the next signer at once. */
  async handOver(): Promise<void> {
    let writer: number | null = null;
    const isThere = async (): Promise<boolean> => {
      writer = await this.writer();
      return writer !== null && this.file.processes.signer.includes(writer);
    };
    await until('there is a writer', isThere, backTimeoutMs);
    process.kill(writer!, 'SIGTERM');
  }

  /** Rows of a question to the signer's database; null when it does not answer. */
  async ask<Row extends object>(sql: string): Promise<readonly Row[] | null> {
    try {
      return (await this.pool!.query<Row>(sql)).rows;
    } catch {
      return null;
    }
  }

  /** Process id of the signer that holds the lease; null when none does or nobody can say. */
  async writer(): Promise<number | null> {
    const rows = await this.ask<{ holder: string | null }>(
      `SELECT holder FROM signer.lease WHERE name = 'writer' AND expires_at > clock_timestamp()`,
    );
    const pid = Number(rows?.[0]?.holder?.split(':').at(-1));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  }

  /** Publications that were begun and have not ended; null when nobody can say. */
  async openPublications(): Promise<number | null> {
    const rows = await this.ask<{ n: string }>(
      `SELECT count(*) AS n FROM signer.publication WHERE state IN ('open', 'prepared')`,
    );
    return rows === null ? null : Number(rows[0]!.n);
  }

  async closedPublications(): Promise<number | null> {
    const rows = await this.ask<{ n: string }>(
      `SELECT count(*) AS n FROM signer.publication WHERE state = 'closed'`,
    );
    return rows === null ? null : Number(rows[0]!.n);
  }

  /** How a process ended, as the supervisor said it: an exit code or a signal's name; null while it has not. */
  endOf(pid: number): string | null {
    return new RegExp(`\\(pid ${pid}\\) ended with (\\w+)`).exec(this.printed)?.[1] ?? null;
  }
}
