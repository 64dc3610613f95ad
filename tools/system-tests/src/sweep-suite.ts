import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { IndexClient, Updater } from '@rind/client';
import { HttpFetcher } from '@rind/client-node';
import type { Fetcher, MetadataStore } from '@rind/client-port';
import { openPool } from '@rind/database';
import { systemClock } from '@rind/kernel';
import type { ProjectName } from '@rind/kernel';
import { openFsStore } from '@rind/storage-fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { BucketServer } from './bucket.ts';
import { RunningInstance } from './instance.ts';
import type { InstanceFile } from './instance.ts';
import { jsonLines, rind } from './rind-command.ts';
import { missingWhileServed, walkServed } from './served-objects.ts';
import { publish, sdist } from './uploads.ts';

const bins = 64;
const page = (project: string): string => `simple/${project}/index.json`;

let instance: RunningInstance | undefined;
let bucket: BucketServer | undefined;
/** Where the instance of the present test keeps its objects in the bucket. */
let prefix = '';
let starts = 0;

afterEach(async () => {
  await instance?.destroy();
  instance = undefined;
});
afterAll(() => bucket?.stop());

export type StoreKind = 'fs' | 's3';

async function start(
  env: Readonly<Record<string, string>>,
  kind: StoreKind = 'fs',
  signers = 1,
): Promise<RunningInstance> {
  const args = ['--bins', String(bins), '--signers', String(signers), '--store', kind];
  const common = { RIND_GC_INTERVAL_MS: '0', RIND_LEASE_TTL_MS: '1500', ...env };
  if (kind === 'fs') {
    instance = await RunningInstance.start({ args, env: common });
  } else {
    bucket ??= await BucketServer.start();
    prefix = `gc-${++starts}/`;
    instance = await RunningInstance.start({ args, env: { ...common, ...bucket.env(prefix) } });
  }
  return instance;
}

/** One `rind` command on the instance, with --json; its exit code and lines. */
async function told(
  ...args: readonly string[]
): Promise<{ exitCode: number | null; lines: Record<string, unknown>[] }> {
  const env = bucket?.credentials ?? {};
  const outcome = await rind([...args, '--json', '--data', instance!.dataDir], { env });
  return { exitCode: outcome.exitCode, lines: jsonLines(outcome) };
}

async function operate(...args: readonly string[]): Promise<void> {
  const { exitCode, lines } = await told('operator', ...args);
  expect(exitCode, JSON.stringify(lines)).toBe(0);
}

async function gc(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { exitCode, lines } = await told('gc', ...args);
  expect(exitCode, JSON.stringify(lines)).toBe(0);
  return lines[0]!;
}

/** An outsider's audit of everything that is served, every file read, and of what the record says of it. */
async function expectSound(file: InstanceFile): Promise<void> {
  expect((await walkServed(file, bins)).missing).toEqual([]);
  const { exitCode, lines } = await told('fsck', '--targets', 'all');
  expect(exitCode, JSON.stringify(lines)).toBe(0);
}

/** Everything that was seen unreferenced was so for the grace period and more. */
async function waitOutTheGrace(file: InstanceFile): Promise<void> {
  const pool = openPool(file.db.signer, { max: 1, name: 'ageing' });
  try {
    await pool.transaction(async (sql) => {
      const { rows } = await sql.query<{ key: string }>(`DELETE FROM signer.unreferenced RETURNING key`);
      await sql.query(
        `INSERT INTO signer.unreferenced (key, first_seen) SELECT unnest($1::text[]), now() - interval '26 hours'`,
        [rows.map(({ key }) => key)],
      );
    });
  } finally {
    await pool.close();
  }
}

async function storedKeys(file: InstanceFile): Promise<ReadonlySet<string>> {
  const { kind, path } = file.store as { readonly kind: StoreKind; readonly path: string };
  const opened = kind === 's3' ? bucket!.store(prefix) : null;
  const store = opened ?? openFsStore({ root: path });
  try {
    const keys = new Set<string>();
    for await (const key of store.list('')) keys.add(key);
    return keys;
  } finally {
    await opened?.close();
  }
}

function isStopped(pid: number | null): boolean {
  if (pid === null) return false;
  try {
    return execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('T');
  } catch {
    return false;
  }
}

/** Asks every signer for a sweep that deletes, and waits for none of them. */
async function askForDeletion({ endpoints, operator }: InstanceFile): Promise<void> {
  const { signerSecret } = operator as InstanceFile['operator'] & { readonly signerSecret: string };
  const answers = await Promise.all(
    endpoints.signer.map((signer) =>
      fetch(`${signer}/internal/gc`, {
        method: 'POST',
        headers: { authorization: `Bearer ${signerSecret}`, 'content-type': 'application/json' },
        body: '{"delete":true}',
      }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual(
    endpoints.signer.map((_, i) => (i === 0 ? 202 : 409)),
  );
}

/** A client that is held up before it fetches the first bin. */
class SlowFetcher implements Fetcher {
  readonly reachedBin: Promise<void>;
  private readonly inner = new HttpFetcher({ retry: { retries: 0 } });
  private readonly reach: () => void;
  private readonly until: Promise<void>;

  constructor(until: Promise<void>) {
    this.until = until;
    let reach = (): void => {};
    this.reachedBin = new Promise((resolve) => (reach = resolve));
    this.reach = reach;
  }

  async fetch(url: string, maxBytes: number): Promise<Uint8Array | null> {
    if (/\.bin-[0-9a-f]+\.json$/.test(url)) {
      this.reach();
      await this.until;
    }
    return this.inner.fetch(url, maxBytes);
  }
}

function clientOf(file: InstanceFile, fetcher: Fetcher): IndexClient {
  const memory = new Map<string, Uint8Array>();
  const store: MetadataStore = {
    read: async (role) => memory.get(role) ?? null,
    write: async (role, bytes) => void memory.set(role, bytes),
    delete: async (role) => void memory.delete(role),
  };
  const updater = new Updater({
    fetcher,
    store,
    clock: systemClock(),
    metadataUrl: file.metadata,
    targetsUrl: file.targets,
    bootstrapRoot: readFileSync(file.root),
  });
  return new IndexClient({ updater, fetcher });
}

/** What must hold of a sweep on either store. */
export function describeSweeps(kind: StoreKind): void {
  describe(`rind gc on ${kind}`, () => {
    it('leaves what a client in mid-refresh needs, and deletes it after the grace period', async () => {
      const { file } = await start({}, kind);
      await publish(file, 'slow', '1.0');
      let goOn = (): void => {};
      const fetcher = new SlowFetcher(new Promise((resolve) => (goOn = resolve)));
      const client = clientOf(file, fetcher);
      const reading = client.fetchFile('slow', 'slow-1.0.tar.gz');
      await fetcher.reachedBin;
      const old = await walkServed(file, bins, [page('slow')]);
      const before = await storedKeys(file);
      const oldPage = `targets/simple/slow/${old.targets.get(page('slow'))!}.index.json`;
      const oldSnapshot = `metadata/${old.snapshot}.snapshot.json`;
      expect([before.has(oldPage), before.has(oldSnapshot)]).toEqual([true, true]);

      await publish(file, 'slow', '2.0');
      const first = await gc('--delete');
      expect(first).toMatchObject({ ok: true, deleted: 0, deletable: 0 });
      // Of this publication and the ones before it: bins, snapshots and a page.
      expect(first['waiting']).toBeGreaterThanOrEqual(4);
      goOn();
      expect(await reading).toEqual(sdist('slow', '1.0').bytes);

      await waitOutTheGrace(file);
      const report = await gc();
      expect(report).toMatchObject({ deletable: first['waiting'], deleted: 0, waiting: 0 });
      const reported = await storedKeys(file);
      expect(reported.has(oldPage)).toBe(true);
      expect(await gc('--delete')).toMatchObject({ deletable: first['waiting'], deleted: first['waiting'] });
      const after = await storedKeys(file);
      expect([after.has(oldPage), after.has(oldSnapshot)]).toEqual([false, false]);
      expect(reported.size - after.size).toBe(first['waiting']);
      for (const key of ['metadata/1.root.json', 'metadata/1.targets.json', 'metadata/1.bins.json']) {
        expect(after.has(key), key).toBe(true);
      }
      await expectSound(file);
      expect(await gc('--delete')).toMatchObject({ unreferenced: 0, deleted: 0 });
      const audit = await told('audit', '--event', 'gc.swept');
      expect(audit.lines.map(({ actor }) => actor)).toEqual(['operator', 'operator', 'operator']);
    });

    it('never takes what is served, however fast pages come back to what they were', async () => {
      const { file } = await start({ RIND_GC_INTERVAL_MS: '50', RIND_GC_GRACE_MS: '0' }, kind);
      const projects = ['race-a', 'race-b', 'race-c'];
      for (const project of projects) await publish(file, project, '1.0');
      const seen = new Map(projects.map((project) => [project, new Set<string>()]));
      const missing: string[] = [];
      let walks = 0;
      let over = false;
      const watching = (async () => {
        while (!over) {
          const { targets } = await walkServed(file, bins, projects.map(page));
          for (const project of projects) {
            const sha256 = targets.get(page(project));
            if (sha256 !== undefined) seen.get(project)!.add(sha256);
          }
          missing.push(...(await missingWhileServed(file, bins, projects.map(page))));
          walks++;
        }
      })();
      for (let round = 0; round < 6; round++) {
        const verb = round % 2 === 0 ? 'yank' : 'unyank';
        await Promise.all(projects.map((project) => operate(verb, project)));
      }
      over = true;
      await watching;
      expect(missing).toEqual([]);
      expect(walks).toBeGreaterThan(5);
      for (const project of projects) expect(seen.get(project)!.size, project).toBeGreaterThanOrEqual(2);
      await expectSound(file);
      const swept = await told('audit', '--event', 'gc.swept');
      const pages = swept.lines.map(
        ({ detail }) => (detail as { byArea: { pages: { deleted: number } } }).byArea.pages.deleted,
      );
      expect(pages.reduce((sum, deleted) => sum + deleted, 0)).toBeGreaterThanOrEqual(projects.length);
    }, 600_000);

    it('harms nothing when a signer that was stopped in a sweep wakes up', async () => {
      const running = await start({ RIND_GC_GRACE_MS: '0', RIND_STOP_AT: 'signer/gc-condemned:1' }, kind, 2);
      const { file } = running;
      await publish(file, 'woken', '1.0');
      const plain = (await walkServed(file, bins, [page('woken')])).targets.get(page('woken'))!;
      const plainKey = `targets/simple/woken/${plain}.index.json`;
      await operate('yank', 'woken');
      await askForDeletion(file);
      let stopped: number | null = null;
      await running.until('a signer stops', () => {
        stopped = file.processes.signer.find((pid) => isStopped(pid)) ?? null;
        return stopped !== null;
      });
      // The other one publishes the page as it was before.
      await operate('unyank', 'woken');
      const { targets } = await walkServed(file, bins, [page('woken')]);
      const served = targets.get(page('woken'))!;
      expect(served).not.toBe(plain);
      expect((await storedKeys(file)).has(plainKey), 'not deleted yet').toBe(true);

      process.kill(stopped!, 'SIGCONT');
      await running.until('the first ends', () => !running.file.processes.signer.includes(stopped!));
      await running.until('its exit code is 3', () =>
        running.printed.includes(`(pid ${stopped!}) ended with 3`),
      );
      expect((await storedKeys(file)).has(plainKey), 'the one that woke up deleted it').toBe(false);
      await expectSound(file);
      const read = await clientOf(file, new HttpFetcher({ retry: { retries: 0 } })).projectPage(
        'woken' as ProjectName,
      );
      expect(read.files.map(({ filename, yanked }) => [filename, yanked])).toEqual([
        ['woken-1.0.tar.gz', false],
      ]);

      // What was condemned by a process that may wake up is never used again, however long it is gone.
      await gc('--delete');
      await gc('--delete');
      await operate('yank', 'woken');
      await operate('unyank', 'woken');
      const again = await walkServed(file, bins, [page('woken')]);
      expect(again.targets.get(page('woken'))).not.toBe(plain);
      expect(again.missing).toEqual([]);
    });
  });
}

/** What does not depend on the store: files whose time is over, and kills. */
export function describeInterruptedSweeps(): void {
  describe('rind gc', () => {
    it('deletes a file that was taken out when its retention is over; then nobody restores it', async () => {
      const { file } = await start({ RIND_GC_PACKAGE_RETENTION_MS: '0' });
      const kept = await publish(file, 'packed', '1.0');
      const gone = await publish(file, 'packed', '2.0');
      const objectOf = ({ sha256 }: { sha256: string }, name: string): string =>
        `targets/packages/packed/${sha256}.${name}`;
      await operate('delete', 'packed-2.0.tar.gz');
      await gc();
      expect((await storedKeys(file)).has(objectOf(gone, 'packed-2.0.tar.gz'))).toBe(true);
      expect(await gc('--delete')).toMatchObject({ byArea: { packages: { deletable: 1, deleted: 1 } } });
      const keys = await storedKeys(file);
      expect(keys.has(objectOf(gone, 'packed-2.0.tar.gz'))).toBe(false);
      expect(keys.has(objectOf(kept, 'packed-1.0.tar.gz'))).toBe(true);
      const { exitCode, lines } = await told('operator', 'restore', 'packed-2.0.tar.gz');
      expect(exitCode).toBe(3);
      expect(lines).toMatchObject([{ error: { code: 'grant.refused', reason: 'blob.missing' } }]);
      await expectSound(file);
    });

    it.each(['gc-condemned', 'gc-deleted', 'gc-confirmed'])(
      'goes on after it was killed at %s',
      async (point) => {
        const running = await start({ RIND_GC_GRACE_MS: '0', RIND_CRASH_AT: `signer/${point}:1` });
        const { file } = running;
        await publish(file, 'killed', '1.0');
        await operate('yank', 'killed');
        const killed = file.processes.signer[0];
        await askForDeletion(file);
        await running.until(
          'the signer is killed',
          () => !running.file.processes.signer.includes(killed ?? null),
        );
        await running.until('by SIGKILL', () =>
          /signer \(pid \d+\) ended with SIGKILL/.test(running.printed),
        );
        await running.ready();
        await operate('unyank', 'killed');
        await expectSound(running.file);
        await gc('--delete');
        expect(await gc()).toMatchObject({ unreferenced: 0 });
        await expectSound(running.file);
      },
    );
  });
}
