import { startUnfitServer } from '@rind/test-s3';
import type { Flaw } from '@rind/test-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRig } from '../test/rig.ts';
import type { Rig } from '../test/rig.ts';
import { openS3Store, proveConditionalWrites } from './index.ts';
import type { S3Promise, S3StoreOptions } from './index.ts';

const failsWith = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });

describe('proveConditionalWrites', () => {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const optionsFor = (endpoint: string): S3StoreOptions => ({
    endpoint,
    region: 'us-east-1',
    bucket: 'bucket',
    prefix: 'p/',
    credentials,
    attempts: 2,
  });

  const flaws: [Flaw, S3Promise][] = [
    ['ignores-if-none-match', 'create-only'],
    ['ignores-if-match', 'compare-and-swap'],
    ['checks-then-writes', 'create-only-race'],
    ['hides', 'read-after-write'],
    ['constant-tag', 'compare-and-swap'],
  ];
  it.each(flaws)('refuses a server that %s: %s', async (flaw, promise) => {
    const server = await startUnfitServer(flaw);
    try {
      await expect(proveConditionalWrites(optionsFor(server.endpoint))).rejects.toEqual(
        failsWith('store.unfit', { promise }),
      );
      expect(server.paths).toEqual([]);
    } finally {
      await server.stop();
    }
  });

  it('takes the same server without a flaw, and leaves nothing behind', async () => {
    const server = await startUnfitServer('none');
    try {
      await proveConditionalWrites(optionsFor(server.endpoint));
      expect(server.paths).toEqual([]);
    } finally {
      await server.stop();
    }
  });

  it('says store.unavailable when nobody answers', async () => {
    const server = await startUnfitServer('none');
    await server.stop();
    await expect(proveConditionalWrites(optionsFor(server.endpoint))).rejects.toEqual(
      failsWith('store.unavailable'),
    );
  });

  describe('on a real server', () => {
    let rig: Rig;
    const options = () => ({ ...rig.options(rig.proxy.endpoint), attempts: 2 });
    beforeAll(async () => {
      rig = await startRig();
    });
    afterAll(() => rig?.stop());
    beforeEach(() => rig.reset());

    it('holds, and the scratch objects are not among those of the store', async () => {
      await proveConditionalWrites(options());
      const store = openS3Store(options());
      const keys: string[] = [];
      for await (const key of store.list('')) keys.push(key);
      await store.close();
      expect(keys).toEqual([]);
    });

    it('holds although an answer of the proof is lost', async () => {
      rig.proxy.dropReply(({ method }) => method === 'PUT');
      await proveConditionalWrites(options());
      expect(rig.proxy.counts['drop-reply']).toBe(1);
    });

    it('says store.unavailable when every connection is cut', async () => {
      rig.proxy.random({ rate: 1, seed: 1, kinds: ['cut-before'] });
      await expect(proveConditionalWrites(options())).rejects.toEqual(failsWith('store.unavailable'));
    });

    it('says store.refused for a bucket that is not there', async () => {
      await expect(proveConditionalWrites({ ...options(), bucket: 'missing' })).rejects.toEqual(
        failsWith('store.refused'),
      );
    });

    it('says store.refused for a wrong secret', async () => {
      const wrong = { accessKeyId: rig.server.accessKeyId, secretAccessKey: 'wrong' };
      await expect(proveConditionalWrites({ ...options(), credentials: wrong })).rejects.toEqual(
        failsWith('store.refused'),
      );
    });
  });
});
