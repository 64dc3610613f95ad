import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPool } from '@rind/database';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningInstance } from './instance.ts';
import { PersistentAuthors } from './persistent-authors.ts';
import type { AcceptedUpload } from './persistent-authors.ts';
import { jsonLines, rind } from './rind-command.ts';
import { readSignedOutput, readSignedPage } from './signed-output.ts';
import { receiptOf, upload } from './uploads.ts';

/** A fifth of the calls of signer and warehouse fails or stalls, and a tenth works without anybody hearing of it. */
const faults = 'store:0.2,key:0.2,db:0.2,lost:0.1,stall:200';
const seconds = Number(process.env['RIND_FAULTS_TEST_SECONDS'] ?? 60);
const seed = process.env['RIND_FAULTS_SEED'] ?? '1';

let dataDir: string;
let instance: RunningInstance | undefined;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'rind-faults-'));
});
afterAll(async () => {
  await instance?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(env: Readonly<Record<string, string>>): Promise<RunningInstance> {
  instance = await RunningInstance.start({ dataDir, args: ['--bins', '64'], env });
  return instance;
}

interface Lag {
  readonly depth: number;
  readonly oldestMs: number;
}

/** The queue as the status shows it; null when the status itself met a fault. */
async function queueOf({ file }: RunningInstance): Promise<Lag | null> {
  const response = await fetch(new URL('/api/v1/status', file.url));
  return response.ok ? ((await response.json()) as { queue: Lag }).queue : null;
}

/** `rind_queue_age_seconds` of the signer; NaN while it is none that writes. */
async function queueAgeOf({ file }: RunningInstance): Promise<number> {
  const text = await (await fetch(new URL('/metrics', file.endpoints.signer[0]))).text();
  return Number(/^rind_queue_age_seconds (\S+)$/m.exec(text)?.[1] ?? 'NaN');
}

/** Nothing waits any more, as status and metrics tell. */
async function drained(running: RunningInstance): Promise<void> {
  await running.until(
    'the queue is empty',
    async () => (await queueOf(running))?.depth === 0 && (await queueAgeOf(running)) === 0,
    60_000,
  );
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Each is signed once, with its bytes, and stands once in its project's page; nothing else is signed. */
function expectSignedOnce(store: string, accepted: readonly AcceptedUpload[]): void {
  const { targets } = readSignedOutput(store);
  const packages = new Map([...targets].filter(([path]) => path.startsWith('packages/')));
  expect(packages).toEqual(new Map(accepted.map(({ targetPath, sha256 }) => [targetPath, sha256])));
  const projects = Map.groupBy(accepted, ({ targetPath }) => targetPath.split('/')[1]!);
  for (const [project, files] of projects) {
    const listed = readSignedPage(store, project).files.map(({ filename }) => filename as string);
    expect(listed.toSorted()).toEqual(files.map(({ targetPath }) => targetPath.split('/')[2]!).toSorted());
  }
}

/** Requests by state, and the grants of each path that was ever signed. */
async function recordsOf(running: RunningInstance): Promise<{ states: string[]; grantsPerPath: number[] }> {
  const sql = openPool(running.file.db.signer, { max: 1, name: 'faults-test' });
  try {
    const states = await sql.query<{ state: string }>(`SELECT DISTINCT state FROM signer.outbox`);
    const grants = await sql.query<{ count: number }>(
      `SELECT DISTINCT count(*)::integer AS count FROM signer.applied_grant GROUP BY target_path`,
    );
    return {
      states: states.rows.map(({ state }) => state),
      grantsPerPath: grants.rows.map(({ count }) => count),
    };
  } finally {
    await sql.close();
  }
}

describe('uploads while a fifth of all calls fails or stalls, and replies are lost', () => {
  const accepted: AcceptedUpload[] = [];

  it(
    'are published, none lost and none twice, by the signer that was there at the beginning',
    { timeout: (seconds + 240) * 1_000 },
    async () => {
      const running = await start({ RIND_FAULTS: faults, RIND_FAULTS_SEED: seed });
      const writer = running.file.processes.signer[0];
      const authors = new PersistentAuthors(running.file, 4);
      const lags: number[] = [];
      const ages: number[] = [];
      const end = performance.now() + seconds * 1_000;
      while (performance.now() < end) {
        lags.push((await queueOf(running))?.oldestMs ?? 0);
        ages.push(await queueAgeOf(running));
        await sleep(100);
      }
      await authors.stop();
      accepted.push(...authors.accepted);
      // The faults were there: they were met by authors and by the signer, and the lag could be seen.
      expect(accepted.length).toBeGreaterThan(10);
      expect(authors.refusals).toBeGreaterThan(0);
      expect(running.log('signer')).toContain('"outcome":"unknown"');
      expect(Math.max(...lags)).toBeGreaterThan(0);
      expect(Math.max(...ages.filter((age) => !Number.isNaN(age)))).toBeGreaterThan(0);
      await drained(running);
      expect(running.file.processes.signer[0]).toBe(writer);
      expectSignedOnce(running.file.store.path, accepted);
      expect(await recordsOf(running)).toEqual({ states: ['published'], grantsPerPath: [1] });
      console.log(
        `${accepted.length} uploads in ${seconds} s (seed ${seed}): ${authors.refusals} refusals sent again, ` +
          `longest wait seen ${Math.max(...lags)} ms`,
      );
      await running.stop();
    },
  );

  it(
    'wait visibly while no key answers, and are published when keys do again',
    { timeout: 180_000 },
    async () => {
      const mute = await start({ RIND_FAULTS: 'key:1' });
      const answer = await upload(mute.file, 'waiting', '1.0');
      expect(answer.status).toBe(200);
      await mute.until('it shows', async () => ((await queueOf(mute))?.oldestMs ?? 0) > 4_000);
      // Waiting is no reason to hammer: tries of the step that failed come ever more slowly.
      const tries = mute.log('signer').split('"code":"key.unavailable"').length - 1;
      expect(tries).toBeGreaterThan(2);
      expect(tries).toBeLessThan(25);
      await mute.stop();

      const running = await start({});
      const receipt = await receiptOf(running.file, answer.receipt!, 60);
      expect(receipt.state).toBe('verifiable');
      accepted.push({ targetPath: receipt.targetPath, sha256: receipt.sha256, receipt: answer.receipt! });
      await drained(running);
      expectSignedOnce(running.file.store.path, accepted);
      const receipts = await Promise.all(accepted.map((one) => receiptOf(running.file, one.receipt)));
      expect(new Set(receipts.map(({ state }) => state))).toEqual(new Set(['verifiable']));
      const check = await rind(['fsck', '--data', dataDir, '--targets', 'all', '--database', '--json']);
      expect([check.exitCode, jsonLines(check)[0]]).toEqual([0, expect.objectContaining({ ok: true })]);
    },
  );
});
