import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runCommand } from '../command.ts';
import type { Outcome } from '../command.ts';
import { sha256Hex } from '../fixtures.ts';
import { mirrorByDocument } from '../mirror-lines.ts';
import { assertExitCode, assertSucceeded } from '../outcomes.ts';
import { publishSample } from '../publish.ts';
import { readOnce } from '../read-once.ts';
import type { ReadTarget } from '../read-once.ts';
import { defineSuite } from '../suite.ts';
import type { Bench, Cell, Context, Scene, Suite } from '../suite.ts';
import type { RunningSupervisor } from '../supervisor.ts';
import { packagePath, pagePath } from '../target-paths.ts';
import { ensureTough } from '../tough.ts';
import { startWatch } from '../watching-clients.ts';
import type { Repository, WatchingClient } from '../watching-clients.ts';

const project = 'rind-interop-verifying';

interface State {
  readonly bench: Bench;
  readonly repository: Repository;
  readonly targets: readonly ReadTarget[];
  /** Folder of the instance's store. */
  readonly store: string;
}

/** The clients that read 16,384 bins in no time; python-tuf has a suite of its own. */
export const verifying = defineSuite<State>({
  name: 'verifying',
  prepare: (context: Context) => publishedIn(context),
  cells: [reads('go-tuf', '16,384 succinct bins'), reads('rind', '16,384 succinct bins')],
});

/** tuf-js needs time that grows with the square of the number of bins. */
export const fewSuccinctBins = apart(
  'few-succinct-bins',
  ['--bins', '1024'],
  [reads('tuf-js', '1,024 succinct bins')],
);

export const explicitBins = apart(
  'explicit-bins',
  ['--bins', '1024', '--bin-encoding', 'explicit'],
  [
    reads('python-tuf', '1,024 explicit bins'),
    reads('tuf-js', '1,024 explicit bins'),
    reads('rind', '1,024 explicit bins'),
    {
      client: 'go-tuf',
      operation: 'refreshes, but finds no target in explicit bins: a fault of its own',
      async run({ bench, repository, targets }) {
        const cache = bench.newFolder('go-tuf-cache');
        const watch = await startWatch(bench, 'go-tuf', { ...repository, cache });
        try {
          // The control: without a target to look up, it succeeds.
          await watch.awaitRounds(1, 120_000);
          for (const { path, sha256 } of targets.slice(0, 1)) watch.know(path, sha256);
          await assert.rejects(watch.awaitRounds(1, 120_000), /go-tuf met errors/);
          assert.match(watch.errors[0]?.message ?? '', /^target \S+ not found$/);
        } finally {
          watch.kill();
        }
      },
    },
  ],
);

const toughArgs = ['--bin-encoding', 'explicit'];

/** tough reads all bins before it answers anything, from a copy that has its names. */
export const slowTough = apart('slow-tough', toughArgs, [
  {
    client: 'tough',
    operation:
      'starts at root 1 and reads a wheel, an sdist and the page out of 16,384 explicit bins, from a copy on the disk',
    async run({ bench, repository, targets, store }) {
      const program = await ensureTough();
      const copy = bench.newFolder('copy');
      await mirrorByDocument(bench, store, copy, { secondNames: true });
      const [metadata, files] = ['metadata', 'targets'].map(
        (name) => `${pathToFileURL(join(copy, name)).href}/`,
      );
      const fixed = [metadata!, files!, repository.root];
      const read = (paths: readonly string[]): Promise<Outcome> =>
        runCommand(program, [...fixed, ...paths], { environment: bench.environment, timeoutMs: 600_000 });
      const outcome = await read(targets.map(({ path }) => path));
      assertSucceeded(outcome);
      assert.equal(outcome.stdout, targets.map(({ path, sha256 }) => `${sha256} ${path}\n`).join(''));
      // The control: it does not take whatever lies there.
      assertExitCode(await read([`${targets[0]!.path}.none`]), 4);
    },
  },
]);

/** The same at the size of a real index, where it takes tuf-js minutes. */
export const slowClients = apart(
  'slow-clients',
  [],
  [reads('tuf-js', '16,384 succinct bins, in minutes', 1_800_000)],
);

function reads(client: WatchingClient, bins: string, timeoutMs?: number): Cell<State> {
  return {
    client,
    operation: `starts at root 1 and downloads a wheel, an sdist and the page out of ${bins}`,
    run: ({ bench, repository, targets }) => readOnce(bench, client, repository, targets, timeoutMs),
  };
}

/** A suite with an instance of its own, started with these arguments. */
function apart(name: string, args: readonly string[], cells: readonly Cell<State>[]): Suite<Bench> {
  const running = new Map<State, RunningSupervisor>();
  return defineSuite<State, Bench>({
    name,
    async prepare(bench) {
      const supervisor = await bench.startInstance({ args });
      try {
        const state = await publishedIn({ ...bench, instance: supervisor.instance });
        running.set(state, supervisor);
        return state;
      } catch (error) {
        await supervisor.stop();
        throw error;
      }
    },
    cells,
    async finish(state) {
      await running.get(state)?.stop();
    },
  });
}

async function publishedIn(scene: Scene): Promise<State> {
  const { wheel, sdist } = await publishSample(scene, { name: project, version: '1.0' });
  const { metadata, targets, root, simple } = scene.instance.file;
  const page = await fetch(`${simple}${project}/`, {
    headers: { accept: 'application/vnd.pypi.simple.v1+json' },
  });
  return {
    bench: scene,
    store: scene.instance.file.store.path,
    repository: { metadataUrl: metadata, targetsUrl: targets, root },
    targets: [
      ...[wheel, sdist].map(({ filename, sha256 }) => ({ path: packagePath(project, filename), sha256 })),
      { path: pagePath(project), sha256: sha256Hex(new Uint8Array(await page.arrayBuffer())) },
    ],
  };
}
