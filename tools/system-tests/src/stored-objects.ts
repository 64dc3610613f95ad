import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openFsStore } from '@rind/storage-fs';
import type { FsStore } from '@rind/storage-fs';
import type { S3Store } from '@rind/storage-s3';

/** Larger than anything that a test publishes. */
const maxBytes = 50_000_000;

/**
 * The objects of a store in the hand of an outsider, who holds the disk or the keys of the bucket and is bound by
 * none of the promises of the port.
 */
export interface StoredObjects {
  /** The object's bytes, or null when there is none. */
  read(key: string): Promise<Uint8Array | null>;
  /** Creates or replaces it, whatever is there. */
  overwrite(key: string, bytes: Uint8Array): Promise<void>;
  /** Absent is fine. */
  remove(key: string): Promise<void>;
  /** Names of the objects in a folder, without what lies in folders below it. */
  names(folder: string): Promise<string[]>;
  /** The same as Rind itself sees it; nobody needs to close it. */
  readonly store: FsStore | S3Store;
}

/** The files of a folder as they lie on the disk. */
export function objectsOfFolder(root: string): StoredObjects {
  return {
    async read(key) {
      const path = join(root, key);
      return existsSync(path) ? Uint8Array.from(readFileSync(path)) : null;
    },
    /** Never in place: an inode may have other names. */
    async overwrite(key, bytes) {
      const path = join(root, key);
      mkdirSync(dirname(path), { recursive: true });
      rmSync(path, { force: true });
      writeFileSync(path, bytes);
    },
    async remove(key) {
      rmSync(join(root, key), { force: true });
    },
    async names(folder) {
      return readdirSync(join(root, folder), { withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map(({ name }) => name);
    },
    get store() {
      return openFsStore({ root });
    },
  };
}

/** The objects of a bucket, by its own interface: a server need not serve what is changed behind its back. */
export function objectsOfBucket(store: S3Store): StoredObjects {
  return {
    async read(key) {
      return (await store.get(key, maxBytes))?.bytes ?? null;
    },
    async overwrite(key, bytes) {
      await store.replaceIf(key, bytes, (await store.get(key, maxBytes))?.tag ?? null);
    },
    async remove(key) {
      await store.delete(key);
    },
    async names(folder) {
      const names: string[] = [];
      for await (const key of store.list(`${folder}/`)) names.push(key.slice(folder.length + 1));
      return names.filter((name) => !name.includes('/'));
    },
    store,
  };
}

/** The bytes of an object that must be there. */
export async function readObject({ read }: StoredObjects, key: string): Promise<Uint8Array> {
  const bytes = await read(key);
  if (bytes === null) throw new Error(`${key} is not in the store`);
  return bytes;
}
