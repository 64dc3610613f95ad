import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashHex } from '@rind/crypto';
import { toTufDate } from '@rind/kernel';
import { joinMetadata, parseSnapshot, parseTargets, parseTimestamp } from '@rind/metadata';
import {
  emptyBin,
  metadataKey,
  onlineSnapshot,
  onlineTimestamp,
  SnapshotVector,
  timestampKey,
} from '@rind/repository';
import { openKeyFile } from '@rind/signers-file';
import { afterEach, expect, it } from 'vitest';
import type { RunningInstance } from './instance.ts';
import { updaterOf } from './refreshing-clients.ts';
import type { ClientMemory } from './refreshing-clients.ts';
import { jsonLines } from './rind-command.ts';
import { Site } from './site.ts';
import type { StoreKind } from './site.ts';
import { readObject } from './stored-objects.ts';
import { publish } from './uploads.ts';

const far = 2 ** 31;
const bitLength = 6;

let site: Site | undefined;
let instance: RunningInstance | undefined;

afterEach(async () => {
  await instance?.stop();
  await site?.destroy();
});

/** Publishes versions far ahead of timestamp, snapshot and bin 0, with stolen keys and the rights to the store. */
async function fastForward({ dataDir, objects: { store } }: Site): Promise<void> {
  const passphrase = readFileSync(join(dataDir, 'keys', 'passphrase'), 'utf8').trim();
  const key = (name: string) =>
    openKeyFile({ path: join(dataDir, 'keys', 'online', `${name}.pem`), passphrase });
  const [online, bin] = [await key('snapshot-timestamp'), await key('bin-n')];
  const timestamp = (await store.get(timestampKey, 16_384))!;
  const { snapshotMeta, expiresMs } = parseTimestamp(timestamp.bytes).signed;
  const old = parseSnapshot((await store.get(metadataKey('snapshot', snapshotMeta.version), 1e6))!.bytes);
  const read = SnapshotVector.fromSnapshot(bitLength, (name) => old.signed.meta.get(name)?.version);
  if ('missing' in read) throw new Error(read.missing);
  const date = toTufDate(expiresMs);
  const binBytes = emptyBin({ role: 'bin-00', version: far, expires: date }, '1.0.34');
  await store.putNew(metadataKey('bin-00', far), joinMetadata(binBytes, [await bin.sign(binBytes)]));
  const snapshot = onlineSnapshot(read.vector.with(new Map([[0, far]])), far, date);
  const snapshotFile = joinMetadata(snapshot, [await online.sign(snapshot)]);
  await store.putNew(metadataKey('snapshot', far), snapshotFile);
  const sha256 = hashHex('sha256', snapshotFile);
  const next = onlineTimestamp(far, date, { version: far, length: snapshotFile.length, sha256 });
  await store.replaceIf(timestampKey, joinMetadata(next, [await online.sign(next)]), timestamp.tag);
}

const versionIn = (memory: ClientMemory): number => parseTimestamp(memory.get('timestamp')!).signed.version;

/** What must hold after a fast-forward attack on either store. */
export function describeFastForward(kind: StoreKind): void {
  it(
    `on ${kind}, clients that saw versions far ahead are healthy again after new keys, and versions go on from the database’s`,
    { timeout: 600_000 },
    async () => {
      const { objects } = (site = await Site.create(kind));
      instance = await site.start({ RIND_CEREMONY_POLL_MS: '100' });
      const { file } = instance;
      const bootstrap = readFileSync(file.root);
      const { targetPath } = await publish(file, 'before', '1.0');
      const memory: ClientMemory = new Map();
      await updaterOf(file, memory, bootstrap).refresh();
      const before = versionIn(memory);

      await fastForward(site);
      const seeing = updaterOf(file, memory, bootstrap);
      await seeing.refresh();
      expect(versionIn(memory)).toBe(far);

      // The signer finds out with its next publication, and refuses to go on.
      const refused = /writer\.refused/;
      await Promise.all([
        instance.until('the signer refuses', () => refused.test(instance!.log('signer')), 90_000),
        publish(file, 'during', '1.0').catch(() => {}),
      ]);

      const recovered = await site.rind('recover', 'fast-forward');
      expect([recovered.exitCode, jsonLines(recovered)], recovered.stderr).toEqual([
        0,
        [{ recovered: true, root: 2 }],
      ]);
      await instance.ready();
      const after = await publish(file, 'after', '1.0');

      const client = updaterOf(file, memory, bootstrap);
      await client.refresh();
      expect(versionIn(memory)).toBeGreaterThan(before);
      expect(versionIn(memory)).toBeLessThan(far);
      for (const path of [targetPath, after.targetPath]) {
        expect(await client.findTarget(path), path).not.toBeNull();
      }
      const fresh = updaterOf(file, new Map(), bootstrap);
      await fresh.refresh();
      expect(await fresh.findTarget(after.targetPath)).not.toBeNull();
      const snapshot = parseSnapshot(memory.get('snapshot')!).signed;
      expect(snapshot.meta.get('bin-00.json')!.version).toBeLessThan(far);
      const served = metadataKey('bin-00', snapshot.meta.get('bin-00.json')!.version);
      expect(parseTargets(await readObject(objects, served)).signed.roleName).toBe('bin-00');
      const events = jsonLines(await site.rind('audit', '--event', 'store.disowned'));
      expect(events).toMatchObject([{ target: metadataKey('timestamp', far), detail: { stored: far } }]);
    },
  );
}
