import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { utf8 } from '@rind/kernel';
import type { ObjectStore } from '@rind/storage-port';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FS_STORE_POINTS, openFsStore, openFsStoreSync } from './index.ts';
import type { FsStorePoint } from './index.ts';

const KEY = 'metadata/timestamp.json';
const REPLACE_POINTS = FS_STORE_POINTS.filter((point) => point.startsWith('store.replace.'));

/** Replaces the object once, with a signal to itself at a point; prints how it ended. */
const WRITER = `
  import { openFsStore } from '@rind/storage-fs';
  const [root, key, value, tag, point, signal] = process.argv.slice(1);
  let sent = false;
  const checkpoint = (each) => {
    if (each !== point || sent) return;
    sent = true;
    process.kill(process.pid, signal);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  };
  const store = openFsStore({ root, checkpoint });
  store.replaceIf(key, new TextEncoder().encode(value), tag === 'null' ? null : tag).then(
    () => console.log('won'),
    (error) => console.log(error.code),
  );
`;

let root: string;
let running: ChildProcess[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rind-stopped-'));
  running = [];
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await rm(root, { recursive: true });
});

function startWriter(value: string, tag: string | null, point: FsStorePoint, signal: 'SIGSTOP' | 'SIGKILL') {
  const script = ['--conditions=@rind/source', '--input-type=module', '-e', WRITER];
  const child = spawn(process.execPath, [...script, root, KEY, value, String(tag), point, signal], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, ended: once(child, 'close').then(() => output.trim()) };
}

async function untilStopped(child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    const state = spawnSync('ps', ['-o', 'stat=', '-p', String(child.pid)]).stdout.toString();
    if (state.startsWith('T')) return;
    await sleep(20);
  }
  throw new Error('the writer did not stop');
}

async function listed(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list('')) keys.push(key);
  return keys;
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe.runIf(process.platform !== 'win32')('a writer in another process', () => {
  it.each(REPLACE_POINTS)(
    'stopped at %s finds when it goes on that the object has moved on',
    async (point) => {
      const store = openFsStore({ root });
      const tag = await store.replaceIf(KEY, utf8('start'), null);
      const { child, ended } = startWriter('stopped', tag, point, 'SIGSTOP');
      await untilStopped(child);

      const committed = point !== 'store.replace.prepared';
      let now = (await store.get(KEY, 100))!;
      expect(text(now.bytes)).toBe(committed ? 'stopped' : 'start');
      for (const value of ['a', 'b', 'c']) {
        await store.replaceIf(KEY, utf8(value), now.tag);
        now = (await store.get(KEY, 100))!;
      }
      child.kill('SIGCONT');
      expect(await ended).toBe(committed ? 'won' : 'store.precondition-failed');
      expect(await readFile(join(root, KEY), 'utf8')).toBe('c');
      expect((await store.get(KEY, 100))?.tag).toBe(now.tag);
    },
  );

  it.each(REPLACE_POINTS)('stopped at %s wins if nobody else came', async (point) => {
    const tag = await openFsStore({ root }).replaceIf(KEY, utf8('start'), null);
    const { child, ended } = startWriter('stopped', tag, point, 'SIGSTOP');
    await untilStopped(child);
    child.kill('SIGCONT');
    expect(await ended).toBe('won');
    expect(await readFile(join(root, KEY), 'utf8')).toBe('stopped');
  });

  it.each(REPLACE_POINTS)('killed at %s leaves all of its state or nothing', async (point) => {
    const tag = await openFsStore({ root }).replaceIf(KEY, utf8('start'), null);
    expect(await startWriter('killed', tag, point, 'SIGKILL').ended).toBe('');
    const store = openFsStore({ root });
    const now = (await store.get(KEY, 100))!;
    expect(text(now.bytes)).toBe(point === 'store.replace.prepared' ? 'start' : 'killed');
    await store.replaceIf(KEY, utf8('next'), now.tag);
    expect(await readFile(join(root, KEY), 'utf8')).toBe('next');
  });
});

describe('copies of the folder taken while it changes', () => {
  it('never go back, plain or opened', async () => {
    const copies = await mkdtemp(join(tmpdir(), 'rind-copies-'));
    const store = openFsStore({ root });
    let done = false;
    const writing = (async () => {
      let tag = await store.replaceIf(KEY, utf8('1'), null);
      for (let i = 2; !done; i++) tag = await store.replaceIf(KEY, utf8(`${i}`), tag);
    })();
    try {
      let seen = 0;
      for (let i = 0; i < 12; i++) {
        const copy = join(copies, `${i}`);
        await cp(root, copy, { recursive: true, filter: (source) => !source.includes('/tmp/claim') }).catch(
          () => {},
        );
        const plain = Number(await readFile(join(copy, KEY), 'utf8').catch(() => `${seen}`));
        expect(plain).toBeGreaterThanOrEqual(seen);
        const opened = Number(
          text((await openFsStore({ root: copy }).get(KEY, 100))?.bytes ?? utf8(`${plain}`)),
        );
        expect(opened).toBeGreaterThanOrEqual(plain);
        seen = plain;
      }
      expect(seen).toBeGreaterThan(0);
    } finally {
      done = true;
      await writing;
      await rm(copies, { recursive: true });
    }
  });
});

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

describe('a full disk', () => {
  it.runIf(isRoot)('is store.full, leaves nothing behind, and heals when there is room', async (context) => {
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', root]);
    context.skip(mount.status !== 0, 'mounting is not allowed here');
    try {
      const full = expect.objectContaining({ code: 'store.full' });
      const store = openFsStore({ root });
      const tag = await store.replaceIf(KEY, utf8('small'), null);
      const big = new Uint8Array(400_000);
      await expect(store.putNew('targets/big', big)).rejects.toEqual(full);
      expect(() => openFsStoreSync({ root }).putNew('targets/big', big)).toThrow(full);
      await expect(store.replaceIf(KEY, big, tag)).rejects.toEqual(full);
      expect(await readdir(join(root, '.rind/tmp'))).toEqual([]);
      expect(await listed(store)).toEqual([KEY]);
      await store.replaceIf(KEY, utf8('again'), tag);
      expect(await store.putNew('targets/small', utf8('x'))).toBe('created');
    } finally {
      spawnSync('umount', [root]);
    }
  });
});
