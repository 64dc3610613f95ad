import { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPool } from '@rind/database';
import type { Pool } from '@rind/database';
import { binIndexOf, binName } from '@rind/repository';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningInstance } from './instance.ts';
import { jsonLines, rind } from './rind-command.ts';
import { publish, receiptOf, sdist, upload } from './uploads.ts';

const bits = 6;
const path = 'packages/amber/amber-1.0.tar.gz';
const bin = binIndexOf(path, bits);
const role = binName(bin, bits);
/** A version of amber whose file and page lie elsewhere. */
const elsewhere = ['2.0', '2.1', '2.2'].find(
  (version) => binIndexOf(`packages/amber/amber-${version}.tar.gz`, bits) !== bin,
)!;
const timeout = 180_000;

let dataDir: string;
let instance: RunningInstance;
let owner: Pool;
/** Receipts of what touches the bin, by project. */
const waiting = new Map<string, string>();

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'rind-unproven-'));
  await start();
  await publish(instance.file, 'amber', '1.0');
});
afterAll(async () => {
  await owner?.close();
  await instance?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(): Promise<void> {
  instance = await RunningInstance.start({ dataDir, args: ['--bins', String(2 ** bits)] });
  const { database } = JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')) as {
    database: { owner: string };
  };
  const url = new URL(instance.file.db.warehouse);
  url.username = 'rind_owner';
  url.password = database.owner;
  owner = openPool(url.href, { max: 1, name: 'unproven' });
}

/** The n-th project whose page, or whose file, or none of both, lies in the bin. */
function projectWhere(where: 'page' | 'file' | 'none', n = 0): string {
  const found = Array.from({ length: 2_000 }, (_, i) => `${where}${i}`).filter((name) => {
    const page = binIndexOf(`simple/${name}/index.json`, bits) === bin;
    const file = binIndexOf(`packages/${name}/${sdist(name, '1.0').filename}`, bits) === bin;
    return where === 'none' ? !page && !file : page === (where === 'page') && file === (where === 'file');
  });
  return found[n]!;
}

async function enqueue(project: string, version = '1.0'): Promise<void> {
  const { receipt, status } = await upload(instance.file, project, version);
  expect(status).toBe(200);
  waiting.set(`${project} ${version}`, receipt!);
}

const states = async (): Promise<Set<string>> =>
  new Set(
    await Promise.all(
      [...waiting.values()].map(async (each) => (await receiptOf(instance.file, each, 0)).state),
    ),
  );

async function problem(): Promise<{ message: string } | undefined> {
  const { problems } = jsonLines(await rind(['status', '--data', dataDir, '--json']))[0] as {
    problems: { code: string; message: string }[];
  };
  return problems.find(({ code }) => code === 'bin.unproven');
}

async function flipGrant(): Promise<void> {
  await owner.query(
    `UPDATE signer.applied_grant SET envelope = set_byte(envelope, 60, get_byte(envelope, 60) # 1)
      WHERE target_path = $1`,
    [path],
  );
}

const metadata = (): string => join(dataDir, 'store', 'metadata');
const versions = (): number[] =>
  readdirSync(metadata())
    .flatMap((name) => new RegExp(`^([0-9]+)\\.${role}\\.json$`).exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);

async function held(): Promise<number> {
  const { rows } = await owner.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM signer.outbox WHERE state = 'pending' AND reason = 'bin.unproven'`,
  );
  return rows[0]!.n;
}

async function damage(): Promise<string> {
  const [version] = versions().slice(-1);
  const file = join(metadata(), `${version}.${role}.json`);
  renameSync(file, join(dataDir, 'kept.json'));
  return file;
}

describe('a bin that is damaged and that nothing proves', () => {
  it('holds back what would change it, and nothing else', { timeout }, async () => {
    await flipGrant();
    await damage();
    await enqueue(projectWhere('page'));
    await enqueue(projectWhere('file'));
    // The very project whose file is in the bin goes on with another one.
    await publish(instance.file, 'amber', elsewhere);
    for (let i = 0; i < 4; i++) await publish(instance.file, projectWhere('none', i), '1.0');
    await instance.until('they are held', async () => (await held()) === 2);
    expect(await states()).toEqual(new Set(['accepted']));
    await publish(instance.file, projectWhere('none', 4), '1.0');
    const { rows } = await owner.query<{ project: string }>(
      `SELECT DISTINCT project FROM signer.audit WHERE event = 'bin.unproven' ORDER BY project`,
    );
    expect(rows.map(({ project }) => project)).toEqual([projectWhere('file'), projectWhere('page')]);
  });

  it('is named by the status, with what waits for it', { timeout }, async () => {
    const { rows } = await owner.query(`SELECT idx, reason FROM signer.unproven_bin`);
    expect(rows).toEqual([{ idx: bin, reason: 'grants' }]);
    expect((await problem())?.message).toContain(role);
    const { queue } = jsonLines(await rind(['status', '--data', dataDir, '--json']))[0] as {
      queue: { depth: number; blocked: number };
    };
    expect(queue).toMatchObject({ depth: 2, blocked: 2 });
  });

  it('costs a new holder of the lease no publication', { timeout }, async () => {
    const abandoned = async (): Promise<number> => {
      const { rows } = await owner.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM signer.publication WHERE state = 'abandoned'`,
      );
      return rows[0]!.n;
    };
    const before = await abandoned();
    await owner.close();
    await instance.stop();
    await start();
    await publish(instance.file, projectWhere('none', 5), '1.0');
    await instance.until('they are held again', async () => (await held()) === 2);
    expect(await abandoned()).toBe(before);
    expect(await states()).toEqual(new Set(['accepted']));
  });

  it('is made anew once the grants prove it, and what waited goes out', { timeout }, async () => {
    const last = versions().at(-1) ?? 0;
    await flipGrant();
    await instance.until('all is published', async () => !(await states()).has('accepted'), 120_000);
    for (const receipt of waiting.values()) {
      expect((await receiptOf(instance.file, receipt)).state).toBe('verifiable');
    }
    expect(versions().at(-1)).toBeGreaterThan(last);
    expect(await held()).toBe(0);
    expect(await problem()).toBeUndefined();
  });

  it('is sound as soon as it is put back', { timeout }, async () => {
    waiting.clear();
    await flipGrant();
    const file = await damage();
    await enqueue(projectWhere('page', 1));
    await instance.until('it is held', async () => (await held()) === 1, 60_000);
    expect(await problem()).toBeDefined();
    renameSync(join(dataDir, 'kept.json'), file);
    await instance.until('it is published', async () => !(await states()).has('accepted'), 120_000);
    expect((await receiptOf(instance.file, [...waiting.values()][0]!)).state).toBe('verifiable');
    expect(await problem()).toBeUndefined();
  });
});
