import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { utf8 } from '@rind/kernel';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRig } from '../test/rig.ts';
import type { Rig } from '../test/rig.ts';
import { openS3Store } from './index.ts';
import type { S3Store } from './index.ts';

const SOME_BYTES = 1_000_000;
const KEY = 'metadata/1.root.json';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig?.stop());
beforeEach(() => rig.reset());

async function keysOf(store: S3Store): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list('')) keys.push(key);
  return keys;
}

/** Puts an object into the bucket as something else than the store would. */
async function plant(key: string, text: string): Promise<void> {
  const path = join(rig.server.bucketDir(rig.options('').bucket), key);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
}

describe('the prefix of a store', () => {
  it('keeps its objects apart from those of its neighbours', async () => {
    const prefixes = ['', 'an/', 'an/index/', 'an/index2/'];
    const stores = prefixes.map((prefix) => openS3Store({ ...rig.options(rig.server.endpoint), prefix }));
    try {
      for (const [i, store] of stores.entries()) {
        expect(await store.putNew(KEY, utf8(`store ${i}`))).toBe('created');
      }
      for (const [i, store] of stores.entries()) {
        expect(await keysOf(store)).toEqual([KEY]);
        expect((await store.get(KEY, SOME_BYTES))?.bytes).toEqual(utf8(`store ${i}`));
      }
    } finally {
      for (const store of stores) await store.close();
    }
  });

  it.each(['no-slash', '/leading/', '/'])('may not be %j', (prefix) => {
    expect(() => openS3Store({ ...rig.options(rig.server.endpoint), prefix })).toThrow(TypeError);
  });
});

describe('an object that the store did not write', () => {
  it('is not listed when its key is none of the store', async () => {
    const store = rig.direct();
    await store.putNew(KEY, utf8('one'));
    await plant('an/index/.rind/probe-1', 'x');
    await plant('an/index/metadata/a b', 'x');
    await plant('an/index/elsewhere/a', 'x');
    expect(await keysOf(store)).toEqual([KEY]);
  });

  it('can be read, and has the length and hash of its bytes although the server keeps no checksum of it', async () => {
    await plant(`an/index/${KEY}`, 'planted');
    const sha256 = createHash('sha256').update('planted').digest('hex');
    expect(await rig.direct().stat(KEY)).toEqual({ length: 7, sha256 });
    expect((await rig.direct().get(KEY, SOME_BYTES))?.bytes).toEqual(utf8('planted'));
  });
});

describe('a store that was closed', () => {
  it('answers store.unavailable', async () => {
    const store = rig.direct();
    await store.close();
    await expect(store.get(KEY, SOME_BYTES)).rejects.toMatchObject({ code: 'store.unavailable' });
  });

  it('ends what was under way', async () => {
    const held = rig.proxy.hold(() => true);
    const store = rig.proxied();
    const reading = expect(store.get(KEY, SOME_BYTES)).rejects.toMatchObject({ code: 'store.unavailable' });
    await held.taken;
    await store.close();
    await reading;
  });
});
