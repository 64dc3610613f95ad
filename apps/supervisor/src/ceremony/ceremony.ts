import { existsSync } from 'node:fs';
import { canonicalBytes } from '@rind/canonical-json';
import { hashHex } from '@rind/crypto';
import { toTufDate } from '@rind/kernel';
import type { Clock, JsonObject, Randomness } from '@rind/kernel';
import { joinMetadata } from '@rind/metadata';
import type { Root } from '@rind/metadata';
import {
  binVersion,
  bitLengthOf,
  maxRootBytes,
  metadataKey,
  onlineSnapshot,
  onlineTimestamp,
  SnapshotVector,
  timestampKey,
} from '@rind/repository';
import type { Signer } from '@rind/signing-port';
import type { ObjectStore } from '@rind/storage-port';
import { recordCeremony } from '@rind/database';
import type { CeremonyRecord, TransactionalSql } from '@rind/database';
import type { DataDir } from '../instance/data-dir.ts';
import { writeFileAtomic } from '../instance/atomic-file.ts';
import type { InstanceSettings } from '../instance/settings.ts';
import { openStore } from '../store/open-store.ts';
import { checkVacant } from '../store/store-owner.ts';
import { signFirstBins } from './first-bins.ts';
import { keyNames, openOrCreateKey } from './key-files.ts';
import { binsDocument, offlineLifetimeMs, onlineLifetimeMs, rootDocument, targetsDocument } from './roles.ts';

export interface CeremonyParts {
  readonly data: DataDir;
  readonly settings: InstanceSettings;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly database: TransactionalSql;
  readonly progress: (done: number, total: number) => void;
}

/**
 * The development ceremony: every key on this machine, loudly so. It can be stopped anywhere and run again:
 * what is stored already is kept when it is the same, and the record in the database comes last.
 * @throws SupervisorError `store.foreign`: the store is not ours to fill; StorageError
 */
export async function holdCeremony(parts: CeremonyParts): Promise<void> {
  const { data, settings, randomness } = parts;
  const open = (name: string): Promise<Signer> => openOrCreateKey(data, name, randomness);
  const [root, targets, bins] = await Promise.all([
    Promise.all(keyNames.root.map(open)),
    Promise.all(keyNames.targets.map(open)),
    Promise.all(keyNames.bins.map(open)),
  ]);
  const online = await open(keyNames.online);
  const bin = await open(keyNames.bin);
  await writeTrustedGrantKeys(data, await open(keyNames.grant), await open(keyNames.operator));

  const { store, close } = await openStore(settings.store);
  try {
    const begun = await checkVacant(
      store,
      settings.store,
      root.map(({ keyId }) => keyId),
    );
    const nowMs = startedAt(begun, parts.clock);
    const keys = {
      root: root.map(({ key }) => key),
      targets: targets.map(({ key }) => key),
      bins: bins.map(({ key }) => key),
      online: online.key,
      bin: bin.key,
    };
    // First of all: by it an interrupted ceremony knows what it left behind.
    const rootKey = await put(store, 'root', rootDocument(keys, nowMs), root.slice(0, 2));
    await keepRoot(store, rootKey, data.rootFile(settings.store));
    const keysWritten = [
      rootKey,
      await put(store, 'targets', targetsDocument(keys, nowMs), targets),
      await put(store, 'bins', binsDocument(keys, settings, nowMs), bins),
    ];
    const first = await signFirstBins(parts, nowMs);
    const record = await publishFirst(parts, store, online, nowMs, first, keysWritten);
    await recordCeremony(parts.database, record);
  } finally {
    await close();
  }
}

/** A ceremony that is run again signs the same dates, so that its bytes are the same. */
function startedAt(begun: Root | null, clock: Clock): number {
  if (begun === null) return Math.floor(clock.nowMs() / 1000) * 1000;
  return begun.expiresMs - offlineLifetimeMs;
}

/** A store that is no folder keeps the root where nobody on this machine could open it as a file. */
async function keepRoot(store: ObjectStore, key: string, rootFile: string): Promise<void> {
  if (existsSync(rootFile)) return;
  const stored = await store.get(key, maxRootBytes);
  writeFileAtomic(rootFile, stored!.bytes, 0o644);
}

async function put(
  store: ObjectStore,
  role: string,
  document: JsonObject,
  signers: readonly Signer[],
): Promise<string> {
  const signed = canonicalBytes(document);
  const signatures = await Promise.all(signers.map((signer) => signer.sign(signed)));
  const key = metadataKey(role, 1);
  await store.putNew(key, joinMetadata(signed, signatures));
  return key;
}

async function publishFirst(
  { settings }: CeremonyParts,
  store: ObjectStore,
  online: Signer,
  nowMs: number,
  first: CeremonyRecord['bins'],
  keysWritten: readonly string[],
): Promise<CeremonyRecord> {
  const versions = Float64Array.from({ length: settings.bins }, (_, i) => binVersion(1, i));
  const vector = new SnapshotVector(bitLengthOf(settings.bins), versions, 1, 1);
  const expiresMs = nowMs + onlineLifetimeMs;
  const snapshot = onlineSnapshot(vector, 1, toTufDate(expiresMs));
  const snapshotFile = joinMetadata(snapshot, [await online.sign(snapshot)]);
  await store.putNew(metadataKey('snapshot', 1), snapshotFile);
  await store.sync([...keysWritten, metadataKey('snapshot', 1)]);
  const timestamp = onlineTimestamp(1, toTufDate(expiresMs), {
    version: 1,
    length: snapshotFile.length,
    sha256: hashHex('sha256', snapshotFile),
  });
  const timestampFile = joinMetadata(timestamp, [await online.sign(timestamp)]);
  const existing = await store.get(timestampKey, 16_384);
  if (existing === null) await store.replaceIf(timestampKey, timestampFile, null);
  return {
    timestampSha256: hashHex('sha256', timestampFile),
    bins: first,
    roles: [
      { name: 'root', version: 1, expiresMs: nowMs + offlineLifetimeMs },
      { name: 'targets', version: 1, expiresMs: nowMs + offlineLifetimeMs },
      { name: 'bins', version: 1, expiresMs: nowMs + offlineLifetimeMs },
      { name: 'snapshot', version: 1, expiresMs },
      { name: 'timestamp', version: 1, expiresMs },
    ],
  };
}

/** The keys whose grants the signer believes: pinned in a file, never fetched. */
async function writeTrustedGrantKeys(data: DataDir, auth: Signer, operator: Signer): Promise<void> {
  if (existsSync(data.grantKeysFile)) return;
  const keys = [
    { issuer: 'auth', key: auth.key },
    { issuer: 'operator', key: operator.key },
  ];
  writeFileAtomic(data.grantKeysFile, `${JSON.stringify({ keys }, null, 2)}\n`, 0o644);
}
