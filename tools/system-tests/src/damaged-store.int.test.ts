import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPool } from '@rind/database';
import type { Pool } from '@rind/database';
import type { TargetPath } from '@rind/kernel';
import { parseTimestamp } from '@rind/metadata';
import { binIndexOf, binName, splitBinVersion } from '@rind/repository';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningInstance } from './instance.ts';
import { jsonLines, rind } from './rind-command.ts';
import { updaterOf } from './refreshing-clients.ts';
import type { ClientMemory } from './refreshing-clients.ts';
import { readSignedOutput } from './signed-output.ts';
import { publish } from './uploads.ts';

const bits = 6;
const projects = ['amber', 'birch', 'cedar'];
/** Quick rounds, so that damage that nobody builds upon is met soon. */
const env = { RIND_RECONCILE_INTERVAL_MS: '100' };

let dataDir: string;
let instance: RunningInstance;
let owner: Pool;
/** One client through all of it: whatever is repaired must not look like going back to it. */
const memory: ClientMemory = new Map();
let bootstrapRoot: Uint8Array;
/** Target path → SHA-256 of everything that was ever signed. */
const signed = new Map<string, string>();

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'rind-damaged-'));
  await start();
  bootstrapRoot = readFileSync(instance.file.root);
  for (const project of projects) await add(project, '1.0');
});
afterAll(async () => {
  await owner?.close();
  await instance?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(): Promise<void> {
  instance = await RunningInstance.start({ dataDir, args: ['--bins', String(2 ** bits)], env });
  const { database } = JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')) as {
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

const metadata = (name: string): string => join(dataDir, 'store', 'metadata', name);
const binOf = (path: string): string => binName(binIndexOf(path, bits), bits);

function served(): { timestamp: number; snapshot: number } {
  const { version, snapshotMeta } = parseTimestamp(readFileSync(metadata('timestamp.json'))).signed;
  return { timestamp: version, snapshot: snapshotMeta.version };
}

/** Versions of a role in the store, oldest first. */
function versionsOf(role: string): number[] {
  return readdirSync(metadata(''))
    .flatMap((name) => new RegExp(`^([0-9]+)\\.${role}\\.json$`).exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

type Harm = (path: string, older: string | null) => void;

/** What can become of a file, none of it by the hand of Rind. */
const harms: Readonly<Record<string, Harm>> = {
  'has other bytes': (path) => replace(path, flipped(readFileSync(path))),
  'is cut short': (path) => replace(path, readFileSync(path).subarray(0, -40)),
  'is empty': (path) => replace(path, new Uint8Array()),
  'is missing': (path) => rmSync(path),
  'is an older one': (path, older) => replace(path, readFileSync(older!)),
};

/** Never in place: an inode may have other names. */
function replace(path: string, bytes: Uint8Array): void {
  const kept = Uint8Array.from(bytes);
  rmSync(path);
  writeFileSync(path, kept);
}

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const middle = Math.floor(copy.length / 2);
  copy[middle] = copy[middle]! ^ 1;
  return copy;
}

/** Waits until something newer is served, whatever lies there now. */
function moved(from: { timestamp: number }): Promise<void> {
  const isNewer = (): boolean => {
    try {
      return served().timestamp > from.timestamp;
    } catch {
      return false;
    }
  };
  return instance.until('a newer timestamp', isNewer, 60_000);
}

/** What is damaged and not named any more: an auditor would take it for a part of the history. */
function forget(name: string): void {
  rmSync(metadata(name), { force: true });
}

async function alarmed(target: string): Promise<boolean> {
  const { rows } = await owner.query(
    `SELECT 1 FROM signer.audit WHERE event = 'store.corrupt' AND target = $1`,
    [target],
  );
  return rows.length > 0;
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
  const packages = [...readSignedOutput(join(dataDir, 'store')).targets].filter(([path]) =>
    path.startsWith('packages/'),
  );
  expect(new Map(packages)).toEqual(signed);
  const check = await rind(['fsck', '--data', dataDir, '--targets', 'all', '--database', '--json']);
  const { findings } = jsonLines(check)[0] as { findings: { severity: string }[] };
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
}

const timeout = 120_000;

describe('while the signer runs', () => {
  describe.each(Object.keys(harms))('a bin that %s', (harm) => {
    it(
      'is reported and made anew from grants, though nothing is to be signed in it',
      { timeout },
      async () => {
        const path = `packages/${projects[0]!}/${projects[0]!}-1.0.tar.gz`;
        const role = binOf(path);
        const versions = versionsOf(role);
        const version = versions.at(-1)!;
        harms[harm]!(metadata(`${version}.${role}.json`), metadata(`${versions[0]!}.${role}.json`));
        await instance.until('a new bin', () => versionsOf(role).at(-1)! > version, 60_000);
        const next = versionsOf(role).at(-1)!;
        expect(splitBinVersion(next).index).toBe(binIndexOf(path, bits));
        await instance.until('it is served', () => {
          const text = readFileSync(metadata(`${served().snapshot}.snapshot.json`), 'utf8');
          return text.includes(`"${role}.json":{"version":${next}}`);
        });
        expect(await alarmed(`metadata/${version}.${role}.json`)).toBe(true);
        await expectHealthy();
      },
    );
  });

  it(
    'a bin is repaired before it is built upon, and the upload that met it is published',
    { timeout },
    async () => {
      const project = projects[1]!;
      const role = binOf(`packages/${project}/${project}-1.1.tar.gz`);
      const version = versionsOf(role).at(-1)!;
      rmSync(metadata(`${version}.${role}.json`));
      await add(project, '1.1');
      expect(await alarmed(`metadata/${version}.${role}.json`)).toBe(true);
      await expectHealthy();
    },
  );

  it.each(['has other bytes', 'is missing'])('a page that %s is made anew', { timeout }, async (harm) => {
    const project = projects[2]!;
    const target = `simple/${project}/index.json`;
    const sha256 = readSignedOutput(join(dataDir, 'store')).targets.get(target)!;
    const key = `targets/simple/${project}/${sha256}.index.json`;
    const before = versionsOf(binOf(target)).at(-1)!;
    harms[harm]!(join(dataDir, 'store', key), null);
    await instance.until('its bin is new', () => versionsOf(binOf(target)).at(-1)! > before, 60_000);
    await instance.until('all is well', async () => {
      const { targets } = readSignedOutput(join(dataDir, 'store'));
      const now = `targets/simple/${project}/${targets.get(target)!}.index.json`;
      // What is corrupt stays where it is, and is named no more.
      return harm === 'is missing' ? now === key : now !== key;
    });
    expect(await alarmed(key)).toBe(true);
    await expectHealthy();
  });

  it.each(['has other bytes', 'is missing'])('a snapshot that %s is replaced', { timeout }, async (harm) => {
    const { snapshot } = served();
    harms[harm]!(metadata(`${snapshot}.snapshot.json`), null);
    await instance.until('a new snapshot', () => served().snapshot > snapshot, 60_000);
    forget(`${snapshot}.snapshot.json`);
    expect(await alarmed(`metadata/${snapshot}.snapshot.json`)).toBe(true);
    await expectHealthy();
  });

  it(
    'a timestamp that has other bytes ends the writer, and the next one repairs it',
    { timeout },
    async () => {
      const last = served();
      const writer = instance.file.processes.signer[0];
      harms['has other bytes']!(metadata('timestamp.json'), null);
      await moved(last);
      await instance.ready();
      expect(instance.file.processes.signer[0]).not.toBe(writer);
      expect(await alarmed('metadata/timestamp.json')).toBe(true);
      await expectHealthy();
    },
  );
});

describe('at a take-over', () => {
  let oldTimestamp: Uint8Array;

  it.each([
    ['a timestamp that has other bytes', 'timestamp', 'has other bytes'],
    ['a timestamp that is empty', 'timestamp', 'is empty'],
    ['a timestamp that is missing', 'timestamp', 'is missing'],
    ['a snapshot that has other bytes', 'snapshot', 'has other bytes'],
    ['a snapshot that is cut short', 'snapshot', 'is cut short'],
    ['a snapshot that is missing', 'snapshot', 'is missing'],
    ['a snapshot that is an older one', 'snapshot', 'is an older one'],
  ])('%s is made anew above all that was served', { timeout }, async (_what, role, harm) => {
    const before = served();
    oldTimestamp ??= Uint8Array.from(readFileSync(metadata('timestamp.json')));
    await add(projects[0]!, `2.${signed.size}`);
    await stop();
    const last = served();
    const older = role === 'snapshot' ? metadata(`${before.snapshot}.snapshot.json`) : null;
    const name = role === 'snapshot' ? `${last.snapshot}.snapshot.json` : 'timestamp.json';
    harms[harm]!(metadata(name), older);
    await start();
    await moved(last);
    if (role === 'snapshot') forget(name);
    expect(served().snapshot).toBeGreaterThan(last.snapshot);
    expect(await alarmed(`metadata/${name}`)).toBe(true);
    await expectHealthy();
  });

  it(
    'with timestamp, snapshot and every third bin gone, all that was granted is there again',
    { timeout },
    async () => {
      await stop();
      const last = served();
      rmSync(metadata('timestamp.json'));
      rmSync(metadata(`${last.snapshot}.snapshot.json`));
      const bins = Array.from({ length: 2 ** bits }, (_, idx) => binName(idx, bits));
      for (const role of bins.filter((_, i) => i % 3 === 0)) {
        rmSync(metadata(`${versionsOf(role).at(-1)!}.${role}.json`));
      }
      await start();
      await moved(last);
      await expectHealthy();
    },
  );

  it('an older timestamp whose snapshot is gone leads to the last committed state', { timeout }, async () => {
    await stop();
    const last = served();
    replace(metadata('timestamp.json'), oldTimestamp);
    rmSync(metadata(`${served().snapshot}.snapshot.json`));
    await start();
    await moved(last);
    await expectHealthy();
  });
});

describe('what grants do not prove', () => {
  it('is not signed: a bin stays damaged, with an alarm, and the others go on', { timeout }, async () => {
    const project = projects[1]!;
    const path = `packages/${project}/${project}-1.0.tar.gz`;
    const role = binOf(path);
    await owner.query(
      `UPDATE signer.applied_grant SET envelope = set_byte(envelope, 60, get_byte(envelope, 60) # 1)
        WHERE target_path = $1`,
      [path],
    );
    const version = versionsOf(role).at(-1)!;
    rmSync(metadata(`${version}.${role}.json`));
    await instance.until('the alarm', async () => {
      const { rows } = await owner.query(
        `SELECT 1 FROM signer.audit WHERE event = 'repair.refused' AND target = $1`,
        [role],
      );
      return rows.length > 0;
    });
    // A project that touches another bin, with its file and with its page.
    const elsewhere = Array.from({ length: 50 }, (_, i) => `other-${i}`).find(
      (name) =>
        binOf(`packages/${name}/${name.replaceAll('-', '_')}-1.0.tar.gz`) !== role &&
        binOf(`simple/${name}/index.json`) !== role,
    )!;
    await add(elsewhere, '1.0');
    expect(versionsOf(role)).not.toContain(version);
    expect(versionsOf(role).filter((each) => each > version)).toEqual([]);
  });
});
