import { DatabaseGarbageLog, DatabaseLease, DatabasePublicationLog } from '@rind/database';
import type { PathFacts, ProjectFacts, PublicationPlan } from '@rind/queue-port';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startIndexDatabase } from './index-database.ts';
import type { IndexDatabase } from './index-database.ts';

let index: IndexDatabase;
let lease: DatabaseLease;
let log: DatabasePublicationLog;
let garbage: DatabaseGarbageLog;
let fence: number;

beforeAll(async () => {
  index = await startIndexDatabase();
  lease = new DatabaseLease(index.signer);
  log = new DatabasePublicationLog(index.signer);
  garbage = new DatabaseGarbageLog(index.signer);
});
beforeEach(async () => {
  fence = (await lease.acquire('test', 0))!.fence;
  await index.owner.query(`TRUNCATE signer.unreferenced, signer.condemned`);
});
afterAll(() => index.destroy());

const hash = (digit: string): string => digit.repeat(64);
const page = (project: string, digit: string): string =>
  `targets/simple/${project}/${hash(digit)}.index.json`;
const anHour = 3_600_000;

const projectOf = (name: string, digit: string): ProjectFacts => ({
  name,
  status: 'active',
  statusReason: null,
  lastSeq: 1,
  pageSha256: hash(digit),
  pageLength: 10,
  pageBin: 2,
});

function pathOf(filename: string, over: Partial<PathFacts> = {}): PathFacts {
  return {
    targetPath: `packages/files/${filename}`,
    project: 'files',
    filename,
    state: 'live',
    length: 3,
    sha256: hash('a'),
    sha512: 'b'.repeat(128),
    blake2b256: hash('c'),
    requiresPython: null,
    coreMetadataSha256: null,
    provenanceSha256: null,
    uploadedAt: '2026-01-01T00:00:00.000000Z',
    yanked: false,
    yankedReason: null,
    lastSeq: 1,
    bin: 3,
    ...over,
  };
}

function planOf(over: Partial<PublicationPlan> = {}): PublicationPlan {
  const nothing = { paths: [], projects: [], outboxIds: [], grants: [], files: 0 };
  return { kind: 'changes', bins: [3], newSnapshot: true, ...nothing, ...over };
}

async function publish(over: Partial<PublicationPlan>): Promise<number> {
  const { id } = await log.open(fence, planOf(over));
  const bins = [{ idx: 3, expiresMs: 1e12, length: 400, targets: 1 }];
  await log.prepare(fence, id, { bins, timestampSha256: hash('d'), signatures: [] });
  await log.close(fence, id, { snapshotExpiresMs: 1e12, timestampExpiresMs: 1e12, durationMs: 1 });
  return id;
}

async function keysOf(table: 'unreferenced' | 'condemned'): Promise<string[]> {
  const { rows } = await index.owner.query<{ key: string }>(`SELECT key FROM signer.${table} ORDER BY key`);
  return rows.map(({ key }) => key);
}

async function age(table: 'unreferenced' | 'condemned', column: string): Promise<void> {
  await index.owner.query(`UPDATE signer.${table} SET ${column} = ${column} - interval '2 hours'`);
}

describe('what is referred to', () => {
  it('is what is committed and what an unfinished publication took, of what was asked about', async () => {
    await publish({ projects: [projectOf('one', '1'), projectOf('two', '1')] });
    const before = await garbage.references([3, 4], ['one', 'nobody']);
    expect([...before.bins.keys()].sort()).toEqual([3, 4]);
    expect(before.pages).toEqual(new Map([['one', new Set([hash('1')])]]));
    const opened = await log.open(fence, planOf({ projects: [projectOf('one', '2')] }));
    const during = await garbage.references([3], ['one']);
    expect(during.bins.get(3)).toEqual(new Set([...before.bins.get(3)!, opened.binVersions.get(3)]));
    expect(during.snapshots).toEqual(new Set([...before.snapshots, opened.snapshotVersion]));
    expect(during.pages.get('one')).toEqual(new Set([hash('1'), hash('2')]));
    await log.abandon(fence, opened.id, 'test');
    expect(await garbage.references([3, 4], ['one', 'nobody'])).toEqual(before);
  });
});

describe('the memory of what is unreferenced', () => {
  it('keeps since when, forgets what is kept, and answers what is older than the grace', async () => {
    await garbage.observe(fence, [], ['metadata/1.snapshot.json', page('x', '1'), page('x', '2')]);
    await age('unreferenced', 'first_seen');
    await garbage.observe(fence, [page('x', '2')], ['metadata/1.snapshot.json', 'metadata/2.snapshot.json']);
    expect(await garbage.due(anHour, 10)).toEqual(['metadata/1.snapshot.json', page('x', '1')]);
    expect(await garbage.due(anHour, 1)).toEqual(['metadata/1.snapshot.json']);
    expect(await garbage.due(3 * anHour, 10)).toEqual([]);
    expect(await garbage.census(anHour)).toEqual({
      metadata: { waiting: 1, due: 1 },
      pages: { waiting: 0, due: 1 },
    });
  });

  it('forgets the pages that a publication names when it opens, whatever becomes of it', async () => {
    await garbage.observe(fence, [], [page('again', '5'), page('again', '6'), page('other', '5')]);
    const { id } = await log.open(fence, planOf({ projects: [projectOf('again', '5')] }));
    await log.abandon(fence, id, 'test');
    expect(await keysOf('unreferenced')).toEqual([page('again', '6'), page('other', '5')]);
  });
});

describe('a condemned object', () => {
  it('is named by no publication, until it was pardoned', async () => {
    const key = page('back', '7');
    await garbage.observe(fence, [], [key]);
    expect(await garbage.condemn(fence, [key], false)).toEqual([key]);
    expect(await keysOf('unreferenced')).toEqual([]);
    const plan = planOf({ projects: [projectOf('back', '7')] });
    const attempt = () => log.open(fence, plan);
    await expect(attempt()).rejects.toMatchObject({ code: 'object.condemned', details: { keys: [key] } });
    expect(await log.unfinished()).toEqual([]);
    expect(await garbage.condemned([key, page('back', '8')])).toEqual(new Set([key]));
    expect(await garbage.unconfirmed(10)).toEqual([key]);
    await garbage.confirm(fence, [key]);
    expect(await garbage.unconfirmed(10)).toEqual([]);
    await garbage.pardon(fence, anHour);
    await expect(attempt()).rejects.toMatchObject({ code: 'object.condemned' });
    await age('condemned', 'deleted_at');
    await garbage.pardon(fence, anHour);
    const { id } = await attempt();
    await log.abandon(fence, id, 'test');
  });

  it('is never a page that a project has or is about to get', async () => {
    await publish({ projects: [projectOf('has', '1')] });
    const { id } = await log.open(fence, planOf({ projects: [projectOf('gets', '2')] }));
    const keys = [page('has', '1'), page('has', '2'), page('gets', '1'), page('gets', '2')];
    expect((await garbage.condemn(fence, keys, false)).sort()).toEqual([page('gets', '1'), page('has', '2')]);
    await log.abandon(fence, id, 'test');
  });

  it('stays for good when somebody else finished what was begun, and when it is condemned again', async () => {
    const [settled, again] = [page('late', '1'), page('late', '2')];
    await garbage.condemn(fence, [settled, again], false);
    const next = (await lease.acquire('next', 0))!.fence;
    await garbage.settle(next, [settled]);
    await garbage.condemn(next, [again], false);
    await garbage.confirm(next, [settled, again]);
    await age('condemned', 'deleted_at');
    await garbage.pardon(next, anHour);
    expect(await keysOf('condemned')).toEqual([settled, again]);
  });

  it('is forgotten at once when it is metadata, whose numbers are never used again', async () => {
    const key = 'metadata/5.snapshot.json';
    await garbage.condemn(fence, [key], false);
    await garbage.confirm(fence, [key]);
    expect(await keysOf('condemned')).toEqual([]);
  });

  it.each<[string, (old: number) => Promise<unknown>]>([
    ['observe', (old) => garbage.observe(old, [], ['metadata/9.snapshot.json'])],
    ['condemn', (old) => garbage.condemn(old, ['metadata/9.snapshot.json'], false)],
    ['confirm', (old) => garbage.confirm(old, ['metadata/8.snapshot.json'])],
    ['settle', (old) => garbage.settle(old, ['metadata/8.snapshot.json'])],
    ['pardon', (old) => garbage.pardon(old, 0)],
  ])('is nothing that %s changes once another holds the lease', async (_, call) => {
    await garbage.condemn(fence, ['metadata/8.snapshot.json'], false);
    const old = fence;
    await lease.acquire('next', 0);
    await expect(call(old)).rejects.toMatchObject({ code: 'lease.lost' });
    expect(await keysOf('condemned')).toEqual(['metadata/8.snapshot.json']);
    expect(await garbage.unconfirmed(10)).toEqual(['metadata/8.snapshot.json']);
    expect(await keysOf('unreferenced')).toEqual([]);
  });
});

describe('the last snapshot of a day', () => {
  it('is one a day, of as many days as are asked for, and of what was published alone', async () => {
    const closedDaysAgo = async (days: number, hours: number): Promise<number> => {
      const id = await publish({});
      const { rows } = await index.owner.query<{ version: string }>(
        `UPDATE signer.publication
            SET closed_at = (date_trunc('day', now() AT TIME ZONE 'UTC') - $2 * interval '1 day' + $3 * interval '1 hour')
                            AT TIME ZONE 'UTC'
          WHERE id = $1 RETURNING snapshot_version AS version`,
        [id, days, hours],
      );
      return Number(rows[0]!.version);
    };
    await index.owner.query(`UPDATE signer.publication SET closed_at = '2020-01-01'`);
    await closedDaysAgo(2, 0);
    const twoAgo = await closedDaysAgo(2, 23);
    await closedDaysAgo(1, 1);
    const yesterday = await closedDaysAgo(1, 2);
    const today = await closedDaysAgo(0, 0);
    const { id } = await log.open(fence, planOf());
    await log.abandon(fence, id, 'test');
    expect(await garbage.dailySnapshots(3)).toEqual([twoAgo, yesterday, today]);
    expect(await garbage.dailySnapshots(2)).toEqual([yesterday, today]);
    expect(await garbage.dailySnapshots(1)).toEqual([today]);
  });
});

describe('files that were taken out', () => {
  const key = (filename: string): string => `targets/packages/files/${hash('a')}.${filename}`;

  it('expire once the retention is over, unless a request waits for their path, and are told of once', async () => {
    const core = { coreMetadataSha256: hash('e') };
    const taken = [
      pathOf('old.whl', { state: 'deleted', ...core }),
      pathOf('revoked.whl', { state: 'revoked' }),
      pathOf('wanted.whl', { state: 'deleted' }),
    ];
    const id = await publish({ paths: [...taken, pathOf('live.whl')] });
    await publish({ paths: [pathOf('young.whl', { state: 'deleted' })] });
    await index.owner.query(
      `UPDATE signer.publication SET closed_at = closed_at - interval '2 hours' WHERE id = $1`,
      [id],
    );
    await index.warehouse.query(
      `INSERT INTO signer.outbox (upload_id, target_path, envelope)
       VALUES ('00000000-0000-4000-8000-000000000001', 'packages/files/wanted.whl', '{}')`,
    );
    const gone = async (after = '', limit = 10) =>
      (await garbage.gonePackages(anHour, after, limit)).map(
        ({ filename, expired, hasCoreMetadata }) => `${filename} ${expired} ${hasCoreMetadata}`,
      );
    expect(await gone()).toEqual([
      'old.whl true true',
      'revoked.whl true false',
      'wanted.whl false false',
      'young.whl false false',
    ]);
    expect(await gone('packages/files/old.whl', 1)).toEqual(['revoked.whl true false']);
    await garbage.condemn(fence, [key('old.whl')], true);
    await garbage.confirm(fence, [key('old.whl')]);
    await age('condemned', 'deleted_at');
    await garbage.pardon(fence, anHour);
    expect(await gone()).toEqual([
      'revoked.whl true false',
      'wanted.whl false false',
      'young.whl false false',
    ]);
  });
});
