import { StorageError } from '@rind/storage-port';
import type { ObjectStore } from '@rind/storage-port';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SimulatedIndex } from '../simulation/simulated-index.ts';
import { servedTargets } from './served-targets.ts';
import { hour, startSmallIndex } from './small-index.ts';

let index: SimulatedIndex;
beforeEach(async () => {
  index = await startSmallIndex();
});
afterEach(() => index?.destroy());

/** Requests by state, and those that the database calls published though no client finds them. */
async function requests(): Promise<{ states: string[]; publishedUnseen: string[] }> {
  const { rows } = await index.owner.query<{ target_path: string; state: string }>(
    `SELECT target_path, state FROM signer.outbox ORDER BY id`,
  );
  const published = rows.filter(({ state }) => state === 'published').map(({ target_path }) => target_path);
  return {
    states: rows.map(({ state }) => state),
    publishedUnseen: published.filter((path) => !isServed(path)),
  };
}

function isServed(path: string): boolean {
  try {
    return servedTargets(index.store).has(path);
  } catch {
    return false;
  }
}

const failures = ['nothing is stored', 'the reply is lost', 'the disk is full'] as const;
type Failure = (typeof failures)[number];

/** The store, failing at each put of keys that match, or with `deaf` calling each failure a success. */
function failing(match: RegExp, kind: Failure, deaf = false): ObjectStore {
  const { store } = index;
  const through: ObjectStore = Object.create(store) as ObjectStore;
  const fail = async <Result>(key: string, call: () => Promise<Result>): Promise<Result> => {
    if (kind === 'the reply is lost') await call();
    throw new StorageError(kind === 'the disk is full' ? 'store.full' : 'store.unavailable', 'injected', {
      key,
    });
  };
  through.putNew = async (key, body) => {
    const put = () => store.putNew(key, body as Uint8Array);
    if (!match.test(key)) return put();
    return deaf ? 'created' : fail(key, put);
  };
  through.replaceIf = async (key, bytes, tag) => {
    const replace = () => store.replaceIf(key, bytes, tag);
    return match.test(key) ? fail(key, replace) : replace();
  };
  return through;
}

describe('A file is recorded as published only after the timestamp that shows it', () => {
  const steps: [string, RegExp][] = [
    ['a page', /^targets\/simple\//],
    ['a bin', /^metadata\/[0-9]+\.bin-/],
    ['the snapshot', /^metadata\/[0-9]+\.snapshot/],
  ];
  const cells = steps.flatMap(([what, match]) => failures.map((kind) => [what, kind, match] as const));

  it.each(cells)('when the put of %s fails and %s', async (_what, kind, match) => {
    await index.upload();
    await index.run(4 * hour, undefined, { store: failing(match, kind) });
    expect((await requests()).states).not.toEqual(['published']);
    expect(await requests()).toMatchObject({ publishedUnseen: [] });
    await index.run(2 * hour);
    expect(await requests()).toEqual({ states: ['published'], publishedUnseen: [] });
  });

  it.each(failures)('when the swap of the timestamp fails and %s', async (kind) => {
    await index.upload();
    await index.run(4 * hour, undefined, { store: failing(/timestamp/, kind) });
    expect(await requests()).toMatchObject({ publishedUnseen: [] });
    await index.run(2 * hour);
    expect(await requests()).toEqual({ states: ['published'], publishedUnseen: [] });
  });

  it('and a signer that takes a failure for success is noticed by this test', async () => {
    await index.upload();
    await index.run(2 * hour, undefined, { store: failing(/\.bin-/, 'nothing is stored', true) });
    expect((await requests()).publishedUnseen).toEqual(['packages/demo/demo-1.tar.gz']);
  });
});
