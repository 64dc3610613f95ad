import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPool } from '@rind/database';
import { monotonicMs } from '@rind/kernel';
import type { RunningInstance } from './instance.ts';
import { PersistentAuthors } from './persistent-authors.ts';
import type { AcceptedUpload } from './persistent-authors.ts';
import { jsonLines } from './rind-command.ts';
import { storedSignedOutput, storedSignedPage } from './signed-output.ts';
import type { Site } from './site.ts';
import type { StoredObjects } from './stored-objects.ts';
import { receiptOf, upload } from './uploads.ts';

/** A fifth of the calls of signer and warehouse fails or stalls, and a tenth works without anybody hearing of it. */
export const faultSpec = 'store:0.2,key:0.2,db:0.2,lost:0.1,stall:200';

const authors = 4;
const drainTimeoutMs = 120_000;

export interface FaultsOptions {
  /** How long authors upload. */
  readonly seconds: number;
  /** Of what goes wrong. */
  readonly seed: string;
  /** Ends the instance. */
  readonly signal?: AbortSignal;
}

/** What happened while it held. */
export interface FaultsSeen {
  readonly accepted: readonly AcceptedUpload[];
  /** Uploads that were refused in a way that passes, and sent again. */
  readonly refusals: number;
  readonly publications: number;
  /** Steps of a publication that ended without an answer. */
  readonly unknownOutcomes: number;
  /** Longest age of a waiting request, by the status. */
  readonly longestWaitMs: number;
  /** The same by the metrics of the signer. */
  readonly longestQueueAgeSeconds: number;
}

/** Uploads under faults; throws when one is lost or there twice, or when the signer did not live through it. */
export async function runFaults(site: Site, { seconds, seed, signal }: FaultsOptions): Promise<FaultsSeen> {
  const instance = await site.start({ RIND_FAULTS: faultSpec, RIND_FAULTS_SEED: seed }, signal);
  try {
    const writer = instance.file.processes.signer[0];
    const stream = new PersistentAuthors(instance.file, authors);
    const waits = [0];
    const ages = [0];
    const endMs = monotonicMs() + seconds * 1_000;
    try {
      while (monotonicMs() < endMs && signal?.aborted !== true) {
        waits.push((await queueOf(instance))?.oldestMs ?? 0);
        ages.push(await queueAgeOf(instance));
        await sleep(100);
      }
    } finally {
      await stream.stop();
    }
    await drained(instance);
    assert.equal(instance.file.processes.signer[0], writer, 'the signer did not live through it');
    await assertSignedOnce(site.objects, stream.accepted);
    await assertRecords(instance);
    const log = instance.log('signer');
    return {
      accepted: stream.accepted,
      refusals: stream.refusals,
      publications: occurrences(log, '"publication.closed"'),
      unknownOutcomes: occurrences(log, '"outcome":"unknown"'),
      longestWaitMs: Math.max(...waits),
      longestQueueAgeSeconds: Math.max(...ages.filter((age) => !Number.isNaN(age))),
    };
  } finally {
    await instance.stop();
  }
}

/**
 * No key answers, then keys do again; throws unless the upload of that time waits visibly and is published with
 * all that were accepted before.
 * @returns how often the step that failed was tried
 */
export async function runMuteKeys(
  site: Site,
  before: readonly AcceptedUpload[],
  signal?: AbortSignal,
): Promise<number> {
  const mute = await site.start({ RIND_FAULTS: 'key:1' }, signal);
  let tries: number;
  let receiptPath: string;
  try {
    const answer = await upload(mute.file, 'waiting', '1.0');
    assert.equal(answer.status, 200);
    receiptPath = answer.receipt!;
    await mute.until('it shows', async () => ((await queueOf(mute))?.oldestMs ?? 0) > 4_000, 60_000);
    const log = mute.log('signer');
    tries = occurrences(log.slice(log.lastIndexOf('"faults.injected"')), '"code":"key.unavailable"');
  } finally {
    await mute.stop();
  }
  const instance = await site.start({}, signal);
  try {
    const receipt = await receiptOf(instance.file, receiptPath, 60);
    assert.equal(receipt.state, 'verifiable');
    const { targetPath, sha256 } = receipt;
    const accepted = [...before, { targetPath, sha256, receipt: receiptPath }];
    await drained(instance);
    await assertSignedOnce(site.objects, accepted);
    for (const { receipt: path } of accepted) {
      assert.equal((await receiptOf(instance.file, path)).state, 'verifiable', path);
    }
    const check = await site.rind('fsck', '--targets', 'all', '--database');
    assert.deepEqual([check.exitCode, jsonLines(check)[0]?.['findings']], [0, []]);
    return tries;
  } finally {
    await instance.stop();
  }
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
async function drained(instance: RunningInstance): Promise<void> {
  await instance.until(
    'the queue is empty',
    async () => (await queueOf(instance))?.depth === 0 && (await queueAgeOf(instance)) === 0,
    drainTimeoutMs,
  );
}

/** Each is signed once, with its bytes, and stands once in its project's page; nothing else is signed. */
async function assertSignedOnce(objects: StoredObjects, accepted: readonly AcceptedUpload[]): Promise<void> {
  const { targets } = await storedSignedOutput(objects);
  const packages = new Map([...targets].filter(([path]) => path.startsWith('packages/')));
  assert.deepEqual(packages, new Map(accepted.map(({ targetPath, sha256 }) => [targetPath, sha256])));
  const projects = Map.groupBy(accepted, ({ targetPath }) => targetPath.split('/')[1]!);
  for (const [project, files] of projects) {
    const page = await storedSignedPage(objects, project);
    assert.deepEqual(
      page.files.map(({ filename }) => filename as string).toSorted(),
      files.map(({ targetPath }) => targetPath.split('/')[2]!).toSorted(),
    );
  }
}

/** Every request came to a good end, and no path was signed by two grants. */
async function assertRecords({ file }: RunningInstance): Promise<void> {
  const sql = openPool(file.db.signer, { max: 1, name: 'faults' });
  try {
    const states = await sql.query<{ state: string }>(`SELECT DISTINCT state FROM signer.outbox`);
    const grants = await sql.query<{ count: number }>(
      `SELECT DISTINCT count(*)::integer AS count FROM signer.applied_grant GROUP BY target_path`,
    );
    const seen = [states.rows.map(({ state }) => state), grants.rows.map(({ count }) => count)];
    assert.deepEqual(seen, [['published'], [1]]);
  } finally {
    await sql.close();
  }
}

const occurrences = (text: string, part: string): number => text.split(part).length - 1;
