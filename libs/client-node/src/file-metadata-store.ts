/**
 * A client's trusted metadata in a folder, one file per role, the bytes as received.
 *
 * A write goes to a file of its own name and is synced and renamed: whoever reads, and whatever breaks, sees the old
 * bytes or the new. Several processes may share the folder; the last writer of a role wins, and readers verify what
 * they read. What is in here decides what the client trusts and what it takes for a rollback, so the folder is made for
 * its owner alone.
 */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MetadataStore } from '@rind/client-port';
import type { Randomness } from '@rind/kernel';
import { systemRandomness, toHex } from '@rind/kernel';
import { CacheError } from './errors.ts';
import { metadataFileName } from './metadata-file-name.ts';

export class FileMetadataStore implements MetadataStore {
  private readonly folder: string;
  private readonly randomness: Randomness;

  /**
   * @param folder made when something is written first
   * @param randomness for the names of temporary files
   */
  constructor(folder: string, randomness: Randomness = systemRandomness) {
    this.folder = folder;
    this.randomness = randomness;
  }

  async read(role: string): Promise<Uint8Array | null> {
    const path = join(this.folder, metadataFileName(role));
    try {
      return new Uint8Array(await readFile(path));
    } catch (cause) {
      if (errnoOf(cause) === 'ENOENT') return null;
      throw unavailable(path, cause);
    }
  }

  async write(role: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.folder, metadataFileName(role));
    const temporary = join(this.folder, `.${toHex(this.randomness.bytes(12))}.tmp`);
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await writeSynced(temporary, bytes);
      await rename(temporary, path);
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => {});
      throw unavailable(path, cause);
    }
  }

  async delete(role: string): Promise<void> {
    const path = join(this.folder, metadataFileName(role));
    try {
      await rm(path, { force: true });
    } catch (cause) {
      throw unavailable(path, cause);
    }
  }
}

/** Unsynced, a rename may outlive the bytes it names, and an empty `timestamp.json` remembers no version. */
async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
}

function errnoOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
}

function unavailable(path: string, cause: unknown): CacheError {
  const errno = errnoOf(cause);
  return new CacheError(
    'cache.unavailable',
    `the metadata cache failed: ${errno}`,
    { path, errno },
    { cause },
  );
}
