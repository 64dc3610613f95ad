import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openPool } from '@rind/database';
import { startPostgres } from '@rind/embedded-postgres';
import { systemRandomness } from '@rind/kernel';
import type { TargetPath } from '@rind/kernel';
import { parseTimestamp } from '@rind/metadata';
import { afterEach, expect, it } from 'vitest';
import type { RunningInstance } from './instance.ts';
import type { InstanceFile } from './instance.ts';
import { updaterOf } from './refreshing-clients.ts';
import type { ClientMemory } from './refreshing-clients.ts';
import { jsonLines } from './rind-command.ts';
import type { CommandOutcome } from './rind-command.ts';
import { Site } from './site.ts';
import type { StoreKind } from './site.ts';
import { publish, receiptOf, sdist, upload } from './uploads.ts';

const timeout = 600_000;
let site: Site;
const running: RunningInstance[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const instance of running.splice(0)) await instance.stop();
  await site?.destroy();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rind-recover-'));
  folders.push(folder);
  return folder;
}

async function start(): Promise<RunningInstance> {
  const instance = await site.start();
  running.push(instance);
  return instance;
}

async function stop(instance: RunningInstance): Promise<void> {
  running.splice(running.indexOf(instance), 1);
  await instance.stop();
}

/** With its owners: the server of a database that root runs is another user's. */
function copyFolder(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to]);
}

/** Nobody but the database of the folder runs meanwhile. */
async function withDatabase(statements: readonly string[]): Promise<void> {
  const postgres = await startPostgres({
    dataDir: join(site.dataDir, 'postgres'),
    port: 0,
    randomness: systemRandomness,
  });
  const pool = openPool(postgres.superuserUrl('postgres'), { max: 1, name: 'test-backup' });
  try {
    for (const statement of statements) await pool.query(statement);
  } finally {
    await pool.close();
    await postgres.stop();
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const backUp = ['CREATE DATABASE rind_index_backup TEMPLATE rind_index OWNER rind_owner'];
const restore = ['DROP DATABASE rind_index', 'ALTER DATABASE rind_index_backup RENAME TO rind_index'];

/** A start that gets no further than its signer's refusal until somebody recovers the database. */
class RefusedStart {
  /** Where its part of the log begins: it goes on from earlier starts. */
  private readonly since = signerLog().length;
  readonly ready = start();

  constructor() {
    this.ready.catch(() => {});
  }

  async refused(): Promise<string> {
    for (let turn = 0; turn < 1_200; turn++) {
      const text = signerLog().slice(this.since);
      if (text.includes('writer.refused')) return text;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('the signer did not refuse');
  }
}

const signerLog = (): string => readFileSync(join(site.dataDir, 'logs', 'signer.log'), 'utf8');

const recover = (...args: string[]): Promise<CommandOutcome> => site.rind('recover', 'database', ...args);

async function operate(...args: string[]): Promise<void> {
  const done = await site.rind('operator', ...args);
  expect([done.exitCode, done.stderr], args.join(' ')).toEqual([0, '']);
}

async function fsckClean(): Promise<void> {
  const outcome = await site.rind('fsck', '--database', '--targets', 'all');
  expect([outcome.exitCode, jsonLines(outcome)[0]]).toMatchObject([0, { ok: true }]);
}

function timestampOf(memory: ClientMemory): number {
  return parseTimestamp(memory.get('timestamp')!).signed.version;
}

async function refresh(file: InstanceFile, memory: ClientMemory) {
  const client = updaterOf(file, memory, readFileSync(file.root));
  await client.refresh();
  return client;
}

const signedFacts = `SELECT target_path, state, length, sha256, sha512, blake2b256, requires_python, uploaded_at, yanked,
  yanked_reason, bin FROM signer.path WHERE state = 'live' ORDER BY target_path`;

async function query(url: string, text: string): Promise<object[]> {
  const pool = openPool(url, { max: 1, name: 'test' });
  try {
    return (await pool.query<object>(text)).rows;
  } finally {
    await pool.close();
  }
}

/** What must hold of a database that was set back, on either store. */
export function describeRecovery(kind: StoreKind): void {
  it(
    `on ${kind}, a database that was set back is refused, recovered from what is signed, and nothing accepted is lost`,
    { timeout },
    async () => {
      site = await Site.create(kind);
      const first = await start();
      const kept = await publish(first.file, 'kept', '1.0');
      const yanked = await publish(first.file, 'yanked', '1.0');
      const deleted = await publish(first.file, 'deleted', '1.0');
      await stop(first);
      await withDatabase(backUp);

      const second = await start();
      const later = await publish(second.file, 'later', '2.0', { requires_python: '>=3.9' });
      const gone = await publish(second.file, 'gone', '1.0');
      await operate('yank', 'yanked==1.0', '--reason', 'broken');
      await operate('delete', 'deleted==1.0');
      await operate('revoke', 'gone==1.0');
      const memory: ClientMemory = new Map();
      await refresh(second.file, memory);
      const signedBefore = await query(second.file.db.signer, signedFacts);

      // Accepted, and its request is in no backup: the signer is gone, and nobody starts it again.
      const { supervisor, signer } = second.file.processes;
      process.kill(supervisor, 'SIGSTOP');
      process.kill(signer[0]!, 'SIGKILL');
      // Not through the front, which is the supervisor.
      const gate = { ...second.file, upload: `${second.file.endpoints.gate}/legacy/` };
      const waiting = await upload(gate, 'waiting', '1.0');
      expect(waiting.status).toBe(200);
      process.kill(supervisor, 'SIGKILL');
      while (isAlive(supervisor)) await new Promise((resolve) => setTimeout(resolve, 20));
      running.splice(running.indexOf(second), 1);
      await withDatabase(restore);

      const third = new RefusedStart();
      await third.refused();
      const seen = jsonLines(await recover('--dry-run'));
      expect(seen).toMatchObject([{ needed: true, recovered: false, dryRun: true }]);
      const outcome = await recover();
      const [told] = jsonLines(outcome);
      expect([outcome.exitCode, told]).toMatchObject([
        0,
        {
          recovered: true,
          needed: true,
          requeued: 1,
          requeuedPaths: ['packages/waiting/waiting-1.0.tar.gz'],
        },
      ]);
      const reasons = new Set(
        (told!['unprovenPaths'] as { path: string; reason: string }[]).map(
          (one) => `${one.reason} ${one.path}`,
        ),
      );
      expect(reasons).toEqual(
        new Set([
          `change.unexplained ${yanked.targetPath}`,
          `path.removed ${deleted.targetPath}`,
          `path.removed ${gone.targetPath}`,
        ]),
      );

      const { file } = await third.ready;
      await publish(file, 'after', '1.0');
      // The lost request was queued again, and by now it is signed.
      const client = await refresh(file, memory);
      for (const path of [kept, yanked, later, { targetPath: 'packages/waiting/waiting-1.0.tar.gz' }]) {
        expect(await client.findTarget(path.targetPath as TargetPath), path.targetPath).not.toBeNull();
      }
      for (const path of [deleted, gone]) {
        expect(await client.findTarget(path.targetPath as TargetPath), path.targetPath).toBeNull();
      }
      expect(await query(file.db.signer, signedFacts)).toEqual(expect.arrayContaining(signedBefore));
      await fsckClean();

      // Names stay taken, and what was known is a duplicate.
      for (const [project, code] of [
        ['deleted', 'filename.reused'],
        ['gone', 'filename.reused'],
      ] as const) {
        expect((await upload(file, project, '1.0')).code, project).toBe(code);
      }
      const again = await upload(file, 'later', '2.0', sdist('later', '2.0'), { requires_python: '>=3.9' });
      expect(again.status).toBe(200);
      expect((await receiptOf(file, again.receipt!)).state).toBe('verifiable');
      expect(jsonLines(await recover('--dry-run'))).toMatchObject([{ needed: false, paths: 0 }]);
      const events = jsonLines(await site.rind('audit', '--event', 'database.recovered'));
      expect(events).toMatchObject([{ actor: 'operator', detail: { requeued: 1 } }]);
    },
  );
}

/** What depends on the log of grants and on the lease, whatever store is published to. */
export function describeUnprovenRecovery(): void {
  it(
    'without the log of grants everything signed is kept as signed, and told; a recovery that was killed is done again',
    { timeout },
    async () => {
      site = await Site.create('fs');
      const { dataDir } = site;
      const first = await start();
      await publish(first.file, 'kept', '1.0');
      await stop(first);
      const backup = join(newFolder(), 'postgres');
      copyFolder(join(dataDir, 'postgres'), backup);

      const second = await start();
      const later = await publish(second.file, 'later', '2.0');
      const memory: ClientMemory = new Map();
      await refresh(second.file, memory);
      const before = timestampOf(memory);
      const signedBefore = await query(second.file.db.signer, signedFacts);
      await stop(second);
      rmSync(join(dataDir, 'postgres'), { recursive: true });
      copyFolder(backup, join(dataDir, 'postgres'));

      const third = new RefusedStart();
      await third.refused();
      await killedRecovery();
      const outcome = await recover();
      expect([outcome.exitCode, jsonLines(outcome)]).toMatchObject([
        0,
        [
          {
            recovered: true,
            unprovenPaths: [{ path: later.targetPath, reason: 'grant.missing' }],
          },
        ],
      ]);
      const { file } = await third.ready;
      expect(await query(file.db.signer, signedFacts)).toEqual(signedBefore);
      const next = await publish(file, 'later', '3.0');
      const client = await refresh(file, memory);
      for (const { targetPath } of [later, next]) {
        expect(await client.findTarget(targetPath as TargetPath), targetPath).not.toBeNull();
      }
      expect(timestampOf(memory)).toBeGreaterThan(before);
      await fsckClean();
    },
  );
}

/** Killed while it holds the lease: the next one has to wait until that is over. */
async function killedRecovery(): Promise<void> {
  const entry = fileURLToPath(new URL('../../../apps/cli/dist/main.js', import.meta.url));
  const child = spawn(process.execPath, [entry, 'recover', 'database', '--data', site.dataDir], {
    stdio: 'ignore',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const { db } = JSON.parse(readFileSync(join(site.dataDir, 'rind.json'), 'utf8')) as InstanceFile;
  const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
  const held = async (): Promise<boolean> =>
    (await query(db.signer, `SELECT 1 FROM signer.lease WHERE holder = 'rind-recover-database'`)).length > 0;
  while (!(await held()) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 2));
  child.kill('SIGKILL');
  expect(await ended).toBe('SIGKILL');
}
