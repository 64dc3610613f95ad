import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPool } from '@rind/database';
import type { Pool } from '@rind/database';
import type { TargetPath } from '@rind/kernel';
import { parseTimestamp } from '@rind/metadata';
import { binIndexOf, binName, splitBinVersion } from '@rind/repository';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningInstance } from './instance.ts';
import { jsonLines } from './rind-command.ts';
import { updaterOf } from './refreshing-clients.ts';
import type { ClientMemory } from './refreshing-clients.ts';
import { storedSignedOutput } from './signed-output.ts';
import { Site } from './site.ts';
import type { StoreKind } from './site.ts';
import { readObject } from './stored-objects.ts';
import { publish } from './uploads.ts';

const bits = 6;
const projects = ['amber', 'birch', 'cedar'];
/** Quick rounds, so that damage that nobody builds upon is met soon. */
const env = { RIND_RECONCILE_INTERVAL_MS: '100' };

let site: Site;
let instance: RunningInstance;
let owner: Pool;
/** One client through all of it: whatever is repaired must not look like going back to it. */
let memory: ClientMemory;
let bootstrapRoot: Uint8Array;
/** Target path → SHA-256 of everything that was ever signed. */
let signed: Map<string, string>;

async function begin(kind: StoreKind): Promise<void> {
  memory = new Map();
  signed = new Map();
  site = await Site.create(kind);
  await start();
  bootstrapRoot = readFileSync(instance.file.root);
  for (const project of projects) await add(project, '1.0');
}

async function end(): Promise<void> {
  await owner?.close();
  await instance?.stop();
  await site?.destroy();
}

async function start(): Promise<void> {
  instance = await site.start(env);
  const { database } = JSON.parse(readFileSync(join(site.dataDir, 'secrets.json'), 'utf8')) as {
    database: { owner: string };
  };
  const url = new URL(instance.file.db.warehouse);
  url.username = 'rind_owner';
  url.password = database.owner;
  owner = openPool(url.href, { max: 1, name: 'damage' });
}

async function stop(): Promise<void> {
  await owner.close();
  await instance.stop();
}

async function add(project: string, version: string): Promise<void> {
  const { targetPath, sha256 } = await publish(instance.file, project, version);
  signed.set(targetPath, sha256);
}

const metadata = (name: string): string => `metadata/${name}`;
const read = (key: string): Promise<Uint8Array> => readObject(site.objects, key);
const binOf = (path: string): string => binName(binIndexOf(path, bits), bits);

async function served(): Promise<{ timestamp: number; snapshot: number }> {
  const { version, snapshotMeta } = parseTimestamp(await read(metadata('timestamp.json'))).signed;
  return { timestamp: version, snapshot: snapshotMeta.version };
}

/** Versions of a role in the store, oldest first. */
async function versionsOf(role: string): Promise<number[]> {
  const pattern = new RegExp(`^([0-9]+)\\.${role}\\.json$`);
  return (await site.objects.names('metadata'))
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

async function newestOf(role: string): Promise<number> {
  return (await versionsOf(role)).at(-1)!;
}

/** What can become of an object, none of it by the hand of Rind. */
export const harms = [
  'has other bytes',
  'is cut short',
  'is empty',
  'is missing',
  'is an older one',
] as const;
export type Harm = (typeof harms)[number];

/** @param older what takes its place */
async function damage(key: string, harm: Harm, older?: Uint8Array): Promise<void> {
  if (harm === 'is missing') return site.objects.remove(key);
  const bytes = await read(key);
  const others: Readonly<Record<typeof harm, () => Uint8Array>> = {
    'has other bytes': () => flipped(bytes),
    'is cut short': () => bytes.subarray(0, -40),
    'is empty': () => new Uint8Array(),
    'is an older one': () => older!,
  };
  await site.objects.overwrite(key, others[harm]());
}

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const middle = Math.floor(copy.length / 2);
  copy[middle] = copy[middle]! ^ 1;
  return copy;
}

/** Waits until something newer is served, whatever lies there now. */
function moved(from: { timestamp: number }): Promise<void> {
  const isNewer = async (): Promise<boolean> => {
    try {
      return (await served()).timestamp > from.timestamp;
    } catch {
      return false;
    }
  };
  return instance.until('a newer timestamp', isNewer, 60_000);
}

/** What is damaged and not named any more: an auditor would take it for a part of the history. */
async function forget(name: string): Promise<void> {
  await site.objects.remove(metadata(name));
}

/** How often it was reported. */
async function alarms(target: string, event = 'store.corrupt'): Promise<number> {
  const { rows } = await owner.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM signer.audit WHERE event = $1 AND target = $2`,
    [event, target],
  );
  return rows[0]!.count;
}

async function alarmed(target: string, event?: string): Promise<boolean> {
  return (await alarms(target, event)) > 0;
}

/** The client that was there all the time, and one that is new, find and download everything. */
async function expectHealthy(): Promise<void> {
  for (const remembered of [memory, new Map() as ClientMemory]) {
    const updater = updaterOf(instance.file, remembered, bootstrapRoot);
    await updater.refresh();
    for (const [path, sha256] of signed) {
      const target = await updater.findTarget(path as TargetPath);
      expect(target?.hashes.get('sha256')).toBe(sha256);
    }
  }
  const { targets } = await storedSignedOutput(site.objects);
  const packages = [...targets].filter(([path]) => path.startsWith('packages/'));
  expect(new Map(packages)).toEqual(signed);
  const check = await site.rind('fsck', '--targets', 'all', '--database');
  const { findings } = jsonLines(check)[0] as { findings: { severity: string }[] };
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
}

const timeout = 120_000;

/** The kinds that are tried, of all that there are: each costs some seconds. */
export interface DamageKinds {
  readonly bins: readonly Harm[];
  readonly pages: readonly Harm[];
  readonly snapshots: readonly Harm[];
  /** While nobody runs. An older timestamp is no damage, and always tried. */
  readonly between: {
    readonly timestamps: readonly Exclude<Harm, 'is an older one'>[];
    readonly snapshots: readonly Harm[];
  };
}

/** What must hold of a damaged store of either kind. */
export function describeDamage(kind: StoreKind, kinds: DamageKinds): void {
  describe(`a damaged store in ${kind}`, { timeout }, () => {
    beforeAll(() => begin(kind));
    afterAll(end);

    describeDamageWhileRunning(kinds);
    describeDamageBetween(kinds);
  });
}

function describeDamageWhileRunning({ bins, pages, snapshots }: DamageKinds): void {
  it.each(bins)(
    'a bin that %s is made anew from grants, though nothing is to be signed in it',
    async (harm) => {
      const path = `packages/${projects[0]!}/${projects[0]!}-1.0.tar.gz`;
      const role = binOf(path);
      const versions = await versionsOf(role);
      const version = versions.at(-1)!;
      await damage(
        metadata(`${version}.${role}.json`),
        harm,
        await read(metadata(`${versions[0]!}.${role}.json`)),
      );
      await instance.until('a new bin', async () => (await newestOf(role)) > version, 60_000);
      const next = await newestOf(role);
      expect(splitBinVersion(next).index).toBe(binIndexOf(path, bits));
      await instance.until('it is served', async () => {
        const snapshot = await read(metadata(`${(await served()).snapshot}.snapshot.json`));
        return new TextDecoder().decode(snapshot).includes(`"${role}.json":{"version":${next}}`);
      });
      expect(await alarmed(metadata(`${version}.${role}.json`))).toBe(true);
      await expectHealthy();
    },
  );

  it('a bin is repaired before it is built upon, and the upload that met it is published', async () => {
    const project = projects[1]!;
    const role = binOf(`packages/${project}/${project}-1.1.tar.gz`);
    const key = metadata(`${await newestOf(role)}.${role}.json`);
    await damage(key, 'is missing');
    await add(project, '1.1');
    expect(await alarmed(key)).toBe(true);
    await expectHealthy();
  });

  it.each(pages)('a page that %s is made anew', async (harm) => {
    const project = projects[2]!;
    const target = `simple/${project}/index.json`;
    const keyOf = async (): Promise<string> =>
      `targets/simple/${project}/${(await storedSignedOutput(site.objects)).targets.get(target)!}.index.json`;
    const key = await keyOf();
    const before = await newestOf(binOf(target));
    await damage(key, harm);
    await instance.until('its bin is new', async () => (await newestOf(binOf(target))) > before, 60_000);
    // What is corrupt stays where it is, and is named no more.
    await instance.until('all is well', async () =>
      harm === 'is missing' ? (await keyOf()) === key : (await keyOf()) !== key,
    );
    expect(await alarmed(key)).toBe(true);
    await expectHealthy();
  });

  it.each(snapshots)('a snapshot that %s is replaced', async (harm) => {
    const { snapshot } = await served();
    await damage(metadata(`${snapshot}.snapshot.json`), harm);
    await instance.until('a new snapshot', async () => (await served()).snapshot > snapshot, 60_000);
    await forget(`${snapshot}.snapshot.json`);
    expect(await alarmed(metadata(`${snapshot}.snapshot.json`))).toBe(true);
    await expectHealthy();
  });

  it('a timestamp that has other bytes ends the writer, and the next one repairs it', async () => {
    const last = await served();
    const writer = instance.file.processes.signer[0];
    await damage(metadata('timestamp.json'), 'has other bytes');
    await moved(last);
    await instance.ready();
    expect(instance.file.processes.signer[0]).not.toBe(writer);
    expect(await alarmed(metadata('timestamp.json'))).toBe(true);
    await expectHealthy();
  });
}

/** Found at the take-over of the next signer. */
function describeDamageBetween({ between }: DamageKinds): void {
  const cases = [
    ...between.timestamps.map((harm) => ({ role: 'timestamp', harm })),
    ...between.snapshots.map((harm) => ({ role: 'snapshot', harm })),
  ];
  it.each(cases)('a $role that $harm is made anew above all that was served', async ({ role, harm }) => {
    const before = await served();
    const nameOf = ({ snapshot }: typeof before): string =>
      role === 'snapshot' ? `${snapshot}.snapshot.json` : 'timestamp.json';
    const older = await read(metadata(nameOf(before)));
    await add(projects[0]!, `2.${signed.size}`);
    const earlier = role === 'timestamp' ? await alarms(metadata('timestamp.json')) : 0;
    await stop();
    const last = await served();
    await damage(metadata(nameOf(last)), harm, older);
    await start();
    await moved(last);
    if (role === 'snapshot') await forget(nameOf(last));
    expect((await served()).snapshot).toBeGreaterThan(last.snapshot);
    expect(await alarms(metadata(nameOf(last)))).toBeGreaterThan(earlier);
    await expectHealthy();
  });

  it('with timestamp, snapshot and every third bin gone, all that was granted is there again', async () => {
    await stop();
    const last = await served();
    await damage(metadata('timestamp.json'), 'is missing');
    await damage(metadata(`${last.snapshot}.snapshot.json`), 'is missing');
    const bins = Array.from({ length: 2 ** bits }, (_, idx) => binName(idx, bits));
    for (const role of bins.filter((_, i) => i % 3 === 0)) {
      await damage(metadata(`${await newestOf(role)}.${role}.json`), 'is missing');
    }
    await start();
    await moved(last);
    await expectHealthy();
  });

  it.each(['there', 'gone'])(
    'an older timestamp whose snapshot is %s leads to the last committed state',
    async (snapshot) => {
      const before = await served();
      const older = await read(metadata('timestamp.json'));
      await add(projects[0]!, `3.${signed.size}`);
      await stop();
      const last = await served();
      await damage(metadata('timestamp.json'), 'is an older one', older);
      if (snapshot === 'gone') await damage(metadata(`${before.snapshot}.snapshot.json`), 'is missing');
      await start();
      await moved(last);
      // Sound, but not the last one: that alone is what can be said of it.
      const isOlder = await alarmed(metadata(`${before.timestamp}.timestamp.json`), 'store.older');
      expect(isOlder).toBe(snapshot === 'there');
      await expectHealthy();
    },
  );
}

/** What does not depend on the store. */
export function describeUnprovableDamage(): void {
  describe('what grants do not prove', { timeout }, () => {
    beforeAll(() => begin('fs'));
    afterAll(end);

    it('is not signed: a bin stays damaged, with an alarm, and the others go on', async () => {
      const project = projects[1]!;
      const path = `packages/${project}/${project}-1.0.tar.gz`;
      const role = binOf(path);
      await owner.query(
        `UPDATE signer.applied_grant SET envelope = set_byte(envelope, 60, get_byte(envelope, 60) # 1)
          WHERE target_path = $1`,
        [path],
      );
      const version = await newestOf(role);
      await damage(metadata(`${version}.${role}.json`), 'is missing');
      await instance.until('the alarm', () => alarmed(role, 'repair.refused'));
      // A project that touches another bin, with its file and with its page.
      const elsewhere = Array.from({ length: 50 }, (_, i) => `other-${i}`).find(
        (name) =>
          binOf(`packages/${name}/${name.replaceAll('-', '_')}-1.0.tar.gz`) !== role &&
          binOf(`simple/${name}/index.json`) !== role,
      )!;
      await add(elsewhere, '1.0');
      const left = await versionsOf(role);
      expect(left).not.toContain(version);
      expect(left.filter((each) => each > version)).toEqual([]);
    });
  });
}
