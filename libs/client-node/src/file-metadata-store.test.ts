import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { utf8 } from '@rind/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileMetadataStore } from './file-metadata-store.ts';

let parent: string;
let folder: string;
let store: FileMetadataStore;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'rind-client-'));
  folder = join(parent, 'a', 'cache');
  store = new FileMetadataStore(folder);
});

afterEach(() => rm(parent, { recursive: true, force: true }));

describe('a folder of metadata', () => {
  it('has nothing before something is written, not even itself', async () => {
    expect(await store.read('root')).toBeNull();
    await store.delete('root');
    await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('gives back the bytes that were written last', async () => {
    await store.write('root', utf8('one'));
    await store.write('root', utf8('two'));
    await store.write('timestamp', new Uint8Array([0, 255]));
    expect(await store.read('root')).toEqual(utf8('two'));
    expect(await new FileMetadataStore(folder).read('timestamp')).toEqual(new Uint8Array([0, 255]));
    expect((await readdir(folder)).sort()).toEqual(['root.json', 'timestamp.json']);
    expect(await readFile(join(folder, 'root.json'), 'utf8')).toBe('two');
  });

  it('forgets what is deleted, and that alone', async () => {
    await store.write('root', utf8('one'));
    await store.write('snapshot', utf8('two'));
    await store.delete('snapshot');
    await store.delete('snapshot');
    expect(await store.read('snapshot')).toBeNull();
    expect(await store.read('root')).toEqual(utf8('one'));
  });

  it('keeps names that lead elsewhere inside', async () => {
    for (const role of ['../outside', '..', '/etc/x', 'a/b', 'A', 'a', '', 'x'.repeat(2_000)]) {
      await store.write(role, utf8(role));
      expect(await store.read(role)).toEqual(utf8(role));
    }
    expect(await readdir(folder)).toHaveLength(8);
    expect(await readdir(join(parent, 'a'))).toEqual(['cache']);
  });

  it('is for its owner alone', async () => {
    await store.write('root', utf8('one'));
    expect((await stat(folder)).mode & 0o077).toBe(0);
    expect((await stat(join(folder, 'root.json'))).mode & 0o077).toBe(0);
  });

  it('shows a reader whole documents only, whoever writes', async () => {
    const documents = ['a', 'b', 'c'].map((letter) => utf8(letter.repeat(50_000)));
    await store.write('bin-0', documents[0]!);
    const writers = documents.map(async (document) => {
      for (let i = 0; i < 10; i++) await new FileMetadataStore(folder).write('bin-0', document);
    });
    const reader = (async () => {
      for (let i = 0; i < 50; i++) {
        const bytes = (await store.read('bin-0'))!;
        expect(bytes).toHaveLength(50_000);
        expect(new Set(bytes).size).toBe(1);
      }
    })();
    await Promise.all([...writers, reader]);
    expect(await readdir(folder)).toEqual(['bin-0.json']);
  });

  it('that cannot be used says why, and keeps no half-written file', async () => {
    await mkdir(join(parent, 'a'));
    await writeFile(folder, 'a file in its place');
    const code = 'cache.unavailable';
    await expect(store.write('root', utf8('one'))).rejects.toMatchObject({
      code,
      details: { errno: 'EEXIST' },
    });
    await expect(store.read('root')).rejects.toMatchObject({ code, details: { errno: 'ENOTDIR' } });
    await expect(store.delete('root')).rejects.toMatchObject({ code, details: { errno: 'ENOTDIR' } });
    await rm(folder);
    await mkdir(join(folder, 'root.json'), { recursive: true });
    await expect(store.write('root', utf8('one'))).rejects.toMatchObject({
      code,
      details: { errno: 'EISDIR' },
    });
    expect(await readdir(folder)).toEqual(['root.json']);
  });
});
