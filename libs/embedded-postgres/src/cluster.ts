import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import { PostgresError } from './errors.ts';
import type { RunAs } from './location.ts';

export const superuser = 'postgres';

/** What every process of ours is started with: nothing of the caller's environment reaches the server. */
export const bareEnvironment = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' };

/** The superuser's password, 48 hex digits, made once and kept in a file that only we may read. */
export function superuserPassword(folder: string, randomness: Randomness): string {
  const file = join(folder, 'superuser-password');
  if (!existsSync(file)) {
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, toHex(randomness.bytes(24)), { mode: 0o600 });
    renameSync(temporary, file);
  }
  return readFileSync(file, 'utf8');
}

export interface NewCluster {
  readonly runtime: string;
  readonly folder: string;
  readonly password: string;
  readonly user: RunAs | null;
  readonly durable: boolean;
}

/** Makes the cluster on first use. It is built beside its place: one that initdb did not finish is never used. */
export function ensureCluster({ runtime, folder, password, user, durable }: NewCluster): string {
  const cluster = join(folder, 'cluster');
  if (existsSync(cluster)) return cluster;
  const building = join(folder, 'cluster.new');
  const passwordFile = join(folder, 'initdb-password');
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { mode: 0o700 });
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user !== null) {
    for (const path of [building, passwordFile]) chownSync(path, user.uid, user.gid);
  }
  const result = spawnSync(
    join(runtime, 'bin', 'initdb'),
    [
      ...['-D', building, '-U', superuser, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
      ...['--encoding=UTF8', '--locale=C', ...(durable ? [] : ['--no-sync'])],
    ],
    { ...identityOf(user), cwd: folder, env: bareEnvironment, encoding: 'utf8' },
  );
  rmSync(passwordFile, { force: true });
  if (result.status !== 0) {
    rmSync(building, { recursive: true, force: true });
    const log = join(folder, 'initdb.log');
    writeFileSync(log, `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`);
    throw new PostgresError('postgres.start-failed', `initdb failed: see ${log}`, {
      exitCode: result.status,
      log,
    });
  }
  renameSync(building, cluster);
  return cluster;
}

export function identityOf(user: RunAs | null): { uid?: number; gid?: number } {
  return user === null ? {} : { uid: user.uid, gid: user.gid };
}
