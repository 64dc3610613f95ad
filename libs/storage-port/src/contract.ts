import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { utf8 } from '@rind/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeReplaceIf } from './contract-replace.ts';
import type { StoreUnderTest } from './contract-replace.ts';
import type { ObjectBody, ObjectStore } from './index.ts';

export type { StoreUnderTest } from './contract-replace.ts';

const SOME_BYTES = 1_000_000;
const failsWith = (code: string) => expect.objectContaining({ code });

/** What every backend of {@link ObjectStore} must do; an adapter's test calls it with a fresh store each time. */
export function objectStoreContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`${name} keeps the contract of ObjectStore`, () => {
    let under: StoreUnderTest;
    let store: ObjectStore;
    let folder: string;
    beforeEach(async () => {
      under = await make();
      store = under.store;
      folder = await mkdtemp(join(tmpdir(), 'rind-contract-'));
    });
    afterEach(async () => {
      await under.cleanup();
      await rm(folder, { recursive: true });
    });

    const fileBody = async (bytes: Uint8Array): Promise<ObjectBody> => {
      const path = join(folder, 'body');
      await writeFile(path, bytes);
      return { path, length: bytes.length, sha256: sha256(bytes) };
    };
    const text = async (key: string, from = store) => {
      const found = await from.get(key, SOME_BYTES);
      return found === null ? null : new TextDecoder().decode(found.bytes);
    };

    describe('putNew', () => {
      const key = 'targets/packages/six/0a.six-1.0.tar.gz';

      it('creates an object that another instance reads', async () => {
        expect(await store.putNew(key, utf8('one'))).toBe('created');
        expect(await text(key, await under.openAgain())).toBe('one');
      });

      it('says identical for the very same bytes', async () => {
        await store.putNew(key, utf8('one'));
        expect(await store.putNew(key, utf8('one'))).toBe('identical');
        expect(await store.putNew(key, await fileBody(utf8('one')))).toBe('identical');
      });

      it.each(['two', 'longer', ''])('refuses the other bytes %j and keeps the first', async (other) => {
        await store.putNew(key, utf8('one'));
        await expect(store.putNew(key, utf8(other))).rejects.toEqual(failsWith('store.conflict'));
        await expect(store.putNew(key, await fileBody(utf8(other)))).rejects.toEqual(
          failsWith('store.conflict'),
        );
        expect(await text(key)).toBe('one');
      });

      it.each([0, 1, 3_000_000])('stores a local file of %i bytes', async (length) => {
        const bytes = new Uint8Array(length).fill(7);
        expect(await store.putNew(key, await fileBody(bytes))).toBe('created');
        expect(await store.stat(key)).toEqual({ length, sha256: sha256(bytes) });
      });

      it('keeps the object when the local file is deleted', async () => {
        const body = await fileBody(utf8('one'));
        await store.putNew(key, body);
        await rm((body as { path: string }).path);
        expect(await text(key)).toBe('one');
      });

      it('creates once when many put at the same time', async () => {
        const stores = [store, await under.openAgain(), await under.openAgain()];
        const puts = Array.from({ length: 12 }, (_, i) => stores[i % 3]!.putNew(key, utf8('one')));
        expect((await Promise.all(puts)).filter((outcome) => outcome === 'created')).toHaveLength(1);
      });

      it('lets one of several bodies win', async () => {
        const outcomes = await Promise.allSettled(
          Array.from({ length: 12 }, (_, i) => store.putNew(key, utf8(`body ${i}`))),
        );
        const winners = outcomes.flatMap((outcome, i) => (outcome.status === 'fulfilled' ? [i] : []));
        expect(winners).toHaveLength(1);
        expect(await text(key)).toBe(`body ${winners[0]}`);
        for (const outcome of outcomes) {
          if (outcome.status === 'rejected') expect(outcome.reason).toEqual(failsWith('store.conflict'));
        }
      });
    });

    describeReplaceIf(() => under);

    describe('get, open and stat', () => {
      const key = 'metadata/1.root.json';

      it.each([
        'metadata/absent.json',
        'targets/no/such/folder',
        'metadata/1.root.json/below',
        'targets/packages',
      ])('know nothing of %s', async (absent) => {
        await store.putNew(key, utf8('0123456789'));
        await store.putNew('targets/packages/six/a', utf8('a'));
        expect(await store.get(absent, SOME_BYTES)).toBeNull();
        expect(await store.open(absent)).toBeNull();
        expect(await store.stat(absent)).toBeNull();
      });

      it('get refuses an object above the bound and takes one at the bound', async () => {
        await store.putNew(key, utf8('0123456789'));
        expect((await store.get(key, 10))?.bytes).toEqual(utf8('0123456789'));
        await expect(store.get(key, 9)).rejects.toEqual(failsWith('store.too-large'));
      });

      it.each([
        [0, 9, '0123456789'],
        [0, 0, '0'],
        [3, 5, '345'],
        [9, 9, '9'],
        [8, 100, '89'],
      ])('open streams the range %i to %i', async (start, end, expected) => {
        await store.putNew(key, utf8('0123456789'));
        const opened = await store.open(key, { start, end });
        expect(opened?.length).toBe(10);
        expect(await drain(opened!.stream)).toEqual(utf8(expected));
      });

      it.each([0, 1, 1_500_000])('open streams an object of %i bytes', async (length) => {
        const bytes = new Uint8Array(length).map((_, i) => i);
        await store.putNew(key, bytes);
        const opened = await store.open(key);
        expect(opened?.length).toBe(length);
        expect(sha256(await drain(opened!.stream))).toBe(sha256(bytes));
      });

      it('open can be abandoned', async () => {
        await store.putNew(key, new Uint8Array(500_000));
        const iterator = (await store.open(key))!.stream[Symbol.asyncIterator]();
        await iterator.next();
        await iterator.return?.();
        expect(await iterator.next()).toMatchObject({ done: true });
      });

      it('stat gives length and hash, also after a replacement', async () => {
        const tag = await store.replaceIf(key, utf8('old'), null);
        await store.replaceIf(key, utf8('newer'), tag);
        expect(await store.stat(key)).toEqual({ length: 5, sha256: sha256(utf8('newer')) });
      });
    });

    describe('list and delete', () => {
      const keys = [
        'metadata/1.bin-0.json',
        'metadata/1.bin-1.json',
        'metadata/10.bin-0.json',
        'metadata/timestamp.json',
        'targets/simple.x/a',
        'targets/simple/a!b/1',
        'targets/simple/a+b/1',
        'targets/simple/a-b/1',
        'targets/simple/a.b/1',
        'targets/simple/a/1',
        'targets/simple/a/Z',
        'targets/simple/aB',
        'targets/simple/a_b',
      ];
      beforeEach(async () => {
        for (const key of keys.toReversed()) await store.putNew(key, utf8(key));
      });
      const list = async (prefix: string) => {
        const found: string[] = [];
        for await (const key of store.list(prefix)) found.push(key);
        return found;
      };

      it.each([
        '',
        'm',
        'metadata/',
        'metadata/1.',
        'metadata/10.bin-0.json',
        'targets/simple',
        'targets/simple/',
        'targets/simple/a',
        'targets/simple/a/',
        'metadata/none',
        'metadata/none/',
        'other/',
      ])('list %j in code point order', async (prefix) => {
        expect(await list(prefix)).toEqual(keys.filter((key) => key.startsWith(prefix)));
      });

      it('list shows nothing but objects after replacements', async () => {
        const { tag } = (await store.get('metadata/timestamp.json', SOME_BYTES))!;
        await store.replaceIf('metadata/timestamp.json', utf8('2'), tag);
        expect(await list('')).toEqual(keys);
      });

      it('keeps an object whose key is as long as names may be', async () => {
        const key = `targets/packages/${'p'.repeat(200)}/${'a'.repeat(64)}.${'f'.repeat(190)}`;
        expect(await store.stat(key)).toBeNull();
        expect(await store.putNew(key, utf8('one'))).toBe('created');
        expect(await text(key, await under.openAgain())).toBe('one');
        expect(await store.stat(key)).toMatchObject({ length: 3 });
        await store.delete(key);
        expect(await store.get(key, SOME_BYTES)).toBeNull();
      });

      it('list many keys', async () => {
        const many = Array.from({ length: 1_100 }, (_, i) => `metadata/many/${String(i).padStart(4, '0')}`);
        await Promise.all(many.map((key) => store.putNew(key, utf8(key))));
        expect(await list('metadata/many/')).toEqual(many);
      });

      it('delete removes one object, and is content when there is none', async () => {
        await store.delete('targets/simple/a/1');
        await store.delete('targets/simple/a/1');
        await store.delete('targets/absent/a');
        expect(await store.get('targets/simple/a/1', SOME_BYTES)).toBeNull();
        expect(await list('')).toEqual(keys.filter((key) => key !== 'targets/simple/a/1'));
        expect(await store.putNew('targets/simple/a/1', utf8('again'))).toBe('created');
      });
    });

    describe('sync', () => {
      it.each([0, 1, 16, 17, 100])('takes %i keys', async (count) => {
        const keys = Array.from({ length: count }, (_, i) => `targets/d${i % 7}/${i}`);
        for (const key of keys) await store.putNew(key, utf8(key));
        await expect(store.sync(keys)).resolves.toBeUndefined();
      });
    });

    describe('bad keys', () => {
      it.each([
        '',
        'metadata',
        'metadata/',
        '/metadata/a',
        'elsewhere/a',
        'metadata/../targets/a',
        'metadata/../../a',
        'metadata/./a',
        'metadata//a',
        'metadata/a\\b',
        'metadata/a\0b',
        'metadata/a\nb',
        'metadata/a b',
        'metadata/ä',
      ])('%j is refused by every method', async (key) => {
        const refused = failsWith('store.bad-key');
        await expect(store.putNew(key, utf8('x'))).rejects.toEqual(refused);
        await expect(store.putNew(key, await fileBody(utf8('x')))).rejects.toEqual(refused);
        await expect(store.replaceIf(key, utf8('x'), null)).rejects.toEqual(refused);
        await expect(store.get(key, SOME_BYTES)).rejects.toEqual(refused);
        await expect(store.open(key)).rejects.toEqual(refused);
        await expect(store.stat(key)).rejects.toEqual(refused);
        await expect(store.delete(key)).rejects.toEqual(refused);
        await expect(store.sync([key])).rejects.toEqual(refused);
      });

      it.each(['../', 'metadata/../', 'metadata//', '/'])('the prefix %j is refused', async (prefix) => {
        const listed = async () => {
          for await (const key of store.list(prefix)) return key;
          return null;
        };
        await expect(listed()).rejects.toEqual(failsWith('store.bad-key'));
      });
    });
  });
}

async function drain(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
