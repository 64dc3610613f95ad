import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterFolder, runAs } from '@rind/embedded-postgres';
import { readJsonFile } from '../instance/atomic-file.ts';
import type { DataDir } from '../instance/data-dir.ts';
import { SupervisorError } from '../instance/errors.ts';
import { allGone, argumentsOf, identityOf, isAlive, tell } from './identity.ts';
import type { ProcessIdentity } from './identity.ts';

/** What a supervisor writes down about itself and its children, so that the next one can clean up. */
export interface LockRecord {
  readonly supervisor: ProcessIdentity;
  readonly children: readonly ProcessIdentity[];
}

/** Refuses a second supervisor on one folder. */
export function refuseInUse(data: DataDir): void {
  const record = readJsonFile<LockRecord>(data.lockFile);
  if (record === null || record.supervisor.pid === process.pid || !isAlive(record.supervisor)) return;
  throw inUse(data);
}

/** Ends processes that a killed supervisor left behind, and no others; answers how many. */
export async function cleanLeftovers(data: DataDir): Promise<number> {
  const left = (readJsonFile<LockRecord>(data.lockFile)?.children ?? []).filter(isAlive);
  for (const child of left) tell(child, 'SIGKILL');
  await allGone(left, 5_000);
  return left.length;
}

/** Takes the folder: of two supervisors that start at the same moment one is refused. */
export function claim(data: DataDir): void {
  const mine = `${data.lockFile}.${process.pid}`;
  refuseInUse(data);
  if (existsSync(data.lockFile)) setAside(data, mine);
  writeFileSync(mine, lockText([]), { mode: 0o600 });
  try {
    linkSync(mine, data.lockFile);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw inUse(data);
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Moves a dead supervisor's record away. Whoever took the folder between the look and the move keeps it. */
function setAside(data: DataDir, to: string): void {
  try {
    renameSync(data.lockFile, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = readJsonFile<LockRecord>(to);
  if (moved !== null && isAlive(moved.supervisor)) {
    renameSync(to, data.lockFile);
    throw inUse(data);
  }
}

function inUse(data: DataDir): SupervisorError {
  const pid = readJsonFile<LockRecord>(data.lockFile)?.supervisor.pid ?? 0;
  return new SupervisorError('data.in-use', `another instance (pid ${pid}) uses ${data.path}`, {
    dataDir: data.path,
    pid,
  });
}

export function lockText(children: readonly number[]): string {
  const record: LockRecord = {
    supervisor: identityOf(process.pid)!,
    children: children.flatMap((pid) => identityOf(pid) ?? []),
  };
  return JSON.stringify(record);
}

/** Ends the database server of a folder that is about to be deleted: what it has not written needs no place. */
export async function endDatabase(data: DataDir): Promise<void> {
  const file = join(databaseFolder(data), 'cluster', 'postmaster.pid');
  if (!existsSync(file)) return;
  const [pid, cluster] = readFileSync(file, 'utf8').split('\n');
  const server = identityOf(Number(pid));
  // The pid may be another's by now; a server works in its cluster and says so in its arguments.
  if (server === null || cluster === undefined || !argumentsOf(server.pid).includes(cluster)) return;
  tell(server, 'SIGQUIT');
  if (await allGone([server], 10_000)) return;
  tell(server, 'SIGKILL');
  await allGone([server], 5_000);
}

/** In the data folder, or in one of its own where another user can reach it. */
export function databaseFolder(data: DataDir): string {
  return clusterFolder(data.postgres, runAs());
}
