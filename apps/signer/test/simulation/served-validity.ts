import { parseRoot, parseSnapshot, parseTargets, parseTimestamp } from '@rind/metadata';
import { metadataKey, timestampKey } from '@rind/repository';
import type { ObjectStore } from '@rind/storage-port';

const someBytes = 5_000_000;

export interface ServedRole {
  readonly role: string;
  readonly version: number;
  readonly expiresMs: number;
}

/** Reads what the store serves as a stranger would: the timestamp, and whatever its snapshot names. */
export class ServedValidity {
  private readonly store: ObjectStore;
  private readonly expiries = new Map<string, number>();
  private rootVersion = 1;

  constructor(store: ObjectStore) {
    this.store = store;
  }

  /** Every role that clients are given now. */
  async roles(): Promise<ServedRole[]> {
    const timestamp = parseTimestamp(await this.bytes(timestampKey)).signed;
    const version = timestamp.snapshotMeta.version;
    const snapshot = parseSnapshot(await this.bytes(metadataKey('snapshot', version))).signed;
    const roles: ServedRole[] = [
      { role: 'timestamp', version: timestamp.version, expiresMs: timestamp.expiresMs },
      { role: 'snapshot', version, expiresMs: snapshot.expiresMs },
    ];
    for (const [file, { version }] of snapshot.meta) {
      const role = file.slice(0, -'.json'.length);
      roles.push({ role, version, expiresMs: await this.expiryOf(role, version) });
    }
    roles.push(await this.newestRoot());
    return roles;
  }

  private async newestRoot(): Promise<ServedRole> {
    while ((await this.store.get(metadataKey('root', this.rootVersion + 1), someBytes)) !== null)
      this.rootVersion++;
    const version = this.rootVersion;
    const { expiresMs } = parseRoot(await this.bytes(metadataKey('root', version))).signed;
    return { role: 'root', version, expiresMs };
  }

  /** A numbered file never changes: each is read once. */
  private async expiryOf(role: string, version: number): Promise<number> {
    const key = metadataKey(role, version);
    const known = this.expiries.get(key);
    if (known !== undefined) return known;
    const { expiresMs } = parseTargets(await this.bytes(key)).signed;
    this.expiries.set(key, expiresMs);
    return expiresMs;
  }

  private async bytes(key: string): Promise<Uint8Array> {
    const object = await this.store.get(key, someBytes);
    if (object === null) throw new Error(`the store serves no ${key}`);
    return object.bytes;
  }
}
