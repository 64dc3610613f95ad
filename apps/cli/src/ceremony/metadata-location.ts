import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { messageOf } from '@rind/kernel';
import { CliError } from '../errors.ts';
import { errnoOf } from '../local-file.ts';

const timeoutMs = 30_000;

/** Where published metadata is read: `metadata/` of a folder, or a metadata URL. */
export interface MetadataLocation {
  /** The file, e.g. `2.root.json`, verbatim; null when there is none. `network.failed` when it cannot be known. */
  read(name: string, maxBytes: number): Promise<Uint8Array | null>;
}

/** @param location a folder that holds `metadata/`, or the URL of one that does */
export function metadataLocation(location: string): MetadataLocation {
  if (!/^https?:\/\//.test(location)) return folderLocation(join(resolve(location), 'metadata'));
  const base = location.replace(/\/+$/, '');
  return urlLocation(base.endsWith('/metadata') ? `${base}/` : `${base}/metadata/`);
}

function folderLocation(folder: string): MetadataLocation {
  return {
    async read(name, maxBytes) {
      const path = join(folder, name);
      try {
        return bounded(path, await readFile(path), maxBytes);
      } catch (cause) {
        if (errnoOf(cause) === 'ENOENT') return null;
        if (cause instanceof CliError) throw cause;
        throw unreadable(path, null, errnoOf(cause), cause);
      }
    },
  };
}

function urlLocation(base: string): MetadataLocation {
  return {
    async read(name, maxBytes) {
      const url = `${base}${name}`;
      let response: Response;
      let bytes: Uint8Array;
      try {
        response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), cache: 'no-store' });
        bytes = new Uint8Array(await response.arrayBuffer());
      } catch (cause) {
        throw unreadable(url, null, messageOf(cause), cause);
      }
      // Stores that do not list say 403 of what is not there.
      if (response.status === 404 || response.status === 403) return null;
      if (!response.ok) throw unreadable(url, response.status, String(response.status));
      return bounded(url, bytes, maxBytes);
    },
  };
}

function bounded(url: string, bytes: Uint8Array, maxBytes: number): Uint8Array {
  if (bytes.length > maxBytes) throw unreadable(url, null, `${bytes.length} bytes, more than ${maxBytes}`);
  return bytes;
}

function unreadable(url: string, status: number | null, why: string, cause?: unknown): CliError {
  return new CliError('network.failed', `cannot read ${url}: ${why}`, { url, status, code: null }, { cause });
}
