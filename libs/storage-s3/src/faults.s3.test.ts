import { createHash } from 'node:crypto';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { utf8 } from '@rind/kernel';
import type { FaultProxy, Match } from '@rind/test-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRig } from '../test/rig.ts';
import type { Rig } from '../test/rig.ts';
import type { S3Store } from './index.ts';

const SOME_BYTES = 1_000_000;
const KEY = 'metadata/1.root.json';
const failsWith = (code: string) => expect.objectContaining({ code });
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig?.stop());
beforeEach(() => rig.reset());

/** A file of a package, large enough to be looked for before it is sent. */
async function packageFile() {
  const bytes = new Uint8Array(2_000_000).map((_, i) => i * 7);
  const path = join(rig.folder, 'package');
  await writeFile(path, bytes);
  return { bytes, body: { path, length: bytes.length, sha256: sha256(bytes) } };
}

interface Operation {
  /** Of the request that the fault is for. */
  readonly method: string;
  readonly prepare?: (store: S3Store) => Promise<unknown>;
  readonly act: (store: S3Store) => Promise<unknown>;
  readonly result: unknown;
  /** Where it differs because the server did the work although the answer was lost. */
  readonly resultAfterLostReply?: unknown;
}

const put = (store: S3Store) => store.putNew(KEY, utf8('0123456789'));
const operations: Record<string, Operation> = {
  'putNew of bytes': {
    method: 'PUT',
    act: async (store) => [await put(store), await rig.direct().stat(KEY)],
    result: ['created', { length: 10, sha256: sha256(utf8('0123456789')) }],
    resultAfterLostReply: ['identical', { length: 10, sha256: sha256(utf8('0123456789')) }],
  },
  'putNew of the same bytes': { method: 'PUT', prepare: put, act: put, result: 'identical' },
  'putNew of other bytes': {
    method: 'PUT',
    prepare: put,
    act: (store) => store.putNew(KEY, utf8('other')).catch((error: unknown) => error),
    result: failsWith('store.conflict'),
  },
  'putNew of a file': {
    method: 'PUT',
    act: async (store) => {
      const { body } = await packageFile();
      const outcome = await store.putNew(KEY, body);
      return [outcome, (await rig.direct().stat(KEY))?.sha256 === body.sha256];
    },
    result: ['created', true],
    resultAfterLostReply: ['identical', true],
  },
  'the look before a file is sent': {
    method: 'HEAD',
    act: async (store) => store.putNew(KEY, (await packageFile()).body),
    result: 'created',
  },
  'replaceIf that creates': {
    method: 'PUT',
    act: async (store) => {
      const tag = await store.replaceIf(KEY, utf8('1'), null);
      const found = await rig.direct().get(KEY, SOME_BYTES);
      return [found?.tag === tag, found?.bytes];
    },
    result: [true, utf8('1')],
  },
  'replaceIf that replaces': {
    method: 'PUT',
    act: async (store) => {
      const first = await rig.direct().replaceIf(KEY, utf8('1'), null);
      const tag = await store.replaceIf(KEY, utf8('2'), first);
      const found = await rig.direct().get(KEY, SOME_BYTES);
      return [found?.tag === tag, found?.bytes];
    },
    result: [true, utf8('2')],
  },
  'replaceIf with a stale tag': {
    method: 'PUT',
    act: async (store) => {
      const first = await rig.direct().replaceIf(KEY, utf8('1'), null);
      await rig.direct().replaceIf(KEY, utf8('2'), first);
      const error = await store.replaceIf(KEY, utf8('3'), first).catch((thrown: unknown) => thrown);
      return [error, (await rig.direct().get(KEY, SOME_BYTES))?.bytes];
    },
    result: [failsWith('store.precondition-failed'), utf8('2')],
  },
  get: {
    method: 'GET',
    prepare: put,
    act: async (store) => (await store.get(KEY, SOME_BYTES))?.bytes,
    result: utf8('0123456789'),
  },
  'get of nothing': { method: 'GET', act: (store) => store.get(KEY, SOME_BYTES), result: null },
  open: {
    method: 'GET',
    prepare: put,
    act: async (store) => textOf((await store.open(KEY, { start: 3, end: 5 }))!.stream),
    result: '345',
  },
  stat: {
    method: 'HEAD',
    prepare: put,
    act: (store) => store.stat(KEY),
    result: { length: 10, sha256: sha256(utf8('0123456789')) },
  },
  list: {
    method: 'GET',
    prepare: put,
    act: async (store) => {
      const keys: string[] = [];
      for await (const key of store.list('metadata/')) keys.push(key);
      return keys;
    },
    result: [KEY],
  },
  delete: {
    method: 'DELETE',
    prepare: put,
    act: async (store) => [await store.delete(KEY), await rig.direct().stat(KEY)],
    result: [undefined, null],
  },
};

/** One fault each, which passes. */
const faults: Record<string, (proxy: FaultProxy, match: Match) => void> = {
  'an error of the server': (proxy, match) => proxy.failNext(match, { status: 500 }),
  'a request to slow down': (proxy, match) => proxy.failNext(match, { status: 503 }),
  'a conflict of conditional requests': (proxy, match) => proxy.failNext(match, { status: 409 }),
  'a connection cut before the request': (proxy, match) => proxy.cutBefore(match),
  'a lost answer': (proxy, match) => proxy.dropReply(match),
  'no progress': (proxy, match) => proxy.stall(match, 60_000),
};

describe.each(Object.entries(faults))('after %s', (fault, arrange) => {
  it.each(Object.entries(operations))('%s has the right outcome at the second try', async (_, operation) => {
    const { method, prepare, act, result, resultAfterLostReply = result } = operation;
    await prepare?.(rig.direct());
    arrange(rig.proxy, (request) => request.method === method);
    const store = rig.proxied({ requestTimeoutMs: fault === 'no progress' ? 1_000 : 60_000 });
    expect(await act(store)).toEqual(fault === 'a lost answer' ? resultAfterLostReply : result);
    expect(rig.retries.length).toBeGreaterThanOrEqual(1);
  });
});

describe('after a body that is cut off', () => {
  it.each(['get', 'list'])('%s asks again', async (name) => {
    const operation = operations[name]!;
    await operation.prepare?.(rig.direct());
    rig.proxy.cutBody((request) => request.method === 'GET', 4);
    expect(await operation.act(rig.proxied())).toEqual(operation.result);
    expect(rig.retries).toHaveLength(1);
  });

  it('a stream that was handed out ends with store.unavailable', async () => {
    await put(rig.direct());
    rig.proxy.cutBody((request) => request.method === 'GET', 4);
    const opened = await rig.proxied().open(KEY);
    await expect(textOf(opened!.stream)).rejects.toEqual(failsWith('store.unavailable'));
  });
});

describe('an upload that is cut off', () => {
  it('leaves no object, and is store.unavailable when it may not be tried again', async () => {
    const { body } = await packageFile();
    rig.proxy.cutUpload(({ method }) => method === 'PUT', 500_000);
    await expect(rig.proxied({ attempts: 1 }).putNew(KEY, body)).rejects.toEqual(
      failsWith('store.unavailable'),
    );
    expect(await rig.direct().get(KEY, 10_000_000)).toBeNull();
    expect(rig.proxy.counts['cut-upload']).toBe(1);
  });

  it('is sent again whole', async () => {
    const { body, bytes } = await packageFile();
    rig.proxy.cutUpload(({ method }) => method === 'PUT', 500_000);
    expect(await rig.proxied().putNew(KEY, body)).toBe('created');
    expect((await rig.direct().get(KEY, 10_000_000))?.bytes).toEqual(bytes);
    expect(rig.retries).toHaveLength(1);
  });
});

describe('slowness', () => {
  it('is no failure while there is progress', async () => {
    await put(rig.direct());
    rig.proxy.slowBody(({ method }) => method === 'GET', 300);
    const found = await rig.proxied({ requestTimeoutMs: 2_500 }).get(KEY, SOME_BYTES);
    expect(found?.bytes).toEqual(utf8('0123456789'));
    expect(rig.retries).toEqual([]);
  });

  it('that is none is a failure', async () => {
    await put(rig.direct());
    rig.proxy.slowBody(({ method }) => method === 'GET', 60_000);
    const found = await rig.proxied({ requestTimeoutMs: 1_000 }).get(KEY, SOME_BYTES);
    expect(found?.bytes).toEqual(utf8('0123456789'));
    expect(rig.retries).toHaveLength(1);
  });

  it('of the reader is not the fault of the store', async () => {
    await rig.direct().putNew(KEY, new Uint8Array(20_000_000));
    const opened = await rig.proxied({ requestTimeoutMs: 1_000 }).open(KEY);
    let received = 0;
    for await (const chunk of opened!.stream) {
      if (received === 0) await new Promise((resolve) => setTimeout(resolve, 3_000));
      received += chunk.length;
    }
    expect(received).toBe(20_000_000);
  });
});

describe('a fault that lasts', () => {
  const calls: Record<string, (store: S3Store) => Promise<unknown>> = {
    putNew: put,
    replaceIf: (store) => store.replaceIf(KEY, utf8('1'), null),
    get: (store) => store.get(KEY, SOME_BYTES),
    open: (store) => store.open(KEY),
    stat: (store) => store.stat(KEY),
    list: (store) => operations['list']!.act(store),
    delete: (store) => store.delete(KEY),
  };

  it.each(Object.entries(calls))(
    'ends %s with store.unavailable after a bounded number of tries',
    async (name, call) => {
      rig.proxy.random({ rate: 1, seed: 1, kinds: ['fail'] });
      const before = rig.proxy.counts.fail;
      await expect(call(rig.proxied({ attempts: 4 }))).rejects.toEqual(failsWith('store.unavailable'));
      // A swap without an answer is read once more.
      expect(rig.proxy.counts.fail - before).toBe(name === 'replaceIf' ? 5 : 4);
      expect(rig.retries.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    },
  );

  it.each(Object.entries(calls))('that is a refusal ends %s with store.refused at once', async (_, call) => {
    rig.proxy.failNext(() => true, { status: 403 });
    await expect(call(rig.proxied())).rejects.toEqual(failsWith('store.refused'));
    expect(rig.retries).toEqual([]);
  });

  it.each(['putNew', 'replaceIf'])('that is a full store ends %s with store.full', async (name) => {
    rig.proxy.failNext(() => true, { status: 507 });
    await expect(calls[name]!(rig.proxied())).rejects.toEqual(failsWith('store.full'));
    expect(await rig.direct().stat(KEY)).toBeNull();
  });

  it('ends when the server is back', async () => {
    const store = rig.proxied({
      attempts: 1_000,
      randomness: { bytes: (length) => new Uint8Array(length).fill(20) },
    });
    await rig.server.kill();
    const putting = put(store);
    while (rig.retries.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    await rig.server.restart();
    expect(['created', 'identical']).toContain(await putting);
    expect((await rig.direct().get(KEY, SOME_BYTES))?.bytes).toEqual(utf8('0123456789'));
  });
});

describe('a file to store', () => {
  it('that is not there is store.unavailable', async () => {
    const { body } = await packageFile();
    const absent = { ...body, path: join(rig.folder, 'absent') };
    await expect(rig.proxied().putNew(KEY, absent)).rejects.toEqual(failsWith('store.unavailable'));
    expect(await rig.direct().stat(KEY)).toBeNull();
  });

  it('that is not as long as announced is not sent', async () => {
    const { body } = await packageFile();
    const before = rig.proxy.counts.forwarded;
    await expect(rig.proxied().putNew(KEY, { ...body, length: 10 })).rejects.toEqual(
      failsWith('store.unavailable'),
    );
    expect(rig.proxy.counts.forwarded).toBe(before);
  });

  it('that becomes shorter while it is sent is not stored', async () => {
    const length = 60_000_000;
    const bytes = new Uint8Array(length);
    const path = join(rig.folder, 'shrinking');
    await writeFile(path, bytes);
    const sending = rig.proxy.hold(({ method }) => method === 'PUT');
    const putting = rig.proxied().putNew(KEY, { path, length, sha256: sha256(bytes) });
    const outcome = expect(putting).rejects.toEqual(failsWith('store.unavailable'));
    await sending.taken;
    await truncate(path, length - 1_000);
    sending.release();
    await outcome;
    expect(await rig.direct().stat(KEY)).toBeNull();
    expect(rig.retries).toEqual([]);
  });

  it('is stored with its checksum, so that nobody has to read it to know', async () => {
    const { body } = await packageFile();
    const store = rig.proxied();
    await store.putNew(KEY, body);
    rig.proxy.failNext(({ method }) => method === 'GET', { status: 403 });
    expect(await store.stat(KEY)).toEqual({ length: body.length, sha256: body.sha256 });
  });

  it('that does not have the announced hash is not stored', async () => {
    const { body } = await packageFile();
    const wrong = { ...body, sha256: sha256(utf8('others')) };
    await expect(rig.proxied({ attempts: 2 }).putNew(KEY, wrong)).rejects.toEqual(
      failsWith('store.unavailable'),
    );
    expect(await rig.direct().stat(KEY)).toBeNull();
  });
});

describe('ranges', () => {
  it.each([
    ['', 0, 0],
    ['', 5, 9],
    ['0123456789', 10, 20],
    ['0123456789', 100, 200],
  ])('of %j from %i to %i are empty', async (text, start, end) => {
    await rig.direct().putNew(KEY, utf8(text));
    const opened = await rig.proxied().open(KEY, { start, end });
    expect(opened?.length).toBe(text.length);
    expect(await textOf(opened!.stream)).toBe('');
  });
});
