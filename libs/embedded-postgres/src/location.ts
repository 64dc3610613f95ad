import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PostgresError } from './errors.ts';

/** The unprivileged user that PostgreSQL runs as when we are root, which it refuses to be. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/** `nobody` of the passwd file, which initdb looks its user up in; null when we are not root. */
export function runAs(): RunAs | null {
  if (process.getuid?.() !== 0) return null;
  const line = existsSync('/etc/passwd')
    ? /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))
    : null;
  return { uid: Number(line?.[1] ?? 65534), gid: Number(line?.[2] ?? 65534) };
}

/**
 * Where the cluster lies: in `dataDir`, unless another user must reach it and a folder above is closed
 * (a checkout in root's home); then in a folder of /var/tmp that belongs to that path alone.
 */
export function clusterFolder(dataDir: string, user: RunAs | null): string {
  const wanted = resolve(dataDir);
  if (user === null || reachable(wanted)) return wanted;
  const mark = createHash('sha256').update(wanted).digest('hex').slice(0, 16);
  return join('/var/tmp', `rind-postgres-${mark}`);
}

/**
 * Makes the folder, and refuses one that somebody else made: the name under /var/tmp can be guessed.
 * Answers its real path, which is what a server reports as its working folder.
 */
export function ownFolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const found = lstatSync(folder);
  const shared = dirname(folder) === '/var/tmp';
  if ((shared && found.isSymbolicLink()) || statSync(folder).uid !== (process.getuid?.() ?? 0)) {
    throw new PostgresError('postgres.unsafe-folder', `${folder} belongs to somebody else`, { folder });
  }
  chmodSync(folder, 0o755);
  return realpathSync(folder);
}

function reachable(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
