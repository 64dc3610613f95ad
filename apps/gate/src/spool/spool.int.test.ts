import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { systemRandomness } from '@rind/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Spool } from './spool.ts';

let dir: string;
let spool: Spool;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gate-spool-'));
  spool = new Spool(join(dir, 'deep', 'spool'), 4_194_304, systemRandomness);
  await spool.open();
});
afterEach(() => rm(dir, { recursive: true }));

const spoolDir = () => join(dir, 'deep', 'spool');
const chunks = (...sizes: number[]) =>
  Readable.from(sizes.map((size) => new Uint8Array(size).fill(size % 256)));
const failing = (error: Error) =>
  Readable.from(
    (function* () {
      yield new Uint8Array(10);
      throw error;
    })(),
  );
const enospc = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });

describe('Spool', () => {
  it('writes what it is given, readable by nobody else', async () => {
    const file = await spool.receive(chunks(3, 0, 70_000), undefined);
    expect(file.length).toBe(70_003);
    expect((await readFile(file.path)).length).toBe(70_003);
    expect((await stat(file.path)).mode & 0o777).toBe(0o600);
    await file.discard();
    await file.discard();
    expect(await readdir(spoolDir())).toEqual([]);
    expect(spool.budget.reservedBytes).toBe(0);
  });

  it.each([
    ['the source fails', () => spool.receive(failing(new Error('cut')), undefined), undefined],
    ['the disk is full', () => spool.receive(failing(enospc), undefined), 'spool.full'],
    ['the announced length is beyond the budget', () => spool.receive(chunks(1), 5_000_000), 'spool.full'],
    [
      'an unannounced length grows beyond it',
      () => spool.receive(chunks(2_000_000, 3_000_000), undefined),
      'spool.full',
    ],
  ])('leaves nothing behind when %s', async (_when, receive, code) => {
    const error: unknown = await receive().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(code === undefined ? { message: 'cut' } : { code });
    expect(await readdir(spoolDir())).toEqual([]);
    expect(spool.budget.reservedBytes).toBe(0);
  });

  it('sweeps at its start what dead processes and its own predecessor left, and nothing else', async () => {
    const dead = spawnSync('true').pid;
    const id = '5e0f5a0e-6d3b-4f0a-9d0e-0d6f5f1c2b3a';
    const kept = [`gate-${process.ppid}-${id}.upload`, 'warehouse-1.upload', `gate-${dead}-${id}.grant`];
    const swept = [`gate-${dead}-${id}.upload`, `gate-${process.pid}-${id}.upload`];
    for (const name of [...kept, ...swept]) await writeFile(join(spoolDir(), name), 'x');
    expect(await spool.open()).toBe(2);
    expect((await readdir(spoolDir())).sort()).toEqual(kept.sort());
  });
});
