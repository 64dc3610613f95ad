import { readFileSync, readdirSync, mkdtempSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashHex } from '@rind/crypto';
import { openPool } from '@rind/database';
import type { Pool } from '@rind/database';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RunningInstance } from './instance.ts';
import { basic, multipart, multipartType, send, uploadForm } from './legacy-request.ts';
import type { RawAnswer, UploadFormParts } from './legacy-request.ts';
import { readSignedOutput, storedPackages } from './signed-output.ts';
import { SmallDisk } from './small-disk.ts';
import { TraceReader } from './upload-traces.ts';
import type { Traces } from './upload-traces.ts';
import { publish, receiptOf, sdist } from './uploads.ts';

const mebibyte = 1_048_576;
/** More than two sockets between gate and warehouse hold: a stopped warehouse cannot have been sent all of it. */
const largeBytes = 20 * mebibyte;
const usualBytes = 2 * mebibyte;
/** Under the 60 s for which the gate waits for a warehouse that lives, over the 10 s for one that says nothing. */
const outageTimeoutMs = 55_000;

const noDisk = SmallDisk.refusal();
if (noDisk !== null) console.warn(`NOT TESTED: uploads while a disk is full. No tmpfs here: ${noDisk}`);

let instance: RunningInstance;
let traces: TraceReader;
let activity: Pool;
const disks = new Map<FullDisk, SmallDisk>();
/** What undoes the outage under way; nothing when there is none. */
let mend = (): void => {};

type FullDisk = 'store' | 'spool/gate' | 'spool/warehouse';

beforeAll(async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'rind-instance-'));
  if (noDisk === null) {
    disks.set('store', SmallDisk.mount(join(dataDir, 'store'), 96 * mebibyte, '755'));
    for (const spool of ['spool/gate', 'spool/warehouse'] as const) {
      disks.set(spool, SmallDisk.mount(join(dataDir, spool), 48 * mebibyte));
    }
  }
  instance = await RunningInstance.start({ dataDir, args: ['--bins', '64'] });
  traces = new TraceReader(dataDir, instance.file);
  activity = openPool(instance.file.db.signer, { max: 1, name: 'outages' });
});
afterEach(() => endOutage());
afterAll(async () => {
  await Promise.all([traces?.close(), activity?.close()]);
  await instance?.stop();
  for (const disk of disks.values()) disk.unmount();
  await instance?.destroy();
});

function endOutage(): void {
  const now = mend;
  mend = () => {};
  now();
}

/** Keeps processes from running until the outage ends. */
function hold(pids: readonly number[]): void {
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  mend = () => pids.toReversed().forEach((pid) => process.kill(pid, 'SIGCONT'));
}

function fill(name: FullDisk): void {
  const disk = disks.get(name)!;
  mend = () => disk.free();
  expect(disk.fill()).toBeGreaterThan(0);
}

/** The processes that one made: of the database server, one for each connection and some for itself. */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => {
      if (!/^\d+$/.test(name)) return false;
      try {
        // `pid (name) state ppid …`: the name may hold anything.
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1').split(') ').at(-1)!;
        return Number(stat.split(' ')[1]) === parent;
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** The server first, so that it makes no more of them. */
function holdDatabase(): void {
  const server = instance.file.processes.postgres;
  hold([server]);
  hold([server, ...childrenOf(server)]);
}

async function connectionsOf(role: string): Promise<number[]> {
  const { rows } = await activity.query<{ pid: number }>(
    'SELECT pid FROM pg_stat_activity WHERE usename = $1',
    [role],
  );
  return rows.map(({ pid }) => pid);
}

/** New connections wait for ever, and so does whoever has one as `rind_warehouse`; auth keeps its own. */
async function holdDatabaseOfWarehouse(): Promise<void> {
  await instance.until('auth has connections for what follows', async () => {
    await Promise.all(Array.from({ length: 6 }, () => send(instance.file.upload, { headers: ours() })));
    return (await connectionsOf('rind_auth')).length >= 3;
  });
  const server = instance.file.processes.postgres;
  hold([server]);
  hold([server, ...(await connectionsOf('rind_warehouse'))]);
}

async function notReady(process: 'gate' | 'warehouse'): Promise<Record<string, string>> {
  const response = await fetch(`${instance.file.endpoints[process]}/readyz`);
  expect(response.status).toBe(503);
  return ((await response.json()) as { checks: Record<string, string> }).checks;
}

async function problems(): Promise<string[]> {
  const response = await fetch(new URL('/api/v1/status', instance.file.url));
  return ((await response.json()) as { problems: { code: string }[] }).problems.map(({ code }) => code);
}

const seemsUnready = (): Promise<void> => instance.until('it shows', () => !instance.file.ready);
const slow = expect.stringMatching(/^(?:check\.timeout|database\.unavailable)$/);

interface Outage {
  /** Part of the projects' names too. */
  readonly name: string;
  readonly begin: () => Promise<void> | void;
  readonly code: string;
  /** Where an operator sees it while it lasts. */
  readonly shows: () => Promise<void>;
  /** When rows are counted: a database that stands still is asked afterwards. */
  readonly rows: 'meanwhile' | 'afterwards';
  readonly disk?: FullDisk;
  /** Of the file that is under way when it begins; `usualBytes` unless said otherwise. */
  readonly bytes?: number;
}

const outages: Outage[] = [
  {
    name: 'database',
    begin: holdDatabase,
    code: 'auth.unavailable',
    shows: async () => {
      expect(await notReady('warehouse')).toMatchObject({ database: slow });
      await seemsUnready();
    },
    rows: 'afterwards',
  },
  {
    name: 'database-of-warehouse',
    begin: holdDatabaseOfWarehouse,
    code: 'database.unavailable',
    shows: async () => expect(await notReady('warehouse')).toMatchObject({ database: slow }),
    rows: 'afterwards',
  },
  {
    name: 'auth',
    begin: () => hold([instance.file.processes.auth!]),
    code: 'auth.unavailable',
    shows: seemsUnready,
    rows: 'meanwhile',
  },
  {
    name: 'warehouse',
    begin: () => hold([instance.file.processes.warehouse!]),
    code: 'warehouse.unavailable',
    shows: seemsUnready,
    rows: 'meanwhile',
    bytes: largeBytes,
  },
  {
    name: 'disk-of-store',
    begin: () => fill('store'),
    code: 'store.full',
    shows: async () => expect(await problems()).toContain('store.full'),
    rows: 'meanwhile',
    disk: 'store',
  },
  {
    name: 'disk-of-warehouse',
    begin: () => fill('spool/warehouse'),
    code: 'store.full',
    shows: async () => expect(await problems()).toContain('store.full'),
    rows: 'meanwhile',
    disk: 'spool/warehouse',
  },
  {
    name: 'disk-of-gate',
    begin: () => fill('spool/gate'),
    code: 'spool.full',
    shows: async () => expect(await notReady('gate')).toMatchObject({ spool: 'spool.full' }),
    rows: 'meanwhile',
    disk: 'spool/gate',
  },
];

const ours = (): Record<string, string> => ({ authorization: basic('__token__', instance.file.token) });

function formOf(project: string, bytes: number): UploadFormParts {
  const content = new Uint8Array(bytes).fill(project.length);
  return uploadForm(project, '1.0', { file: sdist(project, '1.0', content) });
}

/** An upload of which one half is sent at once, and the other when `finish` is called. */
function sendHalf(form: UploadFormParts): { answer: Promise<RawAnswer>; finish: () => void } {
  const body = multipart(form);
  const half = Math.floor(body.length / 2);
  const headers = { ...ours(), 'content-type': multipartType, 'content-length': body.length };
  const outgoing = request(instance.file.upload, { method: 'POST', headers, agent: false });
  const answer = new Promise<RawAnswer>((resolve, reject) => {
    let answered = false;
    // The gate may answer before it has read everything.
    outgoing.on('error', (error) => (answered ? undefined : reject(error)));
    outgoing.once('response', (response) => {
      answered = true;
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      const { statusCode: status = 0, statusMessage: reason = '' } = response;
      response.once('end', () => resolve({ status, reason, headers: response.headers, body: text }));
    });
  });
  outgoing.write(body.subarray(0, half));
  return { answer, finish: () => void outgoing.end(body.subarray(half)) };
}

const sendWhole = (form: UploadFormParts): Promise<RawAnswer> =>
  send(instance.file.upload, { headers: ours(), form });

function expectOutage(answer: RawAnswer, code: string): void {
  expect([answer.status, answer.headers['x-rind-error']]).toEqual([503, code]);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(answer.body).toBe(`503 ${answer.reason}\n`);
}

/** Files in the spools that hold bytes of an upload; entries of grants are empty and end by themselves. */
const spooledFiles = (): string[] =>
  ['gate', 'warehouse'].flatMap((process) =>
    readdirSync(join(instance.dataDir, 'spool', process)).filter((name) => name.endsWith('.upload')),
  );

/** Objects of a project in the store, whole or not. */
function objectsOf(project: string): string[] {
  try {
    return storedPackages(instance.file.store.path, project);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const drafts = (): string[] => readdirSync(join(instance.file.store.path, '.rind', 'tmp'));

/** Rows that speak of a project: of its files, of its uploads, of requests to publish them. */
async function rowsOf(project: string): Promise<{ files: number; uploads: number; requests: number }> {
  const { rows } = await activity.query<{ files: number; uploads: number; requests: number }>(
    `SELECT (SELECT count(*)::int FROM warehouse.file WHERE project = $1) AS files,
            (SELECT count(*)::int FROM warehouse.upload WHERE target_path LIKE $2) AS uploads,
            (SELECT count(*)::int FROM signer.outbox WHERE target_path LIKE $2) AS requests`,
    [project, `packages/${project}/%`],
  );
  return rows[0]!;
}

const nothing = { files: 0, uploads: 0, requests: 0 };
const one = { files: 1, uploads: 1, requests: 1 };

async function expectVerifiable(answer: RawAnswer, project: string, form: UploadFormParts): Promise<void> {
  expect([answer.status, answer.headers['x-rind-error']]).toEqual([200, undefined]);
  const path = /<([^>]+)>/.exec(String(answer.headers['link']))![1]!;
  expect((await receiptOf(instance.file, path)).state).toBe('verifiable');
  const { filename, bytes } = form.file!;
  const { targets } = readSignedOutput(instance.file.store.path);
  expect(targets.get(`packages/${project}/${filename}`)).toBe(hashHex('sha256', bytes));
  expect(objectsOf(project)).toEqual([`${hashHex('sha256', bytes)}.${filename}`]);
  expect(await rowsOf(project)).toEqual(one);
}

describe('the looks for what an upload left', () => {
  it('find a file in the spool, in the store and in the tables', async () => {
    const form = formOf('seen', mebibyte);
    expect([objectsOf('seen'), await rowsOf('seen'), spooledFiles()]).toEqual([[], nothing, []]);
    const { answer, finish } = sendHalf(form);
    await instance.until('it is spooled', () => spooledFiles().length === 1);
    finish();
    await expectVerifiable(await answer, 'seen', form);
    expect(spooledFiles()).toEqual([]);
  });
});

describe.each(outages)(
  'uploads without $name',
  ({ name, begin, code, shows, rows, disk, bytes = usualBytes }) => {
    it.skipIf(disk !== undefined && noDisk !== null)(
      `are answered with 503 ${code}, leave nothing, and work afterwards`,
      { timeout: outageTimeoutMs },
      async () => {
        await publish(instance.file, `before-${name}`, '1.0');
        const projects = { begun: `begun-${name}`, fresh: `fresh-${name}` };
        const forms = { begun: formOf(projects.begun, bytes), fresh: formOf(projects.fresh, 2_000) };

        const begun = sendHalf(forms.begun);
        await instance.until('one is under way', () => spooledFiles().length === 1);
        await begin();
        begun.finish();
        const fresh = disk === undefined ? sendWhole(forms.fresh) : undefined;
        expectOutage(await begun.answer, code);
        // The room that the first left is no longer there for the second.
        if (disk !== undefined) disks.get(disk)!.fill();
        expectOutage(await (fresh ?? sendWhole(forms.fresh)), code);
        // The signer too has drafts, for moments, when something is due to be signed anew.
        await expect.poll(() => [spooledFiles(), drafts()], { timeout: 5_000 }).toEqual([[], []]);
        expect(Object.values(projects).map(objectsOf)).toEqual([[], []]);
        const none = async (): Promise<void> =>
          expect(await Promise.all(Object.values(projects).map(rowsOf))).toEqual([nothing, nothing]);
        if (rows === 'meanwhile') await none();
        await shows();

        endOutage();
        await instance.ready();
        if (rows === 'afterwards') await none();
        await Promise.all(
          (['begun', 'fresh'] as const).map(async (which) =>
            expectVerifiable(await sendWhole(forms[which]), projects[which], forms[which]),
          ),
        );
      },
    );
  },
);

describe('after all of them', () => {
  it('no grant stays open, no spool holds anything, and nothing is wrong', async () => {
    let left: Traces | undefined;
    await instance.until('all is settled', async () => {
      left = await traces.read();
      return left.liveGrants.length + left.spooled.length + left.drafts.length === 0;
    });
    expect(left).toMatchObject({ liveGrants: [], spooled: [], drafts: [] });
    expect(await problems()).toEqual([]);
  });
});
