import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Instance } from '../instance.ts';
import { assertSucceeded } from '../outcomes.ts';
import { defineSuite } from '../suite.ts';
import type { Bench, Cell } from '../suite.ts';
import { tufDownload } from '../tuf-download.ts';
import { until } from '../until.ts';
import { UploadStream } from '../upload-stream.ts';
import { assertWatchful } from '../watch-control.ts';
import { startWatched } from '../watched-instance.ts';
import type { WatchedInstance } from '../watched-instance.ts';

const victims = ['gate', 'warehouse', 'auth', 'signer'] as const;
type Victim = (typeof victims)[number];

const uploads = 60;
/** Each kill has its share of the uploads, of which so many are accepted before it. */
const share = uploads / victims.length;
const acceptedBefore = 5;

/** Rounds that python-tuf reads at least before the first and after each kill. */
const rounds = 5;

interface Killing {
  readonly bench: Bench;
  readonly watched: WatchedInstance;
  readonly stream: UploadStream;
  /** The timestamp role's bytes before the first upload. */
  readonly firstTimestamp: Uint8Array;
}

/** Every process that takes part in an upload is killed in the middle of uploads. */
export const killing = defineSuite({
  name: 'killing',
  async prepare(bench: Bench): Promise<Killing> {
    const watched = await startWatched(bench, 'tuf-watch', {
      args: ['--bins', '64'],
      env: { RIND_LEASE_TTL_MS: '1000' },
    });
    const { file } = watched.supervisor.instance;
    const firstTimestamp = readFileSync(join(file.store.path, 'metadata', 'timestamp.json'));
    const stream = new UploadStream(watched.supervisor.instance, 'rind-interop-killing');
    return { bench, watched, stream, firstTimestamp };
  },
  cells: [
    ...victims.map((victim, index): Cell<Killing> => ({
      client: 'python-tuf',
      operation: `reads on while kill -9 ends the ${victim} during uploads, and it comes back`,
      run: (state) => kill(state, victim, index),
    })),
    {
      client: 'http',
      operation: `all ${uploads} uploads are accepted in the end, and can be verified`,
      async run({ watched, stream }) {
        await stream.end();
        assert.deepEqual(stream.refused, []);
        assert.equal(stream.accepted.length, uploads);
        for (const { sha256 } of stream.accepted) {
          await watched.supervisor.instance.waitVerifiable(sha256);
        }
      },
    },
    {
      client: 'python-tuf',
      operation: 'with a new cache downloads every accepted file, the very bytes that were uploaded',
      async run({ bench, watched, stream }) {
        const expected = stream.accepted.map(({ path, sha256, bytes }) => ({
          path,
          sha256,
          length: bytes.length,
        }));
        assert.equal(expected.length, uploads);
        const paths = expected.map(({ path }) => path);
        const { outcome, answer } = await tufDownload(bench, watched.place, paths);
        assertSucceeded(outcome);
        assert.deepEqual(
          answer.files.map(({ path, sha256, length }) => ({ path, sha256, length })),
          expected,
        );
      },
    },
    {
      client: 'python-tuf',
      operation: 'reading the same way does notice an old timestamp and a file that is not there',
      run: ({ bench, watched: { place }, stream, firstTimestamp }) =>
        assertWatchful(bench, place, stream.accepted[0]!, firstTimestamp),
    },
    {
      client: 'python-tuf',
      operation: 'that read all the while never saw an error, and knows every accepted file',
      async run({ watched, stream }) {
        assert.equal(stream.accepted.length, uploads);
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

async function kill({ watched, stream }: Killing, victim: Victim, index: number): Promise<void> {
  const { supervisor, watch } = watched;
  const { instance } = supervisor;
  if (index === 0) await watch.awaitRounds(rounds);
  await until('every process is ready', () => instance.current().ready);
  stream.allow(share);
  const inFlight = await stream.awaitAccepted(index * share + acceptedBefore);
  const pid = pidOf(instance, victim);
  assert.ok(pid !== null, `there is no ${victim}`);
  process.kill(pid, 'SIGKILL');
  assert.ok(inFlight > 0, 'no upload was under way');
  const last = `(pid ${pid}) ended with SIGKILL`;
  await until(`${last} is printed`, () => supervisor.printed.includes(last));
  await until(`the ${victim} is back`, () => {
    const now = pidOf(instance, victim);
    return now !== null && now !== pid && instance.current().ready;
  });
  await watch.awaitRounds(rounds);
  await stream.awaitAccepted((index + 1) * share);
}

function pidOf(instance: Instance, victim: Victim): number | null {
  const { processes } = instance.current();
  return victim === 'signer' ? (processes.signer[0] ?? null) : processes[victim];
}
