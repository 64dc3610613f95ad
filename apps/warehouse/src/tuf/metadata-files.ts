import {
  maxRootBytes,
  maxTargetsBytes,
  maxTimestampBytes,
  metadataKey,
  timestampKey,
} from '@rind/repository';
import type { ObjectStore } from '@rind/storage-port';
import type { IndexRows } from '../database/index-database.ts';
import { ByteCache } from '../store/byte-cache.ts';

const versioned = /^[1-9][0-9]{0,15}\.[A-Za-z0-9][A-Za-z0-9._-]{0,100}\.json$/;
const cacheBytes = 67_108_864;

export interface MetadataFile {
  readonly bytes: Uint8Array;
  /** False for the names that point to another version from time to time. */
  readonly immutable: boolean;
}

/** Metadata as stored, byte for byte (TUF 1.0.34 §6.1, consistent snapshots). */
export class MetadataFiles {
  private readonly store: ObjectStore;
  private readonly rows: IndexRows;
  private readonly cache = new ByteCache(cacheBytes);

  constructor(store: ObjectStore, rows: IndexRows) {
    this.store = store;
    this.rows = rows;
  }

  /** @param name as under the metadata URL: `timestamp.json`, `7.root.json`; null when there is no such file */
  async find(name: string): Promise<MetadataFile | null> {
    if (name === 'timestamp.json') return this.changing(await this.read(timestampKey, maxTimestampBytes));
    if (name === 'root.json') return this.changing(await this.newestRoot());
    if (!versioned.test(name)) return null;
    const bytes = await this.cache.get(name, () => this.read(`metadata/${name}`, maxTargetsBytes));
    return bytes === null ? null : { bytes, immutable: true };
  }

  /** For people: clients start from a root of their own and go up one by one. */
  private async newestRoot(): Promise<Uint8Array | null> {
    const row = await this.rows.signedRole.findUnique({ where: { name: 'root' }, select: { version: true } });
    if (row === null) return null;
    return this.read(metadataKey('root', Number(row.version)), maxRootBytes);
  }

  private changing(bytes: Uint8Array | null): MetadataFile | null {
    return bytes === null ? null : { bytes, immutable: false };
  }

  private async read(key: string, maxBytes: number): Promise<Uint8Array | null> {
    return (await this.store.get(key, maxBytes))?.bytes ?? null;
  }
}
