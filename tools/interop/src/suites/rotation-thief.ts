import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalBytes } from '@rind/canonical-json';
import { hashHex } from '@rind/crypto';
import { toTufDate } from '@rind/kernel';
import type { JsonObject } from '@rind/kernel';
import {
  joinMetadata,
  parseRoot,
  parseSnapshot,
  parseTargets,
  parseTimestamp,
  succinctRoleIndex,
} from '@rind/metadata';
import type { Root, Snapshot, Timestamp } from '@rind/metadata';
import { metadataKey, onlineSnapshot, onlineTimestamp, SnapshotVector, timestampKey } from '@rind/repository';
import { openKeyFile } from '@rind/signers-file';
import { openFsStore } from '@rind/storage-fs';
import type { FsStore } from '@rind/storage-fs';
import type { Instance } from '../instance.ts';
import { PublishedState } from '../published-state.ts';

/** So far ahead that no index ever comes there by itself. */
export const stolenVersion = 2 ** 31;
const aheadOfAll = 1_000;

type Key = Awaited<ReturnType<typeof openKeyFile>>;
type Stored = NonNullable<Awaited<ReturnType<FsStore['get']>>>;

/** Somebody who has every online key that there ever was, and may write to the store. */
export class Thief {
  private readonly instance: Instance;
  private readonly store: FsStore;
  private readonly keys: readonly Key[];

  private constructor(instance: Instance, keys: readonly Key[]) {
    this.instance = instance;
    this.store = openFsStore({ root: instance.file.store.path });
    this.keys = keys;
  }

  static async of(instance: Instance): Promise<Thief> {
    const folder = join(instance.dataDir, 'keys', 'online');
    const passphrase = readFileSync(join(instance.dataDir, 'keys', 'passphrase'), 'utf8').trim();
    const files = readdirSync(folder).filter((name) => name.endsWith('.pem'));
    const keys = files.map((name) => openKeyFile({ path: join(folder, name), passphrase }));
    return new Thief(instance, await Promise.all(keys));
  }

  /**
   * A timestamp ahead of what is served and right in everything, but signed by the key that the newest root took
   * away from the role.
   */
  async timestampOfReplacedKey(): Promise<Uint8Array> {
    const { signed } = await this.timestamp();
    const { version, length, hashes } = signed.snapshotMeta;
    const newest = this.newestRoot();
    const keyIds = (root: Root): readonly string[] => root.roles.timestamp.keyIds;
    const trusted = keyIds(await this.root(newest));
    const replaced = keyIds(await this.root(newest - 1)).filter((keyId) => !trusted.includes(keyId));
    const meta = { version, length: length!, sha256: hashes!.get('sha256')! };
    const next = onlineTimestamp(signed.version + aheadOfAll, toTufDate(signed.expiresMs), meta);
    return this.sign(next, replaced);
  }

  /**
   * Publishes timestamp, snapshot and one bin in version 2^31, properly signed.
   * @param path the target whose bin it is
   * @returns the names of those roles
   */
  async fastForward(path: string): Promise<readonly string[]> {
    const { store, instance } = this;
    const timestamp = await this.timestamp();
    const root = await this.root(this.newestRoot());
    const old = await this.snapshot(timestamp.signed);
    const { version } = old.meta.get('bins.json')!;
    const { delegations } = parseTargets((await this.read(metadataKey('bins', version))).bytes).signed;
    if (delegations?.kind !== 'succinct') throw new Error('the bins are not succinct');
    const { succinct } = delegations;

    const state = await PublishedState.read(instance.file.metadata);
    const role = state.binOf(path);
    const { signed } = JSON.parse(new TextDecoder().decode(await state.bytesOf(role))) as {
      signed: JsonObject;
    };
    const bin = canonicalBytes({ ...signed, version: stolenVersion });
    await store.putNew(metadataKey(role, stolenVersion), await this.sign(bin, succinct.keyIds));

    const read = SnapshotVector.fromSnapshot(succinct.bitLength, (name) => old.meta.get(name)?.version);
    if ('missing' in read) throw new Error(`the snapshot lacks ${read.missing}`);
    const vector = read.vector.with(new Map([[succinctRoleIndex(succinct, role)!, stolenVersion]]));
    const date = toTufDate(timestamp.signed.expiresMs);
    const next = onlineSnapshot(vector, stolenVersion, date);
    const snapshot = await this.sign(next, root.roles.snapshot.keyIds);
    await store.putNew(metadataKey('snapshot', stolenVersion), snapshot);

    const sha256 = hashHex('sha256', snapshot);
    const meta = { version: stolenVersion, length: snapshot.length, sha256 };
    const last = await this.sign(onlineTimestamp(stolenVersion, date, meta), root.roles.timestamp.keyIds);
    await store.replaceIf(timestampKey, last, timestamp.stored.tag);
    return [role, 'snapshot', 'timestamp'];
  }

  private async timestamp(): Promise<{ stored: Stored; signed: Timestamp }> {
    const stored = await this.read(timestampKey);
    return { stored, signed: parseTimestamp(stored.bytes).signed };
  }

  private async snapshot({ snapshotMeta }: Timestamp): Promise<Snapshot> {
    return parseSnapshot((await this.read(metadataKey('snapshot', snapshotMeta.version))).bytes).signed;
  }

  private async root(version: number): Promise<Root> {
    return parseRoot((await this.read(metadataKey('root', version))).bytes).signed;
  }

  private newestRoot(): number {
    const versions = readdirSync(join(this.instance.file.store.path, 'metadata'))
      .map((name) => /^([0-9]+)\.root\.json$/.exec(name)?.[1])
      .filter((version) => version !== undefined);
    return Math.max(...versions.map(Number));
  }

  private async read(key: string): Promise<Stored> {
    const found = await this.store.get(key, 5_000_000);
    if (found === null) throw new Error(`the store has no ${key}`);
    return found;
  }

  private async sign(signed: Uint8Array, keyIds: readonly string[]): Promise<Uint8Array> {
    const key = this.keys.find(({ keyId }) => keyIds.includes(keyId));
    if (key === undefined) throw new Error(`no file has one of the keys ${keyIds.join(', ')}`);
    return joinMetadata(signed, [await key.sign(signed)]);
  }
}
