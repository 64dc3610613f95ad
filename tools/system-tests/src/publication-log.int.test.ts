import { DatabaseLease, DatabasePublicationLog } from '@rind/database';
import type { PathFacts, PublicationPlan } from '@rind/queue-port';
import { systemClock } from '@rind/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startIndexDatabase } from './index-database.ts';
import type { IndexDatabase } from './index-database.ts';

let index: IndexDatabase;
let lease: DatabaseLease;
let log: DatabasePublicationLog;
let fence: number;

beforeAll(async () => {
  index = await startIndexDatabase();
  lease = new DatabaseLease(index.signer);
  log = new DatabasePublicationLog(index.signer);
  fence = (await lease.acquire('test', 60_000))!.fence;
});
afterAll(() => index.destroy());

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

function path(name: string, over: Partial<PathFacts> = {}): PathFacts {
  return {
    targetPath: `packages/demo/${name}`,
    project: 'demo',
    filename: name,
    state: 'live',
    length: 3,
    sha256: 'a'.repeat(64),
    sha512: 'b'.repeat(128),
    blake2b256: 'c'.repeat(64),
    requiresPython: '>=3.8',
    coreMetadataSha256: 'd'.repeat(64),
    provenanceSha256: 'e'.repeat(64),
    uploadedAt: '2026-01-01T00:00:00.000000Z',
    yanked: false,
    yankedReason: null,
    lastSeq: 1,
    bin: 3,
    ...over,
  };
}

function planOf(over: Partial<PublicationPlan> = {}): PublicationPlan {
  return {
    kind: 'changes',
    bins: [3, 5],
    newSnapshot: true,
    paths: [],
    projects: [],
    outboxIds: [],
    grants: [],
    files: 0,
    ...over,
  };
}

async function enqueue(n: number): Promise<number> {
  await index.warehouse.query(
    `INSERT INTO signer.outbox (upload_id, target_path, envelope) VALUES ($1, $2, $3)`,
    [uuid(n), `packages/demo/${n}`, Buffer.from('{}')],
  );
  const { rows } = await index.owner.query<{ id: string }>(
    `SELECT id FROM signer.outbox WHERE upload_id = $1`,
    [uuid(n)],
  );
  return Number(rows[0]!.id);
}

async function stateOf(outboxId: number): Promise<string> {
  const { rows } = await index.owner.query<{ state: string }>(
    `SELECT state FROM signer.outbox WHERE id = $1`,
    [outboxId],
  );
  return rows[0]!.state;
}

const prepared = { bins: [], timestampSha256: 'd'.repeat(64), signatures: [] };
const closed = { snapshotExpiresMs: 1e12, timestampExpiresMs: 1e12, durationMs: 1 };

describe('the publication log', () => {
  it('hands out numbers that nobody gets twice, also after a publication was abandoned', async () => {
    const first = await log.open(fence, planOf());
    await log.abandon(fence, first.id, 'test');
    const second = await log.open(fence, planOf());
    await log.abandon(fence, second.id, 'test');
    expect(second.timestampVersion).toBe(first.timestampVersion + 1);
    expect(second.snapshotVersion).toBe(first.snapshotVersion + 1);
    for (const bin of [3, 5]) {
      expect(second.binVersions.get(bin)! - first.binVersions.get(bin)!).toBe(32_768);
      expect(first.binVersions.get(bin)! % 32_768).toBe(bin);
    }
  });

  it('takes rows out of the queue when it opens and gives them back when it abandons', async () => {
    const id = await enqueue(1);
    expect((await log.pending(10)).map((row) => row.id)).toContain(id);
    const publication = await log.open(fence, planOf({ outboxIds: [id] }));
    expect(await stateOf(id)).toBe('taken');
    await log.abandon(fence, publication.id, 'test');
    expect(await stateOf(id)).toBe('pending');
  });

  it('makes facts visible only by closing, and closing twice changes nothing', async () => {
    const id = await enqueue(2);
    const facts = path('visible.whl');
    const grant = {
      id: uuid(902),
      seq: 1,
      verb: 'add',
      project: 'demo',
      targetPath: facts.targetPath,
      envelope: new Uint8Array([1]),
    };
    const publication = await log.open(
      fence,
      planOf({ bins: [3], outboxIds: [id], paths: [facts], grants: [grant], files: 1 }),
    );
    await log.prepare(fence, publication.id, {
      ...prepared,
      bins: [{ idx: 3, expiresMs: 2e12, length: 500, targets: 1 }],
    });
    const before = await log.known([facts.targetPath], ['demo'], [grant.id]);
    expect([before.paths.size, before.appliedGrants.size]).toEqual([0, 0]);

    await log.close(fence, publication.id, closed);
    await log.close(fence, publication.id, closed);
    const after = await log.known([facts.targetPath], ['demo'], [grant.id]);
    expect(after.paths.get(facts.targetPath)).toEqual(facts);
    expect([...after.appliedGrants]).toEqual([grant.id]);
    expect(after.addedLastHour.get('demo')).toBe(1);
    expect(await stateOf(id)).toBe('published');
    const roles = await log.committedRoles();
    expect(roles.get('timestamp')!.version).toBe(publication.timestampVersion);
    expect(roles.get('snapshot')!.version).toBe(publication.snapshotVersion);
  });

  it('keeps the number of targets when a refresh did not count them', async () => {
    const publication = await log.open(fence, planOf({ kind: 'refresh', bins: [3] }));
    await log.prepare(fence, publication.id, {
      ...prepared,
      bins: [{ idx: 3, expiresMs: 2e12, length: 501, targets: null }],
    });
    await log.close(fence, publication.id, closed);
    const { rows } = await index.owner.query<{ targets: number; length: number }>(
      `SELECT targets, length FROM signer.bin WHERE idx = 3`,
    );
    expect(rows[0]).toEqual({ targets: 1, length: 501 });
  });

  it('does not close what was never prepared', async () => {
    const publication = await log.open(fence, planOf({ paths: [path('never.whl')] }));
    await log.close(fence, publication.id, closed);
    expect((await log.known(['packages/demo/never.whl'], [], [])).paths.size).toBe(0);
    await log.abandon(fence, publication.id, 'test');
  });

  it('answers pending rows in their order, without those that are not wanted', async () => {
    const [first, second, third] = [await enqueue(21), await enqueue(22), await enqueue(23)];
    const ours = async (limit: number, except?: readonly number[]): Promise<number[]> =>
      (await log.pending(limit, except)).map(({ id }) => id).filter((id) => id >= first);
    expect(await ours(1_000)).toEqual([first, second, third]);
    expect(await ours(1_000, [second])).toEqual([first, third]);
    const older = (await log.pending(1_000)).map(({ id }) => id).filter((id) => id < first);
    expect(await ours(1, [...older, first])).toEqual([second]);
  });

  it('tells the time of the database', async () => {
    const first = await log.databaseNowMs();
    expect(Math.abs(first - systemClock().nowMs())).toBeLessThan(60_000);
    expect(await log.databaseNowMs()).toBeGreaterThanOrEqual(first);
  });

  it('sets rows aside with their reason and an audit event', async () => {
    const id = await enqueue(3);
    await log.setAside(fence, [
      {
        outboxId: id,
        reason: 'path.rewritten',
        audit: { event: 'path.rewritten', target: 'packages/demo/3' },
      },
    ]);
    expect(await stateOf(id)).toBe('set-aside');
    const { rows } = await index.owner.query(
      `SELECT event FROM signer.audit WHERE event = 'path.rewritten' AND target = 'packages/demo/3'`,
    );
    expect(rows).toHaveLength(1);
  });
});

describe('the writer lease', () => {
  it('refuses every write of a holder whose fence is not the newest', async () => {
    const open = await log.open(fence, planOf());
    await lease.release(fence);
    const next = (await lease.acquire('other', 60_000))!;
    expect(next.fence).toBe(fence + 1);
    const late: [string, () => Promise<unknown>][] = [
      ['open', () => log.open(fence, planOf())],
      ['prepare', () => log.prepare(fence, open.id, prepared)],
      ['close', () => log.close(fence, open.id, closed)],
      ['abandon', () => log.abandon(fence, open.id, 'late')],
      ['setAside', () => log.setAside(fence, [])],
      ['raiseNextVersion', () => log.raiseNextVersion(fence, 'timestamp', 99)],
    ];
    for (const [name, write] of late) {
      await expect(write(), name).rejects.toMatchObject({ code: 'lease.lost' });
    }
    expect(await lease.renew(fence, 60_000)).toBe(false);
    await log.abandon(next.fence, open.id, 'taken over');
    fence = next.fence;
  });

  it('is had by one of many who ask at once', async () => {
    await lease.release(fence);
    const taken = await Promise.all(
      Array.from({ length: 20 }, (_, i) => lease.acquire(`racer-${i}`, 60_000)),
    );
    const winners = taken.filter((held) => held !== null);
    expect(winners).toHaveLength(1);
    fence = winners[0]!.fence;
  });

  it('is free again when its time ran out, and not before', async () => {
    await lease.release(fence);
    const held = (await lease.acquire('short', 300))!;
    expect(await lease.acquire('early', 60_000)).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 400));
    fence = (await lease.acquire('later', 60_000))!.fence;
    expect(fence).toBe(held.fence + 1);
  });
});
