import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { messageOf } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import { layOutBinaries, postgresVersion } from './binaries.ts';
import { ensureCluster, superuser, superuserPassword } from './cluster.ts';
import { PostgresError } from './errors.ts';
import { freePorts } from './free-ports.ts';
import { claim, endLeftover, release } from './leftover.ts';
import { clusterFolder, ownFolder, runAs } from './location.ts';
import { isRunning, startServer } from './server.ts';
import type { Durability, ServerPlace, ServerProcess } from './server.ts';

export interface PostgresOptions {
  /** Holds cluster, binaries and log; created when missing. */
  readonly dataDir: string;
  /** 0: a free one. */
  readonly port: number;
  readonly randomness: Randomness;
  /** `none` is faster, and unsafe in a power cut: for tests that throw the cluster away. */
  readonly durability?: Durability;
  /** Called when the server died and when it is back (`pid` says which). */
  readonly onChange?: () => void;
  readonly log?: (line: string) => void;
}

/** A running server on 127.0.0.1; passwords are checked (scram), no socket file. */
export interface Postgres {
  readonly port: number;
  readonly version: string;
  /** Null while the server is down: after a crash until it is back, and after `stop`. */
  readonly pid: number | null;
  superuserUrl(database: string): string;
  url(database: string, role: string, password: string): string;
  /** Fast shutdown: open transactions are rolled back. Idempotent. */
  stop(): Promise<void>;
}

const portAttempts = 5;
const firstBackoffMs = 50;
const maxBackoffMs = 5_000;
/** A server that does not end by itself within this is cut off; the next start recovers. */
const stopWithinMs = 20_000;

/**
 * Starts the server of a data folder, making the cluster first when there is none and ending a server
 * that a killed parent left. A server that dies is started again on the same port, with backoff.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const user = runAs();
  const folder = ownFolder(clusterFolder(options.dataDir, user));
  claim(folder);
  const runtime = layOutBinaries(folder);
  const password = superuserPassword(folder, options.randomness);
  const durability = options.durability ?? 'full';
  const cluster = ensureCluster({ runtime, folder, password, user, durable: durability === 'full' });
  const place: ServerPlace = { folder, cluster, runtime, user, durability };
  await clearLeftover(place);
  const { port, server } = await startOnPort(place, options.port);
  const running = new RunningPostgres(place, port, password, server, options);
  try {
    await checkPassword(running.superuserUrl('postgres'), folder);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return running;
}

class RunningPostgres implements Postgres {
  readonly port: number;
  readonly version = postgresVersion;
  private readonly place: ServerPlace;
  private readonly password: string;
  private readonly options: PostgresOptions;
  private readonly stopping = new AbortController();
  private readonly supervision: Promise<void>;
  private server: ServerProcess;

  constructor(
    place: ServerPlace,
    port: number,
    password: string,
    server: ServerProcess,
    options: PostgresOptions,
  ) {
    this.place = place;
    this.port = port;
    this.password = password;
    this.server = server;
    this.options = options;
    process.once('exit', this.endWithParent);
    this.supervision = this.supervise();
  }

  get pid(): number | null {
    return isRunning(this.server.child) ? (this.server.child.pid ?? null) : null;
  }

  superuserUrl(database: string): string {
    return this.url(database, superuser, this.password);
  }

  url(database: string, role: string, password: string): string {
    return `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${this.port}/${database}`;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.supervision;
    process.off('exit', this.endWithParent);
    if (isRunning(this.server.child)) {
      await endServer(this.server);
    }
    release(this.place.folder);
  }

  /** A parent that exits without `stop` takes the server along as far as one signal goes. */
  private readonly endWithParent = (): void => {
    this.server.child.kill('SIGINT');
  };

  private async supervise(): Promise<void> {
    const { signal } = this.stopping;
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    for (let failures = 0; !signal.aborted;) {
      await Promise.race([this.server.exited, stopped]);
      if (signal.aborted) return;
      if (failures === 0) this.options.onChange?.();
      await pause(Math.min(maxBackoffMs, firstBackoffMs * 2 ** failures));
      if (signal.aborted) return;
      try {
        await clearLeftover(this.place);
        this.server = await startServer(this.place, this.port);
        failures = 0;
        this.options.onChange?.();
      } catch (error) {
        failures++;
        this.options.log?.(`PostgreSQL did not come back: ${messageOf(error)}`);
      }
    }
  }
}

async function endServer({ child, exited }: ServerProcess): Promise<void> {
  child.kill('SIGINT');
  // One that was stopped (a test, a debugger) acts on a signal only once it goes on.
  child.kill('SIGCONT');
  const late = setTimeout(() => child.kill('SIGQUIT'), stopWithinMs);
  const last = setTimeout(() => child.kill('SIGKILL'), 2 * stopWithinMs);
  await exited;
  clearTimeout(late);
  clearTimeout(last);
}

function clearLeftover(place: ServerPlace): Promise<void> {
  return endLeftover(place.cluster, realpathSync(join(place.runtime, 'bin', 'postgres')));
}

/** A port that is free when looked at may be taken a moment later: then another is tried. */
async function startOnPort(
  place: ServerPlace,
  wanted: number,
): Promise<{ port: number; server: ServerProcess }> {
  for (let attempt = 1; ; attempt++) {
    const port = wanted === 0 ? (await freePorts(1))[0]! : wanted;
    try {
      return { port, server: await startServer(place, port) };
    } catch (error) {
      if (wanted !== 0 || attempt === portAttempts) {
        release(place.folder);
        throw error;
      }
    }
  }
}

async function checkPassword(url: string, folder: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (cause) {
    if ((cause as { code?: string }).code !== '28P01') throw cause;
    const message = `the cluster in ${folder} does not accept the password beside it`;
    throw new PostgresError('postgres.password-refused', message, { folder }, { cause });
  } finally {
    await client.end().catch(() => {});
  }
}
