import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Updater } from '@rind/client';
import { HttpFetcher } from '@rind/client-node';
import type { MetadataStore } from '@rind/client-port';
import { openPool } from '@rind/database';
import { systemClock } from '@rind/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import { RunningInstance } from './instance.ts';
import { readSignedOutput } from './signed-output.ts';
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

const cases = [
  ...passedByTakeover.map((point) => [`${point}:2`, false] as const),
  ...passedByBatchOnly.map((point) => [`${point}:1`, false] as const),
  ...passedAtStart.map((point) => [`${point}:1`, true] as const),
];

let instance: RunningInstance | undefined;
let watcher: Watcher | undefined;

afterEach(async () => {
  await watcher?.stop();
  await instance?.destroy();
});

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

describe('two signers on one index', () => {
  it.each(cases)(
    'the first stopped at %s, the second publishes twice, the first gives up',
    async (point, atStart) => {
      instance = await RunningInstance.start({
        args: ['--bins', '64', '--signers', '2'],
        env: { RIND_STOP_AT: `signer/${point}`, RIND_LEASE_TTL_MS: '1500' },
      });
      const { file } = instance;
      watcher = new Watcher(file);
      const accepted = await upload(file, 'first', '1.0');
      expect([accepted.status, accepted.text]).toEqual([200, '']);

      let stopped: number | null = null;
      await instance.until('a signer stops', () => {
        stopped = instance!.file.processes.signer.find((pid) => isStopped(pid)) ?? null;
        return stopped !== null;
      });
      // The standby takes over and publishes what the first had begun, and one more.
      expect((await receiptOf(file, accepted.receipt!)).state).toBe('verifiable');
      await publish(file, 'second', '1.0');
      expect(isStopped(stopped), 'still stopped while the other published').toBe(true);

      process.kill(stopped!, 'SIGCONT');
      await instance.until('the first ends', () => !instance!.file.processes.signer.includes(stopped!));
      await instance.until('its exit code is 3', () =>
        instance!.printed.includes(`(pid ${stopped!}) ended with 3`),
      );
      await publish(file, 'third', '1.0');
      await watcher.stop();

      const { targets } = readSignedOutput(file.store.path);
      for (const project of ['first', 'second', 'third']) {
        expect(targets.has(`packages/${project}/${project}-1.0.tar.gz`), project).toBe(true);
      }
      expect(watcher.versions).toEqual([...watcher.versions].sort((a, b) => a - b));
      expect(watcher.failures).toEqual([]);
      expect(watcher.refreshes).toBeGreaterThan(3);
      await expectLinearHistory(file.db.signer);
      if (atStart) expect(watcher.versions.length).toBeGreaterThan(0);
    },
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
