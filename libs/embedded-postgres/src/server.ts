import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bareEnvironment, identityOf } from './cluster.ts';
import { PostgresError } from './errors.ts';
import type { RunAs } from './location.ts';

export type Durability = 'full' | 'none';

export interface ServerPlace {
  readonly folder: string;
  readonly cluster: string;
  readonly runtime: string;
  readonly user: RunAs | null;
  readonly durability: Durability;
}

/** Crash recovery after a long run replays up to `max_wal_size`. */
const readyWithinMs = 120_000;
const everyMs = 10;
const maxLogBytes = 16 * 1024 * 1024;

/** One server process that takes connections. `exited` resolves with its exit code, null after a signal. */
export interface ServerProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
}

/** Starts the server and waits until it takes connections; a cluster in need of it recovers first. */
export async function startServer(place: ServerPlace, port: number): Promise<ServerProcess> {
  const logFile = join(place.folder, 'server.log');
  if (existsSync(logFile) && statSync(logFile).size > maxLogBytes) renameSync(logFile, `${logFile}.1`);
  const log = openSync(logFile, 'a', 0o640);
  const child = spawn(
    join(place.runtime, 'bin', 'postgres'),
    ['-D', place.cluster, ...settings(port, place.durability)],
    {
      ...identityOf(place.user),
      cwd: place.folder,
      env: bareEnvironment,
      stdio: ['ignore', log, log],
      // A group of its own: Ctrl-C must not reach the server while those that use it still drain.
      detached: true,
    },
  );
  closeSync(log);
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
    child.once('error', () => resolve(null));
  });
  if (await becomesReady(place.cluster, child)) return { child, exited };
  if (isRunning(child)) child.kill('SIGQUIT');
  throw new PostgresError('postgres.start-failed', `PostgreSQL did not start: see ${logFile}`, {
    exitCode: await exited,
    log: logFile,
  });
}

export function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** The server writes its state to the eighth line of its pid file; the first is its pid. */
async function becomesReady(cluster: string, child: ChildProcess): Promise<boolean> {
  const file = join(cluster, 'postmaster.pid');
  for (let waitedMs = 0; waitedMs < readyWithinMs && isRunning(child); waitedMs += everyMs) {
    const lines = readIfThere(file).split('\n');
    if (Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready') return true;
    await pause(everyMs);
  }
  return false;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function settings(port: number, durability: Durability): string[] {
  const values: Record<string, string> = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    max_connections: '100',
    shared_buffers: '128MB',
    wal_level: 'replica',
    max_wal_size: '2GB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %q%u@%d ',
    // Commits still reach the operating system: a killed server loses nothing, a power cut may.
    ...(durability === 'none' ? { fsync: 'off', full_page_writes: 'off' } : {}),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
