import assert from 'node:assert/strict';
import type { ClientWatch } from './client-watch.ts';
import type { Bench } from './suite.ts';
import { TamperProxy } from './tamper-proxy.ts';
import { until } from './until.ts';
import { flawErrors, startWatch } from './watching-clients.ts';
import type { Flaw, Repository, WatchingClient } from './watching-clients.ts';
import type { TufPlace } from './tuf-download.ts';

const timeoutMs = 120_000;

interface Target {
  readonly path: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

/**
 * The control of every watch that met no error: the same client on the same repository does meet errors when there
 * are some, and goes on when they end.
 * @param there a target of the repository
 * @param lies timestamps and why they have to be refused
 */
export async function assertClientWatchful(
  bench: Bench,
  client: WatchingClient,
  repository: Repository,
  there: Target,
  lies: readonly { readonly flaw: Flaw; readonly timestamp: Uint8Array }[],
): Promise<void> {
  const cache = bench.newFolder(`${client}-control`);
  await through(bench, client, { ...repository, cache }, async (watch, proxy) => {
    watch.know(there.path, there.sha256);
    await watch.awaitRounds(1, timeoutMs);
    for (const { flaw, timestamp } of lies) {
      const before = watch.errors.length;
      await assertRefuses(watch, proxy, timestamp, flawErrors[client][flaw]);
      proxy.tell(new Map());
      const succeeded = watch.rounds.length;
      await until(`${client} goes on`, () => watch.rounds.length > succeeded, timeoutMs);
      const types = new Set(watch.errors.slice(before).map(({ type }) => type));
      assert.deepEqual([...types], [flawErrors[client][flaw]]);
    }
    const told = watch.errors.length;
    watch.know(`${there.path}.none`, there.sha256);
    await until(`${client} misses a file`, () => watch.errors.length > told, timeoutMs);
    const end = await watch.finish();
    const flaws: readonly string[] = Object.values(flawErrors[client]);
    assert.ok(!flaws.includes(watch.errors[told]!.type), watch.errors[told]!.type);
    assert.equal(end.failed, watch.errors.length);
    assert.equal(end.rounds, watch.rounds.length);
  });
}

/** With this cache the client refuses the timestamp in every round. */
export async function assertClientRefuses(
  bench: Bench,
  client: WatchingClient,
  place: TufPlace,
  { flaw, timestamp }: { readonly flaw: Flaw; readonly timestamp: Uint8Array },
): Promise<void> {
  const lies = new Map([[timestampFile, timestamp]]);
  await through(
    bench,
    client,
    place,
    async (watch, proxy) => {
      await assertRefuses(watch, proxy, timestamp, flawErrors[client][flaw]);
      assert.deepEqual(watch.rounds, []);
    },
    lies,
  );
}

const timestampFile = 'metadata/timestamp.json';

async function assertRefuses(
  watch: ClientWatch,
  proxy: TamperProxy,
  timestamp: Uint8Array,
  type: string,
): Promise<void> {
  const before = watch.errors.length;
  proxy.tell(new Map([[timestampFile, timestamp]]));
  await until(`${watch.client} notices ${type}`, () => watch.errors.length > before, timeoutMs);
  assert.equal(watch.errors[before]!.type, type, watch.errors[before]!.message);
}

async function through(
  bench: Bench,
  client: WatchingClient,
  place: TufPlace,
  act: (watch: ClientWatch, proxy: TamperProxy) => Promise<void>,
  lies: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<void> {
  const proxy = new TamperProxy({ metadata: place.metadataUrl, targets: place.targetsUrl });
  await proxy.listen();
  proxy.tell(lies);
  const { metadataUrl, targetsUrl } = proxy;
  const watch = await startWatch(bench, client, { ...place, metadataUrl, targetsUrl });
  try {
    await act(watch, proxy);
  } finally {
    watch.kill();
    await proxy.close();
  }
}
