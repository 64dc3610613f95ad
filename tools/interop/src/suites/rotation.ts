import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertSucceeded } from '../outcomes.ts';
import { defineSuite } from '../suite.ts';
import type { Bench, Cell } from '../suite.ts';
import { tufDownload } from '../tuf-download.ts';
import { UploadStream } from '../upload-stream.ts';
import { assertWatchful } from '../watch-control.ts';
import { startWatched } from '../watched-instance.ts';
import type { WatchedInstance } from '../watched-instance.ts';

/** Rotations in the order in which they are made, each with the offline role that it gives new versions. */
const rotations = [
  { what: 'the key of timestamp is rotated', args: ['timestamp'], role: 'root', versions: 2 },
  { what: 'the key of snapshot is rotated', args: ['snapshot'], role: 'root', versions: 2 },
  { what: 'the key of every bin is rotated', args: ['bins', '--now'], role: 'bins', versions: 2 },
  {
    what: 'the keys of timestamp and snapshot are replaced at once',
    args: ['timestamp', 'snapshot', '--emergency'],
    role: 'root',
    versions: 1,
  },
  {
    what: 'the key of every bin is replaced at once',
    args: ['bins', '--emergency'],
    role: 'bins',
    versions: 1,
  },
] as const;
type Rotation = (typeof rotations)[number];

/** Uploads that are sent during each rotation, and rounds that python-tuf reads at least before and after it. */
const share = 12;
const rounds = 5;

interface Rotating {
  readonly bench: Bench;
  readonly watched: WatchedInstance;
  readonly stream: UploadStream;
  /** The timestamp role's bytes as the last rotation left them: signed by keys that count, and old soon. */
  oldTimestamp: Uint8Array | null;
}

/** Online keys are replaced while authors upload and installers refresh. */
export const rotation = defineSuite({
  name: 'rotation',
  async prepare(bench: Bench): Promise<Rotating> {
    const env = { RIND_CEREMONY_POLL_MS: '200' };
    const watched = await startWatched(bench, 'tuf-watch', { args: ['--bins', '64'], env });
    const stream = new UploadStream(watched.supervisor.instance, 'rind-interop-rotation');
    return { bench, watched, stream, oldTimestamp: null };
  },
  cells: [
    ...rotations.map((each, index): Cell<Rotating> => ({
      client: 'python-tuf',
      operation: `reads on while ${each.what} during uploads`,
      run: (state) => rotate(state, each, index),
    })),
    {
      client: 'python-tuf',
      operation: 'with a new cache and the first root downloads every file that was uploaded meanwhile',
      async run({ bench, watched, stream }) {
        await stream.end();
        assert.deepEqual(stream.refused, []);
        for (const { sha256 } of stream.accepted) await watched.supervisor.instance.waitVerifiable(sha256);
        const expected = stream.accepted.map(({ path, sha256 }) => ({ path, sha256 }));
        assert.equal(expected.length, (share + 1) * rotations.length);
        const { outcome, answer } = await tufDownload(
          bench,
          watched.place,
          expected.map(({ path }) => path),
        );
        assertSucceeded(outcome);
        assert.deepEqual(
          answer.files.map(({ path, sha256 }) => ({ path, sha256 })),
          expected,
        );
      },
    },
    {
      client: 'python-tuf',
      operation: 'reading the same way does notice an old timestamp and a file that is not there',
      async run({ bench, watched: { place }, stream, oldTimestamp }) {
        assert.ok(oldTimestamp !== null, 'no rotation ended');
        await assertWatchful(bench, place, stream.accepted[0]!, oldTimestamp);
      },
    },
    {
      client: 'python-tuf',
      operation: 'that read all the while never saw an error, and knows every accepted file',
      async run({ watched, stream }) {
        for (const { path, sha256 } of stream.accepted) watched.watch.know(path, sha256);
        await watched.watch.awaitRounds(rounds);
        await watched.finish();
      },
    },
  ],
  async finish({ watched, stream }) {
    stream.abandon();
    await watched.abandon();
  },
});

async function rotate(state: Rotating, { args, role, versions }: Rotation, index: number): Promise<void> {
  const { watched, stream } = state;
  const { supervisor, watch } = watched;
  const { instance } = supervisor;
  const before = newest(instance.file.store.path, role);
  stream.allow(share);
  await stream.awaitAccepted(index * (share + 1) + 1);
  await watch.awaitRounds(rounds);
  const rotated = await instance.rind(['rotate', 'online', ...args, '--json']);
  assertSucceeded(rotated);
  assert.equal(newest(instance.file.store.path, role), before + versions, 'versions that the rotation made');
  state.oldTimestamp = readFileSync(join(instance.file.store.path, 'metadata', 'timestamp.json'));
  // What comes now makes it old.
  stream.allow(1);
  await stream.awaitAccepted((index + 1) * (share + 1));
  await watch.awaitRounds(rounds);
  watch.assertNoErrors();
}

/** The newest version of root or bins in the store. */
function newest(store: string, role: 'root' | 'bins'): number {
  let version = 0;
  while (existsSync(join(store, 'metadata', `${version + 1}.${role}.json`))) version++;
  return version;
}
