import { DatabaseLease, DatabasePublicationLog } from '@rind/database';
import { isRindError } from '@rind/kernel';
import { startIndexDatabase } from '@rind/system-tests';
import type { IndexDatabase } from '@rind/system-tests';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { noBudget } from './budget.ts';
import { performOnDatabase } from './database.ts';
import type { DatabaseEffect } from './database.ts';
import { honestRules } from './rules.ts';
import { binCount, firstWorld } from './world.ts';
import type { Database } from './world.ts';

/** The ceremony's record has the first id; the world counts from the next. */
const firstId = 1;
const ttlMs = 3_600_000;

let index: IndexDatabase;
let lease: DatabaseLease;
let log: DatabasePublicationLog;

beforeAll(async () => {
  index = await startIndexDatabase(binCount);
  lease = new DatabaseLease(index.signer);
  log = new DatabasePublicationLog(index.signer);
});
afterAll(() => index.destroy());

/** What a step does, chosen freely; `which` picks among what there is. */
const steps = fc.array(
  fc.record({
    call: fc.constantFrom(
      ...(['upload', 'expire', 'acquire', 'acquire', 'renew', 'release', 'raise'] as const),
      ...(['open', 'open', 'prepare', 'prepare', 'close', 'close', 'abandon'] as const),
    ),
    which: fc.nat(100),
    stale: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
  }),
  { minLength: 400, maxLength: 400 },
);
type Step = ReturnType<typeof fc.sample<{ call: string; which: number; stale: boolean }>>[number];

function effectOf(
  { call, which, stale }: Step,
  { lease: { fence: current }, records, rows }: Database,
): DatabaseEffect {
  const fence = stale ? current - 1 : current;
  // Mostly one of the last, sometimes one that was never opened.
  const id = Math.max(1, records.length + 1 - (which % 4));
  switch (call) {
    case 'renew':
    case 'release':
      return { call, fence };
    case 'raise':
      return {
        call,
        fence,
        role: which % 2 === 0 ? 'timestamp' : 'snapshot',
        version: records.length + (which % 9),
      };
    case 'open': {
      const kind = (['files', 'refresh', 'takeover'] as const)[which % 3]!;
      return { call, fence, plan: { kind, rows: kind === 'files' ? rows.map((_, i) => i) : [] } };
    }
    case 'prepare':
      return { call, fence, id, sha256: `sha-${which}` };
    case 'close':
    case 'abandon':
      return { call, fence, id };
    default:
      return { call: 'acquire' };
  }
}

async function performForReal(effect: DatabaseEffect, rowIds: readonly number[]): Promise<unknown> {
  switch (effect.call) {
    case 'acquire':
      return { kind: 'acquired', fence: (await lease.acquire('test', ttlMs))?.fence ?? null };
    case 'renew':
      return { kind: 'renewed', held: await lease.renew(effect.fence, ttlMs) };
    case 'release':
      await lease.release(effect.fence);
      return { kind: 'done' };
    case 'open':
      return openForReal(effect, rowIds);
    case 'prepare':
      await log.prepare(effect.fence, effect.id + firstId, {
        bins: Array.from({ length: binCount }, (_, idx) => ({
          idx,
          expiresMs: 1e12,
          length: 400,
          targets: null,
        })),
        signatures: [],
        timestampSha256: effect.sha256,
      });
      return { kind: 'done' };
    case 'close':
      await log.close(effect.fence, effect.id + firstId, {
        snapshotExpiresMs: 1e12,
        timestampExpiresMs: 1e12,
        durationMs: null,
      });
      return { kind: 'done' };
    case 'abandon':
      await log.abandon(effect.fence, effect.id + firstId, 'test');
      return { kind: 'done' };
    case 'raise':
      await log.raiseNextVersion(effect.fence, effect.role, effect.version);
      return { kind: 'done' };
    default:
      throw new Error(`a read: ${effect.call}`);
  }
}

async function openForReal(
  { fence, plan }: Extract<DatabaseEffect, { call: 'open' }>,
  rowIds: readonly number[],
): Promise<unknown> {
  const takeover = plan.kind === 'takeover';
  const opened = await log.open(fence, {
    kind: plan.kind === 'files' ? 'changes' : plan.kind,
    bins: takeover ? [] : [...Array(binCount).keys()],
    newSnapshot: !takeover,
    outboxIds: plan.rows.map((row) => rowIds[row]!),
    paths: [],
    projects: [],
    grants: [],
    files: 0,
  });
  const bins = [...opened.binVersions].sort(([a], [b]) => a - b).map(([, version]) => counterOf(version));
  const { timestampVersion: timestamp, snapshotVersion: snapshot } = opened;
  return { kind: 'opened', opened: { id: opened.id - firstId, epoch: 0, timestamp, snapshot, bins } };
}

const counterOf = (version: number): number => Math.floor(version / 32_768);

/** Everything that the world knows of the database, as the database has it. */
async function readForReal(): Promise<unknown> {
  const roles = await log.committedRoles();
  const numbered = (name: string) => ({
    version: roles.get(name)!.version,
    next: roles.get(name)!.nextVersion,
  });
  const { rows: bins } = await index.owner.query<{ version: string; next: number }>(
    `SELECT version, next_counter AS next FROM signer.bin ORDER BY idx`,
  );
  const { rows: records } = await index.owner.query<{ state: string }>(
    `SELECT state FROM signer.publication WHERE id > $1 ORDER BY id`,
    [firstId],
  );
  const { rows } = await index.owner.query<{ state: string }>(`SELECT state FROM signer.outbox ORDER BY id`);
  return {
    timestamp: numbered('timestamp'),
    snapshot: numbered('snapshot'),
    bins: bins.map(({ version, next }) => ({ version: counterOf(Number(version)), next: Number(next) })),
    records: records.map(({ state }) => state),
    rows: rows.map(({ state }) => state),
    unfinished: (await log.unfinished()).map(({ id, timestampSha256, ...rest }) => ({
      id: id - firstId,
      state: rest.state,
      timestampVersion: rest.timestampVersion,
      timestampSha256,
      snapshotVersion: rest.snapshotVersion,
      bins: rest.bins,
    })),
  };
}

function readInWorld(database: Database): unknown {
  const { timestamp, snapshot, bins, records, rows } = database;
  const { reply } = performOnDatabase(database, { call: 'unfinished' }, 0, honestRules);
  return {
    timestamp,
    snapshot,
    bins,
    records: records.map(({ state }) => state),
    rows: rows.map(({ state }) => state),
    unfinished: reply.kind === 'unfinished' ? reply.records : null,
  };
}

async function upload(n: number): Promise<number> {
  const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  await index.warehouse.query(
    `INSERT INTO signer.outbox (upload_id, target_path, envelope) VALUES ($1, $2, $3)`,
    [id, `packages/demo/${n}`, Buffer.from('{}')],
  );
  const { rows } = await index.owner.query<{ id: string }>(
    `SELECT id FROM signer.outbox WHERE upload_id = $1`,
    [id],
  );
  return Number(rows[0]!.id);
}

describe('the database of the explored world', () => {
  it('answers and remembers as the real one does, whatever it is asked', async () => {
    let { database } = firstWorld(1, noBudget);
    const rowIds: number[] = [];
    for (const [n, step] of fc.sample(steps, { seed: 20, numRuns: 1 })[0]!.entries()) {
      if (step.call === 'upload') {
        rowIds.push(await upload(n));
        database = { ...database, rows: [...database.rows, { state: 'pending', publication: null }] };
      } else if (step.call === 'expire') {
        await index.owner.query(`UPDATE signer.lease SET expires_at = '-infinity'`);
        const state = database.lease.state === 'held' ? 'expired' : database.lease.state;
        database = { ...database, lease: { ...database.lease, state } };
      } else {
        const effect = effectOf(step, database);
        const { next, reply } = performOnDatabase(database, effect, 0, honestRules);
        const real = await performForReal(effect, rowIds).catch((error: unknown) => ({
          kind: 'error',
          error: isRindError(error) ? error.code : error,
        }));
        expect(real, `step ${n}: ${JSON.stringify(effect)}`).toEqual(reply);
        database = next;
      }
      expect(await readForReal(), `after step ${n}`).toEqual(readInWorld(database));
    }
    const states = new Set(database.records.map(({ state }) => state));
    expect(states).toContain('closed');
    expect(states).toContain('abandoned');
    expect(database.rows.some(({ state }) => state === 'published')).toBe(true);
  });

  it.each(['renew', 'acquire'] as const)(
    '%s waits for a transaction that has checked the fence',
    async (call) => {
      await index.owner.query(`UPDATE signer.lease SET expires_at = '-infinity'`);
      const { fence } = (await lease.acquire('test', ttlMs))!;
      if (call === 'acquire') await index.owner.query(`UPDATE signer.lease SET expires_at = '-infinity'`);
      const order: string[] = [];
      let commit = (): void => {};
      const held = new Promise<void>((resolve) => (commit = resolve));
      const checking = index.signer.transaction(async (sql) => {
        await sql.query(`SELECT fence FROM signer.lease WHERE name = 'writer' FOR SHARE`);
        order.push('checked');
        await held;
        order.push('committing');
      });
      await vi.waitFor(() => expect(order).toEqual(['checked']));
      const writing = (call === 'renew' ? lease.renew(fence, ttlMs) : lease.acquire('other', ttlMs)).then(
        () => order.push(call),
      );
      await vi.waitFor(async () => expect(await waiting()).toBe(1), { timeout: 30_000 });
      commit();
      await Promise.all([checking, writing]);
      expect(order).toEqual(['checked', 'committing', call]);
    },
  );
});

/** Sessions that wait for a lock. */
async function waiting(): Promise<number> {
  const { rows } = await index.owner.query<{ n: string }>(
    `SELECT count(DISTINCT pid) AS n FROM pg_locks WHERE NOT granted`,
  );
  return Number(rows[0]!.n);
}
