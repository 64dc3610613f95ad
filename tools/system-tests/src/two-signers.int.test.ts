import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Updater } from '@rind/client';
import { HttpFetcher } from '@rind/client-node';
import type { MetadataStore } from '@rind/client-port';
import { formatCheckpointSpec } from '@rind/crash-points';
import type { CheckpointSpec } from '@rind/crash-points';
import { openPool } from '@rind/database';
import { systemClock } from '@rind/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningInstance } from './instance.ts';
import { readSignedOutput } from './signed-output.ts';
import { Traps } from './traps.ts';
import { publish, receiptOf, upload } from './uploads.ts';

/** Points that the very first act of a writer passes as well: the one that counts is the second passing. */
const passedByTakeover = [
  'before-open',
  'after-open',
  'after-pages',
  'after-bins',
  'after-sync',
  'before-prepare',
  'after-prepare',
  'before-swap',
  'store.sync.done',
  'store.replace.prepared',
  'store.replace.claimed',
  'store.replace.durable',
  'store.replace.compared',
  'store.replace.visible',
  'after-swap',
  'before-close',
  'after-close',
] as const;
const passedByBatchOnly = [
  'batch-taken',
  'snapshot-signed',
  'after-snapshot',
  'store.put.written',
  'store.put.linked',
] as const;
const passedAtStart = ['lease-taken', 'takeover-decided'] as const;

type Case = CheckpointSpec & { readonly text: string };

const ofSigner = (point: string, passing: number, orLater: boolean): Case => {
  const spec = { process: 'signer', point, passing, orLater };
  return { ...spec, text: formatCheckpointSpec(spec) };
};
const cases: readonly Case[] = [
  ...passedByTakeover.map((point) => ofSigner(point, 2, true)),
  ...passedByBatchOnly.map((point) => ofSigner(point, 1, true)),
  // Once in the life of a signer.
  ...passedAtStart.map((point) => ofSigner(point, 1, false)),
];

function isStopped(pid: number | null): boolean {
  if (pid === null) return false;
  try {
    return execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('T');
  } catch {
    return false;
  }
}

/** Two readers that never pause: the file itself, which must never go back, and a client, which must never fail. */
class Watcher {
  readonly versions: number[] = [];
  readonly failures: unknown[] = [];
  refreshes = 0;
  private running = true;
  private readonly loops: Promise<void>[];

  constructor(file: RunningInstance['file']) {
    this.loops = [
      this.watchFile(join(file.store.path, 'metadata', 'timestamp.json')),
      this.watchClient(file),
    ];
  }

  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.loops);
  }

  private async watchFile(path: string): Promise<void> {
    while (this.running) {
      this.versions.push(
        (JSON.parse(readFileSync(path, 'utf8')) as { signed: { version: number } }).signed.version,
      );
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  }

  private async watchClient(file: RunningInstance['file']): Promise<void> {
    const memory = new Map<string, Uint8Array>();
    const store: MetadataStore = {
      read: async (role) => memory.get(role) ?? null,
      write: async (role, bytes) => void memory.set(role, bytes),
      delete: async (role) => void memory.delete(role),
    };
    while (this.running) {
      try {
        const updater = new Updater({
          fetcher: new HttpFetcher({ retry: { retries: 0 } }),
          store,
          clock: systemClock(),
          metadataUrl: file.metadata,
          targetsUrl: file.targets,
          bootstrapRoot: readFileSync(file.root),
        });
        await updater.refresh();
        this.refreshes++;
      } catch (error) {
        this.failures.push(error);
      }
    }
  }
}

/** An instance, and readers of it, while its writers are stopped at one point after the other. */
class Lane {
  private readonly instance: RunningInstance;
  private readonly traps: Traps<Case>;
  private readonly watcher: Watcher;
  private published = 0;

  private constructor(instance: RunningInstance, traps: Traps<Case>) {
    this.instance = instance;
    this.traps = traps;
    this.watcher = new Watcher(instance.file);
  }

  static async start(all: readonly Case[]): Promise<Lane> {
    const dataDir = mkdtempSync(join(tmpdir(), 'rind-two-signers-'));
    const traps = new Traps('stop', all, dataDir);
    const args = ['--bins', '64', '--signers', '2'];
    const env = { ...traps.env, RIND_LEASE_TTL_MS: '1500' };
    return new Lane(await RunningInstance.start({ dataDir, args, env }), traps);
  }

  async end(): Promise<void> {
    await this.watcher.stop();
    await this.instance.destroy();
  }

  async stopAt(point: Case): Promise<void> {
    const { instance, traps, watcher } = this;
    const { file } = instance;
    await instance.until('both signers are up', async () => (await this.healthySigners()) === 2);
    const earlierRefreshes = watcher.refreshes;
    const names = [1, 2, 3].map(() => `project-${++this.published}`);
    traps.release(point);
    if (passedAtStart.some((each) => each === point.point)) await this.endWriter();
    const accepted = await upload(file, names[0]!, '1.0');
    expect([accepted.status, accepted.text]).toEqual([200, '']);

    let stopped: number | null = null;
    await instance.until('a signer stops', () => {
      stopped = instance.file.processes.signer.find((pid) => isStopped(pid)) ?? null;
      return stopped !== null;
    });
    expect(traps.isTaken(point), 'stopped at this point').toBe(true);
    // The standby takes over and publishes what the first had begun, and one more.
    expect((await receiptOf(file, accepted.receipt!)).state).toBe('verifiable');
    await publish(file, names[1]!, '1.0');
    expect(isStopped(stopped), 'still stopped while the other published').toBe(true);

    process.kill(stopped!, 'SIGCONT');
    await instance.until('its exit code is 3', () =>
      instance.printed.includes(`(pid ${stopped!}) ended with 3`),
    );
    await publish(file, names[2]!, '1.0');

    const { targets } = readSignedOutput(file.store.path);
    for (let n = 1; n <= this.published; n++) {
      expect(targets.has(`packages/project-${n}/project_${n}-1.0.tar.gz`), `project-${n}`).toBe(true);
    }
    expect(watcher.versions).toEqual(watcher.versions.toSorted((a, b) => a - b));
    expect(watcher.failures).toEqual([]);
    expect(watcher.refreshes - earlierRefreshes).toBeGreaterThan(3);
    await expectLinearHistory(file.db.signer);
  }

  private async healthySigners(): Promise<number> {
    const answers = this.instance.file.endpoints.signer.map((url) =>
      fetch(`${url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    return (await Promise.all(answers)).filter((up) => up).length;
  }

  /** The other signer becomes the writer, and passes what only a new one does. */
  private async endWriter(): Promise<void> {
    const pool = openPool(this.instance.file.db.signer, { max: 1, name: 'writer' });
    try {
      const { rows } = await pool.query<{ holder: string }>(
        `SELECT holder FROM signer.lease WHERE name = 'writer'`,
      );
      const writer = Number(rows[0]!.holder.split(':').at(-1));
      expect(this.instance.file.processes.signer).toContain(writer);
      process.kill(writer, 'SIGTERM');
    } finally {
      await pool.close();
    }
  }
}

/** Most of the time goes by waiting for leases and restarts, so that two instances take half of it. */
const laneCount = 2;
const outcomes = new Map<Case, Promise<void>>();
const lanes: Promise<void>[] = [];

beforeAll(() => {
  for (let lane = 0; lane < laneCount; lane++) {
    const own = cases.filter((_, index) => index % laneCount === lane);
    const started = Lane.start(own);
    let before = started.then(() => {});
    for (const point of own) {
      before = Promise.all([started, before]).then(([running]) => running.stopAt(point));
      before.catch(() => {});
      outcomes.set(point, before);
    }
    lanes.push(before.catch(() => {}).then(async () => (await started).end()));
  }
});
afterAll(() => Promise.all(lanes));

describe('two signers on one index', () => {
  it.each(cases)('the first stopped at $text, the second publishes twice, the first gives up', (point) =>
    outcomes.get(point),
  );
});

/** Closed publications never share a version and never go back. */
async function expectLinearHistory(url: string): Promise<void> {
  const pool = openPool(url, { max: 1, name: 'history' });
  try {
    const { rows } = await pool.query<{ timestamp_version: string; snapshot_version: string }>(
      `SELECT timestamp_version, snapshot_version FROM signer.publication WHERE state = 'closed' ORDER BY closed_at, id`,
    );
    const timestamps = rows.map((row) => Number(row.timestamp_version));
    const snapshots = rows.map((row) => Number(row.snapshot_version));
    expect(timestamps).toEqual([...new Set(timestamps)].sort((a, b) => a - b));
    expect(snapshots).toEqual([...snapshots].sort((a, b) => a - b));
  } finally {
    await pool.close();
  }
}
