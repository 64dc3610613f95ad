import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertUnbroken, ClientWatch } from './client-watch.ts';
import type { WatchEnd } from './client-watch.ts';
import { ensureGoTuf } from './go-tuf.ts';
import { places } from './places.ts';
import type { Bench } from './suite.ts';
import type { TufPlace } from './tuf-download.ts';
import { TufWatch } from './tuf-watch.ts';

/** Clients that can read a repository over and over. */
export const watchingClients = ['python-tuf', 'go-tuf', 'tuf-js', 'rind'] as const;
export type WatchingClient = (typeof watchingClients)[number];

/** What may be wrong with a timestamp: older than the one that is trusted, or signed by no key that counts. */
export type Flaw = 'old' | 'unsigned';

/** How each client names a flaw. */
export const flawErrors: Readonly<Record<WatchingClient, Readonly<Record<Flaw, string>>>> = {
  'python-tuf': { old: 'BadVersionNumberError', unsigned: 'UnsignedMetadataError' },
  'go-tuf': { old: 'ErrBadVersionNumber', unsigned: 'ErrUnsignedMetadata' },
  'tuf-js': { old: 'BadVersionError', unsigned: 'UnsignedMetadataError' },
  rind: { old: 'verify.version-rollback', unsigned: 'verify.threshold' },
};

/** The version of tuf-js that is installed. */
export function tufJsVersion(): string {
  const path = join(places.root, 'node_modules', 'tuf-js', 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

/** Where a repository is, without a cache. */
export type Repository = Omit<TufPlace, 'cache'>;

const pauseSeconds = 0.1;

/**
 * A watch of this client that looks up and downloads, on the cache of `place`; with `anew` each round begins with a
 * new one.
 * @throws CannotRun where the client cannot be had
 */
export async function startWatch(
  bench: Bench,
  client: WatchingClient,
  place: TufPlace,
  anew = false,
): Promise<ClientWatch> {
  if (client === 'python-tuf') {
    return new TufWatch(bench, place, {
      anew,
      pauseSeconds,
      download: bench.newFolder('python-tuf-targets'),
    });
  }
  const args = [
    ...['--metadata-url', place.metadataUrl, '--targets-url', place.targetsUrl],
    ...['--root', place.root, '--cache', place.cache, '--pause', String(pauseSeconds)],
    ...(anew ? ['--anew'] : []),
  ];
  const { environment } = bench;
  if (client === 'go-tuf') {
    return new ClientWatch({ client, command: await ensureGoTuf(), args, environment });
  }
  const program = client === 'tuf-js' ? places.tufJsWatch : places.rindWatch;
  return new ClientWatch({ client, command: process.execPath, args: [program, ...args], environment });
}

/** One client twice: on a cache that grows old with it, and on a new one in each round. */
export class WatchPair {
  private readonly watches: readonly [ClientWatch, ClientWatch];
  private readonly told = new Set<string>();

  private constructor(watches: readonly [ClientWatch, ClientWatch]) {
    this.watches = watches;
  }

  /** @param cache the one that is kept */
  static async start(
    bench: Bench,
    client: WatchingClient,
    repository: Repository,
    cache: string,
  ): Promise<WatchPair> {
    const old = await startWatch(bench, client, { ...repository, cache });
    const fresh = { ...repository, cache: bench.newFolder(`${client}-anew`) };
    return new WatchPair([old, await startWatch(bench, client, fresh, true)]);
  }

  /** Rounds that both have read, the smaller number of the two. */
  get rounds(): number {
    return Math.min(...this.watches.map(({ rounds }) => rounds.length));
  }

  /** From the next round on, these targets have to be there; one that was told already is left out. */
  know(targets: readonly { readonly path: string; readonly sha256: string }[]): void {
    for (const { path, sha256 } of targets) {
      if (this.told.has(path)) continue;
      this.told.add(path);
      for (const watch of this.watches) watch.know(path, sha256);
    }
  }

  /** Waits for so many rounds of each. Throws at the first error. */
  async awaitRounds(count: number, timeoutMs: number): Promise<void> {
    await Promise.all(this.watches.map((watch) => watch.awaitRounds(count, timeoutMs)));
  }

  /** Ends both: neither met an error, and both downloaded all that they were told of. Answers the old cache's end. */
  async finish(): Promise<WatchEnd> {
    const ends = await Promise.all(this.watches.map((watch) => watch.finish()));
    for (const [index, watch] of this.watches.entries()) {
      assertUnbroken(watch, ends[index]!);
      assert.equal(watch.rounds.at(-1)?.downloaded, this.told.size, `${watch.client} did not download all`);
    }
    return ends[0]!;
  }

  kill(): void {
    for (const watch of this.watches) watch.kill();
  }
}
