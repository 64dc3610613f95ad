import { utf8 } from '@rind/kernel';
import type { Tag } from '@rind/storage-port';
import type { ProxiedRequest } from '@rind/test-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRig } from '../test/rig.ts';
import type { Rig } from '../test/rig.ts';
import type { S3Store } from './index.ts';

const SOME_BYTES = 1_000_000;
const KEY = 'metadata/timestamp.json';
const failsWith = (code: string) => expect.objectContaining({ code });
const isPut = ({ method }: ProxiedRequest) => method === 'PUT';
const isGet = ({ method }: ProxiedRequest) => method === 'GET';

let rig: Rig;
let rival: S3Store;
let first: Tag;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig?.stop());
beforeEach(async () => {
  await rig.reset();
  rival = rig.direct();
  first = await rival.replaceIf(KEY, utf8('1'), null);
});

const stored = async () => {
  const found = (await rival.get(KEY, SOME_BYTES))!;
  return { tag: found.tag, text: new TextDecoder().decode(found.bytes) };
};

describe('a swap whose only answer was lost', () => {
  it('is won if the object holds our bytes', async () => {
    rig.proxy.dropReply(isPut);
    const tag = await rig.proxied({ attempts: 1 }).replaceIf(KEY, utf8('2'), first);
    expect(await stored()).toEqual({ tag, text: '2' });
  });

  it('is open if the object holds the old bytes: the request may yet arrive', async () => {
    rig.proxy.cutBefore(isPut);
    await expect(rig.proxied({ attempts: 1 }).replaceIf(KEY, utf8('2'), first)).rejects.toEqual(
      failsWith('store.unavailable'),
    );
  });

  it.each([
    ['nobody answers', 500],
    ['reading is not allowed', 403],
  ])('is open if %s', async (_, status) => {
    rig.proxy.dropReply(isPut);
    rig.proxy.failNext(isGet, { status });
    await expect(rig.proxied({ attempts: 1 }).replaceIf(KEY, utf8('2'), first)).rejects.toEqual(
      failsWith('store.unavailable'),
    );
    expect((await stored()).text).toBe('2');
  });

  it('is open if it was refused and reading is not allowed', async () => {
    rig.proxy.failNext(isPut, { status: 412 });
    rig.proxy.failNext(isGet, { status: 403 });
    rig.proxy.failNext(isGet, { status: 403 });
    await expect(rig.proxied().replaceIf(KEY, utf8('2'), first)).rejects.toEqual(
      failsWith('store.unavailable'),
    );
    expect((await stored()).text).toBe('1');
  });

  it('is lost if the object holds the bytes of somebody else', async () => {
    rig.proxy.dropReply(isPut);
    const reading = rig.proxy.hold(isGet);
    const swap = rig.proxied({ attempts: 1 }).replaceIf(KEY, utf8('2'), first);
    const outcome = expect(swap).rejects.toEqual(failsWith('store.precondition-failed'));
    await reading.taken;
    const ours = await stored();
    expect(ours.text).toBe('2');
    await rival.replaceIf(KEY, utf8('3'), ours.tag);
    reading.release();
    await outcome;
  });
});

describe('a swap that is tried again', () => {
  it('is not refused because of its own earlier try', async () => {
    rig.proxy.dropReply(isPut);
    const tag = await rig.proxied().replaceIf(KEY, utf8('2'), first);
    expect(await stored()).toEqual({ tag, text: '2' });
    expect(rig.retries).toHaveLength(1);
  });

  it('is not refused because of an earlier call whose request arrived late', async () => {
    const late = rig.proxy.late(isPut);
    const store = rig.proxied({ attempts: 1 });
    await expect(store.replaceIf(KEY, utf8('2'), first)).rejects.toEqual(failsWith('store.unavailable'));
    expect(await late.deliver()).toBe(200);
    const tag = await store.replaceIf(KEY, utf8('2'), first);
    expect(await stored()).toEqual({ tag, text: '2' });
  });

  it('is not won when a rival replaced what its first try wrote', async () => {
    rig.proxy.dropReply(isPut);
    const again = rig.proxy.hold(isPut);
    const swap = rig.proxied().replaceIf(KEY, utf8('2'), first);
    const outcome = expect(swap).rejects.toEqual(failsWith('store.precondition-failed'));
    await again.taken;
    await rival.replaceIf(KEY, utf8('3'), (await stored()).tag);
    again.release();
    await outcome;
    expect((await stored()).text).toBe('3');
  });

  it('is not won when a rival was faster and the refusal got lost', async () => {
    await rival.replaceIf(KEY, utf8('3'), first);
    rig.proxy.dropReply(isPut);
    await expect(rig.proxied().replaceIf(KEY, utf8('2'), first)).rejects.toEqual(
      failsWith('store.precondition-failed'),
    );
    expect((await stored()).text).toBe('3');
  });

  it('is tried once more when the refusal cannot be checked at first', async () => {
    rig.proxy.dropReply(isPut);
    rig.proxy.failNext(isGet, { status: 500 });
    const tag = await rig.proxied().replaceIf(KEY, utf8('2'), first);
    expect(await stored()).toEqual({ tag, text: '2' });
    expect(rig.retries).toHaveLength(2);
  });

  it('is won although a refusal was made up for the state that is there', async () => {
    rig.proxy.failNext(isPut, { status: 412 });
    const tag = await rig.proxied().replaceIf(KEY, utf8('2'), first);
    expect(await stored()).toEqual({ tag, text: '2' });
  });

  it('is open, not refused, when rights are taken away after a lost answer', async () => {
    rig.proxy.cutBefore(isPut);
    rig.proxy.failNext(isPut, { status: 403 });
    await expect(rig.proxied().replaceIf(KEY, utf8('2'), first)).rejects.toEqual(
      failsWith('store.unavailable'),
    );
  });

  it('is won when rights are taken away after it was done', async () => {
    rig.proxy.dropReply(isPut);
    rig.proxy.failNext(isPut, { status: 403 });
    const tag = await rig.proxied().replaceIf(KEY, utf8('2'), first);
    expect(await stored()).toEqual({ tag, text: '2' });
  });
});

describe('a request that arrives late', () => {
  it('does not make a replaced object go back', async () => {
    const late = rig.proxy.late(isPut);
    const second = await rig.proxied().replaceIf(KEY, utf8('2'), first);
    await rival.replaceIf(KEY, utf8('3'), second);
    expect(await late.deliver()).toBe(412);
    expect((await stored()).text).toBe('3');
  });

  it('does not undo the swap of a rival after ours was given up', async () => {
    const late = rig.proxy.late(isPut);
    await expect(rig.proxied({ attempts: 1 }).replaceIf(KEY, utf8('2'), first)).rejects.toEqual(
      failsWith('store.unavailable'),
    );
    await rival.replaceIf(KEY, utf8('3'), first);
    expect(await late.deliver()).toBe(412);
    expect((await stored()).text).toBe('3');
  });

  it('does not write over an object that was created meanwhile', async () => {
    const key = 'targets/packages/six/0a.six-1.0.tar.gz';
    const late = rig.proxy.late(isPut);
    await expect(rig.proxied({ attempts: 1 }).putNew(key, utf8('ours'))).rejects.toEqual(
      failsWith('store.unavailable'),
    );
    expect(await rival.putNew(key, utf8('theirs'))).toBe('created');
    expect(await late.deliver()).toBe(412);
    expect((await rival.get(key, SOME_BYTES))?.bytes).toEqual(utf8('theirs'));
  });

  it('of a create-only put is no conflict with its second try', async () => {
    const key = 'targets/packages/six/0a.six-1.0.tar.gz';
    const late = rig.proxy.late(isPut);
    const again = rig.proxy.hold(isPut);
    const putting = rig.proxied().putNew(key, utf8('ours'));
    await again.taken;
    expect(await late.deliver()).toBe(200);
    again.release();
    expect(await putting).toBe('identical');
  });
});
