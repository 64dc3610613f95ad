import { DatabaseLease, DatabasePublicationLog } from '@rind/database';
import type { OfflineChange, PublicationPlan } from '@rind/queue-port';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startIndexDatabase } from './index-database.ts';
import type { IndexDatabase } from './index-database.ts';

let index: IndexDatabase;
let log: DatabasePublicationLog;
let fence: number;

beforeAll(async () => {
  index = await startIndexDatabase();
  log = new DatabasePublicationLog(index.signer);
  fence = (await new DatabaseLease(index.signer).acquire('test', 60_000))!.fence;
});
afterAll(() => index.destroy());

const expiresMs = Date.parse('2031-01-01T00:00:00Z');
const closed = { snapshotExpiresMs: expiresMs, timestampExpiresMs: expiresMs, durationMs: null };
const prepared = { bins: [], signatures: [], timestampSha256: 'a'.repeat(64) };

function planOf(...offline: readonly OfflineChange[]): PublicationPlan {
  const nothing = { paths: [], projects: [], outboxIds: [], grants: [], files: 0 };
  return { ...nothing, kind: 'ceremony', bins: [], newSnapshot: true, offline };
}

async function committed(): Promise<(readonly [string, number, number])[]> {
  const roles = await log.committedRoles();
  return ['root', 'targets', 'bins'].map((name) => {
    const { version, nextVersion } = roles.get(name)!;
    return [name, version, nextVersion] as const;
  });
}

it('a ceremony counts once its publication is closed, whoever closes it, and not when it is given up', async () => {
  const given = await log.open(fence, planOf({ role: 'targets', version: 2, expiresMs }));
  await log.abandon(fence, given.id, 'test');
  expect(await committed()).toEqual([
    ['root', 1, 2],
    ['targets', 1, 2],
    ['bins', 1, 2],
  ]);

  const { id } = await log.open(
    fence,
    planOf({ role: 'targets', version: 2, expiresMs }, { role: 'bins', version: 4, expiresMs }),
  );
  await log.prepare(fence, id, prepared);
  expect((await committed())[1]).toEqual(['targets', 1, 2]);
  // As a take-over does that knows nothing but the record.
  await log.close(fence, id, closed);
  await log.close(fence, id, closed);
  expect(await committed()).toEqual([
    ['root', 1, 2],
    ['targets', 2, 3],
    ['bins', 4, 5],
  ]);
  expect((await log.committedRoles()).get('bins')?.expiresMs).toBe(expiresMs);
});

it('a root never goes back in the record', async () => {
  for (const version of [3, 2]) {
    const { id } = await log.open(fence, planOf({ role: 'root', version, expiresMs }));
    await log.prepare(fence, id, prepared);
    await log.close(fence, id, closed);
  }
  expect((await committed())[0]).toEqual(['root', 3, 4]);
});
