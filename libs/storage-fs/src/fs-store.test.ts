import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock, utf8 } from '@rind/kernel';
import type { ObjectStore } from '@rind/storage-port';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FS_STORE_POINTS, openFsStore, openFsStoreSync } from './index.ts';

const KEY = 'targets/packages/six/0a.six-1.0.tar.gz';
const DAY_MS = 24 * 3600 * 1000;
const failsWith = (code: string) => expect.objectContaining({ code });

let folder: string;
let root: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rind-fs-'));
  root = join(folder, 'store');
});
afterEach(() => rm(folder, { recursive: true }));
async function listed(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list('')) keys.push(key);
  return keys;
}

const drafts = () => readdir(join(root, '.rind/tmp'));

describe('the folder', () => {
  it('shows an object under its key, as a static server would serve it', async () => {
    await openFsStore({ root }).putNew(KEY, utf8('bytes'));
    expect(await readFile(join(root, KEY), 'utf8')).toBe('bytes');
    expect((await stat(join(root, KEY))).mode & 0o444).toBe(0o444);
    expect((await stat(join(root, '.rind/tmp'))).mode & 0o077).toBe(0);
  });

  it('keeps no draft after a success, a conflict or a failure', async () => {
    const store = openFsStore({ root });
    await store.putNew(KEY, utf8('bytes'));
    await store.putNew(KEY, utf8('other')).catch(() => {});
    await store.putNew(`${KEY}/below`, utf8('other')).catch(() => {});
    await store.putNew(`targets/${'x'.repeat(300)}`, utf8('other')).catch(() => {});
    expect(await drafts()).toEqual([]);
  });

  it('refuses keys that collide with folders or files', async () => {
    const store = openFsStore({ root });
    await store.putNew(KEY, utf8('bytes'));
    for (const key of [`${KEY}/below`, `targets/${'x'.repeat(300)}`]) {
      await expect(store.putNew(key, utf8('x'))).rejects.toEqual(failsWith('store.bad-key'));
      await expect(store.replaceIf(key, utf8('x'), null)).rejects.toEqual(failsWith('store.bad-key'));
    }
    await expect(store.putNew('targets/packages', utf8('x'))).rejects.toEqual(failsWith('store.bad-key'));
    await expect(store.replaceIf('targets/packages', utf8('x'), null)).rejects.toEqual(
      failsWith('store.bad-key'),
    );
  });

  it('lists no links, no unfinished files and no names that are not keys', async () => {
    const store = openFsStore({ root });
    await store.putNew(KEY, utf8('bytes'));
    await symlink('/etc/passwd', join(root, 'targets/passwd'));
    await symlink('/etc', join(root, 'targets/etc'));
    await writeFile(join(root, 'targets/a b'), 'x');
    expect(await listed(store)).toEqual([KEY]);
    await expect(store.get('targets/passwd', 10_000)).rejects.toEqual(failsWith('store.unavailable'));
  });

  it('says unavailable when it cannot be created', async () => {
    await writeFile(join(folder, 'file'), '');
    expect(() => openFsStore({ root: join(folder, 'file/store') })).toThrow(
      expect.objectContaining({ name: 'StorageError' }),
    );
  });
});

describe('a local file as body', () => {
  const body = async (text: string) => {
    const path = join(folder, 'spooled');
    await writeFile(path, text, { mode: 0o600 });
    return { path, length: text.length, sha256: 'unused' };
  };

  it('is linked, not copied, and readable by a static server', async () => {
    const spooled = await body('bytes');
    await openFsStore({ root }).putNew(KEY, spooled);
    const stored = await stat(join(root, KEY));
    expect(stored.ino).toBe((await stat(spooled.path)).ino);
    expect(stored.mode & 0o444).toBe(0o444);
  });

  it.runIf(process.platform === 'linux')('is copied from another file system', async () => {
    const far = await mkdtemp('/dev/shm/rind-');
    try {
      await writeFile(join(far, 'body'), 'bytes');
      const store = openFsStore({ root });
      expect(await store.putNew(KEY, { path: join(far, 'body'), length: 5, sha256: '' })).toBe('created');
      expect(await readFile(join(root, KEY), 'utf8')).toBe('bytes');
      expect(await drafts()).toEqual([]);
    } finally {
      await rm(far, { recursive: true });
    }
  });

  it('of another length, a link or a missing file stores nothing', async () => {
    const store = openFsStore({ root });
    const spooled = await body('bytes');
    await symlink(spooled.path, join(folder, 'link'));
    for (const wrong of [
      { ...spooled, length: 4 },
      { ...spooled, path: join(folder, 'absent') },
      { ...spooled, path: join(folder, 'link') },
    ]) {
      await expect(store.putNew(KEY, wrong)).rejects.toEqual(failsWith('store.unavailable'));
    }
    expect(await store.stat(KEY)).toBeNull();
  });
});

describe('the synchronous store', () => {
  it('creates, recognises and refuses as the other one does', () => {
    openFsStore({ root });
    const store = openFsStoreSync({ root });
    expect(store.putNew(KEY, utf8('bytes'))).toBe('created');
    expect(store.putNew(KEY, utf8('bytes'))).toBe('identical');
    for (const other of ['other', 'b', '']) {
      expect(() => store.putNew(KEY, utf8(other))).toThrow(failsWith('store.conflict'));
    }
    expect(() => store.putNew('../x', utf8(''))).toThrow(failsWith('store.bad-key'));
    for (const key of [`${KEY}/below`, 'targets/packages']) {
      expect(() => store.putNew(key, utf8('x'))).toThrow(failsWith('store.bad-key'));
    }
    expect(store.putNew('metadata/empty', utf8(''))).toBe('created');
  });

  it('leaves no draft and no change for the first store', async () => {
    const first = openFsStore({ root });
    const store = openFsStoreSync({ root });
    store.putNew(KEY, utf8('bytes'));
    expect(() => store.putNew(KEY, utf8('other'))).toThrow();
    expect(await drafts()).toEqual([]);
    expect(new TextDecoder().decode((await first.get(KEY, 100))?.bytes)).toBe('bytes');
    expect(await first.putNew(KEY, utf8('bytes'))).toBe('identical');
  });

  it('is unavailable in a folder that was never opened', () => {
    expect(() => openFsStoreSync({ root }).putNew(KEY, utf8('x'))).toThrow(failsWith('store.unavailable'));
  });
});

describe('opening', () => {
  it('sweeps drafts older than a day and leaves younger ones', async () => {
    openFsStore({ root });
    const nowMs = Date.UTC(2026, 0, 10);
    const age = async (name: string, ms: number) => {
      const path = join(root, '.rind/tmp', name);
      await utimes(path, new Date(nowMs - ms), new Date(nowMs - ms));
    };
    await writeFile(join(root, '.rind/tmp/old-file'), '');
    await mkdir(join(root, '.rind/tmp/old-claim'));
    await writeFile(join(root, '.rind/tmp/old-claim/pending'), '');
    await writeFile(join(root, '.rind/tmp/young'), '');
    await age('old-file', DAY_MS + 1_000);
    await age('old-claim', DAY_MS + 1_000);
    await age('young', DAY_MS - 1_000);
    openFsStore({ root, clock: new FakeClock(nowMs) });
    expect(await drafts()).toEqual(['young']);
  });
});

describe('checkpoints', () => {
  it('are passed in the documented order', async () => {
    const passed: string[] = [];
    const store = openFsStore({ root, checkpoint: (point) => void passed.push(point) });
    await store.putNew(KEY, utf8('bytes'));
    const tag = await store.replaceIf('metadata/timestamp.json', utf8('1'), null);
    passed.splice(2);
    await store.replaceIf('metadata/timestamp.json', utf8('2'), tag);
    await store.sync([KEY]);
    expect(passed).toEqual([...FS_STORE_POINTS]);
  });
});

describe.runIf(process.getuid?.() !== 0)('without permission', () => {
  it('says unavailable', async () => {
    const store = openFsStore({ root });
    await chmod(join(root, 'metadata'), 0o500);
    await expect(store.putNew('metadata/x', utf8('x'))).rejects.toEqual(failsWith('store.unavailable'));
    await chmod(join(root, 'metadata'), 0o700);
  });
});
