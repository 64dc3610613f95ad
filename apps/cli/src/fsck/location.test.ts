import { isRindError, utf8 } from '@rind/kernel';
import { StorageError } from '@rind/storage-port';
import type { StoredObject } from '@rind/storage-port';
import { describe, expect, it } from 'vitest';
import { storeReader } from './bucket-reader.ts';
import { bucketEnvironment, openLocation } from './location.ts';

const nowhere = bucketEnvironment({});

describe('the location of a repository', () => {
  it.each(['https://index.example/', 's3://bucket', 's3://bucket/a/prefix', 's3://bucket/a/prefix/'])(
    'may be %s',
    async (text) => {
      const location = await openLocation(text, nowhere);
      expect(location.name).toBe(text);
      expect(location.reader.list !== undefined).toBe(text.startsWith('s3:'));
      await location.close();
    },
  );

  it.each(['ftp://index.example', 's3://', 's3://B', 'http://'])('cannot be %s', async (text) => {
    const code = await openLocation(text, nowhere).catch(
      (error: unknown) => isRindError(error) && error.code,
    );
    expect(code).toBe('usage.invalid');
  });

  it('takes server and region of buckets from the environment', () => {
    expect(nowhere).toEqual({ endpoint: null, region: null });
    const environment = { RIND_S3_ENDPOINT: 'http://127.0.0.1:7070', AWS_DEFAULT_REGION: 'eu-north-1' };
    expect(bucketEnvironment(environment)).toEqual({
      endpoint: 'http://127.0.0.1:7070',
      region: 'eu-north-1',
    });
    expect(bucketEnvironment({ ...environment, AWS_REGION: 'eu-west-1' }).region).toBe('eu-west-1');
  });
});

describe('a repository in an object store', () => {
  const failing = (code: 'store.too-large' | 'store.bad-key' | 'store.unavailable') => {
    const fail = async (key: string): Promise<never> => {
      throw code === 'store.too-large'
        ? new StorageError(code, 'too large', { key, maxBytes: 1 })
        : new StorageError(code, 'no', { key });
    };
    return storeReader({ get: fail, open: fail, list: async function* () {} });
  };

  it('gives the bytes of objects', async () => {
    const object = { bytes: utf8('{}'), tag: 'tag' } as unknown as StoredObject;
    const reader = storeReader({
      get: async (key) => (key === 'metadata/timestamp.json' ? object : null),
      open: async () => null,
      list: async function* () {},
    });
    expect(await reader.get('metadata/timestamp.json', 10)).toEqual(object.bytes);
    expect(await reader.get('metadata/1.root.json', 10)).toBeNull();
    expect(await reader.openTarget('targets/a')).toBeNull();
  });

  it('tells what is too large, cannot be there, or cannot be known', async () => {
    expect(await failing('store.too-large').get('metadata/a.json', 1)).toBe('too-large');
    expect(await failing('store.bad-key').get('metadata/a b.json', 1)).toBeNull();
    expect(await failing('store.bad-key').openTarget('targets/a b')).toBeNull();
    await expect(failing('store.unavailable').get('metadata/a.json', 1)).rejects.toMatchObject({
      code: 'store.unavailable',
    });
  });
});
