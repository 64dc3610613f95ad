import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseTimestamp } from '@rind/metadata';
import { assertClientRefuses, assertClientWatchful } from '../clients-control.ts';
import { assertSucceeded } from '../outcomes.ts';
import { plainFile, uploadPlain } from '../plain-upload.ts';
import type { PlainFile } from '../plain-upload.ts';
import { defineSuite } from '../suite.ts';
import type { Bench, Cell, Suite } from '../suite.ts';
import { until } from '../until.ts';
import type { WatchingClient } from '../watching-clients.ts';
import { startWatch, watchingClients } from '../watching-clients.ts';
import { RotationScene } from './rotation-scene.ts';
import type { Rotation } from './rotation-scene.ts';
import { stolenVersion, Thief } from './rotation-thief.ts';

/** Rotations in the order in which they are made. */
const rotations: readonly Rotation[] = [
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
];

const timeoutMs = 120_000;

interface Rotating {
  readonly scene: RotationScene;
  /** Uploaded before the attack: in the thief's bin. */
  before: PlainFile | null;
  /** Uploaded while the signer refused to go on, and after the recovery. */
  since: PlainFile[];
  /** The bytes of the timestamp role before the attack. */
  ownTimestamp: Uint8Array;
  /** The roles that the thief published in version 2^31, sorted. */
  stolen: readonly string[];
}

/**
 * Online keys are replaced while authors upload and installers refresh; then they are stolen. Each client reads on a
 * cache that grows old with it and on a new one in each round, and tries nothing twice.
 */
function rotationSuite(name: string, bins: number, clients: readonly WatchingClient[]): Suite<Bench> {
  const each = (operation: string, run: (state: Rotating, client: WatchingClient) => Promise<void>) =>
    clients.map((client): Cell<Rotating> => ({ client, operation, run: (state) => run(state, client) }));
  return defineSuite({
    name,
    async prepare(bench: Bench): Promise<Rotating> {
      const scene = await RotationScene.start(bench, bins, clients);
      return { scene, before: null, since: [], ownTimestamp: new Uint8Array(), stolen: [] };
    },
    cells: [
      ...rotations.flatMap((rotation): Cell<Rotating>[] => [
        {
          client: 'rind',
          operation: `${rotation.what} during uploads, ${bins} bins`,
          run: ({ scene }) => scene.rotate(rotation),
        },
        ...each(`reads and downloads on while ${rotation.what}`, ({ scene }, client) =>
          scene.assertReadsOn(client),
        ),
      ]),
      ...each(
        'has met no error with its old cache and with new ones, and downloaded every file',
        ({ scene }, client) => scene.assertUndisturbed(client),
      ),
      ...each(
        'refuses what the replaced key signs, an old timestamp, and a file that is not there',
        watchful,
      ),
      {
        client: 'http',
        operation: `a thief of the online keys publishes version ${stolenVersion}; the signer refuses to go on`,
        run: steal,
      },
      ...each(
        'with its old cache believes the thief, and then refuses the own versions of the index',
        believe,
      ),
      { client: 'rind', operation: 'recovers from the fast-forward attack', run: recover },
      ...each('is healthy again with the cache that saw the attack, and with new ones', heal),
      {
        client: 'rind',
        operation: 'SIGTERM stops the instance, exit code 0',
        async run({ scene }) {
          assert.equal(await scene.stop(), 0);
        },
      },
    ],
    async finish({ scene }) {
      await scene.stop();
    },
  });
}

async function watchful({ scene }: Rotating, client: WatchingClient): Promise<void> {
  const { bench, repository, stream, oldTimestamp } = scene;
  const replaced = await (await Thief.of(scene.instance)).timestampOfReplacedKey();
  await assertClientWatchful(bench, client, repository, stream.accepted[0]!, [
    { flaw: 'unsigned', timestamp: replaced },
    { flaw: 'old', timestamp: oldTimestamp },
  ]);
}

async function steal(state: Rotating): Promise<void> {
  const { scene } = state;
  const { instance, stream } = scene;
  const before = stream.accepted.at(-1);
  assert.ok(before !== undefined, 'nothing was uploaded');
  state.before = before;
  await instance.waitVerifiable(before.sha256);
  state.ownTimestamp = scene.servedTimestamp();
  state.stolen = (await (await Thief.of(instance)).fastForward(before.path)).toSorted();
  // The signer finds out with its next publication.
  const during = plainFile('rind-interop-rotation-during', '1.0');
  const answer = await uploadPlain(instance, during);
  assert.equal(answer.status, 200, answer.error ?? undefined);
  state.since.push(during);
  await until('the signer refuses', () => scene.log('signer').includes('writer.refused'), timeoutMs);
}

async function believe(state: Rotating, client: WatchingClient): Promise<void> {
  const { scene, before, stolen, ownTimestamp } = state;
  const { bench, repository } = scene;
  const cache = scene.cache(client);
  const watch = await startWatch(bench, client, { ...repository, cache });
  try {
    watch.know(before!.path, before!.sha256);
    await watch.awaitRounds(1, timeoutMs);
    const end = await watch.finish();
    assert.deepEqual([end.timestamp, end.errors], [stolenVersion, []]);
  } finally {
    watch.kill();
  }
  assert.deepEqual(rolesOf(cache, stolenVersion), stolen);
  // On a copy: what heals later is the cache as the attack left it.
  const copy = bench.newFolder(`${client}-copy`);
  cpSync(cache, copy, { recursive: true, verbatimSymlinks: true });
  const place = { ...repository, cache: copy };
  await assertClientRefuses(bench, client, place, { flaw: 'old', timestamp: ownTimestamp });
}

/** The roles that a client's cache has in this version, sorted. Clients differ in folders, not in file names. */
function rolesOf(cache: string, version: number): string[] {
  const files = readdirSync(cache, { recursive: true, encoding: 'utf8' });
  const roles = files.filter((file) => /(^|\/)(timestamp|snapshot|bin-[0-9a-f]+)\.json$/.test(file));
  return roles
    .filter((file) => {
      const { signed } = JSON.parse(readFileSync(join(cache, file), 'utf8')) as {
        signed: { version: number };
      };
      return signed.version === version;
    })
    .map((file) => basename(file, '.json'))
    .toSorted();
}

async function recover({ scene: { instance }, since }: Rotating): Promise<void> {
  assertSucceeded(await instance.rind(['recover', 'fast-forward', '--json']));
  await until('every process is ready', () => instance.current().ready, timeoutMs);
  const after = plainFile('rind-interop-rotation-after', '1.0');
  const answer = await uploadPlain(instance, after);
  assert.equal(answer.status, 200, answer.error ?? undefined);
  since.push(after);
  for (const { sha256 } of since) await instance.waitVerifiable(sha256);
}

async function heal(state: Rotating, client: WatchingClient): Promise<void> {
  const { scene, before, since, ownTimestamp } = state;
  assert.equal(since.length, 2, 'there was no recovery');
  const pair = await scene.watch(client);
  try {
    pair.know([before!, ...since]);
    await pair.awaitRounds(2, timeoutMs);
    const { timestamp } = await pair.finish();
    const own = parseTimestamp(ownTimestamp).signed.version;
    assert.ok(timestamp > own && timestamp < stolenVersion, `timestamp ${timestamp} after ${own}`);
    assert.deepEqual(rolesOf(scene.cache(client), stolenVersion), []);
  } finally {
    pair.kill();
  }
}

/** tuf-js takes seconds for a refresh of more bins than these. */
export const rotation = rotationSuite('rotation', 1_024, watchingClients);

/** The same with as many bins as an index has. */
export const rotationLarge = rotationSuite(
  'rotation-16384',
  16_384,
  watchingClients.filter((client) => client !== 'tuf-js'),
);
