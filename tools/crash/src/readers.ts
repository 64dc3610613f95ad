import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TufWatch } from '@rind/interop';
import type { LocalServer, WatchTools } from '@rind/interop';

export interface ReadersOptions {
  readonly tools: WatchTools;
  readonly server: LocalServer;
  /** The first root. */
  readonly root: string;
  /** An empty folder. */
  readonly folder: string;
}

/** How the three differ: what they have in their cache when a round begins. */
export const readerNames = ['kept', 'fresh', 'old'] as const;
export type ReaderName = (typeof readerNames)[number];

/** Rounds of a reader that begin from nothing, or from long ago, cost more: they leave the machine some air. */
const pauseSeconds = 0.2;
const roundsTimeoutMs = 240_000;

/**
 * Stock python-tuf, reading all the while and never forgiving a failure: with the cache of the round before (`kept`),
 * with none (`fresh`), with the one of the beginning (`old`).
 */
export class Readers {
  private readonly watches: ReadonlyMap<ReaderName, TufWatch>;

  private constructor(watches: ReadonlyMap<ReaderName, TufWatch>) {
    this.watches = watches;
  }

  /** Resolves when each has read without an error. */
  static async start({ tools, server, root, folder }: ReadersOptions): Promise<Readers> {
    const urls = { metadataUrl: `${server.url}metadata/`, targetsUrl: `${server.url}targets/`, root };
    const cacheOf = (name: ReaderName): string => join(folder, name);
    const kept = new TufWatch(tools, { ...urls, cache: cacheOf('kept') });
    await kept.awaitRounds(1, roundsTimeoutMs);
    cpSync(cacheOf('kept'), cacheOf('old'), { recursive: true, verbatimSymlinks: true });
    mkdirSync(cacheOf('fresh'));
    const anew = { anew: true, pauseSeconds };
    const readers = new Readers(
      new Map([
        ['kept', kept],
        ['fresh', new TufWatch(tools, { ...urls, cache: cacheOf('fresh') }, anew)],
        ['old', new TufWatch(tools, { ...urls, cache: cacheOf('old') }, anew)],
      ]),
    );
    await readers.progress(1);
    return readers;
  }

  /** Rounds without an error so far, of each. */
  get rounds(): Readonly<Record<ReaderName, number>> {
    return Object.fromEntries(readerNames.map((name) => [name, this.of(name).rounds.length])) as Record<
      ReaderName,
      number
    >;
  }

  get errors(): readonly string[] {
    return readerNames.flatMap((name) =>
      this.of(name).errors.map((error) => `${name}: ${JSON.stringify(error)}`),
    );
  }

  /** From the next round on, each looks this target up. */
  know(path: string, sha256: string): void {
    for (const watch of this.watches.values()) watch.know(path, sha256);
  }

  /** Waits for so many rounds of each that begin after this. Throws at the first error of any. */
  async progress(rounds: number): Promise<void> {
    await Promise.all([...this.watches.values()].map((watch) => watch.awaitRounds(rounds, roundsTimeoutMs)));
  }

  /** Ends them after the round that is under way; throws if any of them ever met an error. */
  async finish(): Promise<void> {
    for (const [name, watch] of this.watches) {
      const end = await watch.finish();
      if (end.failed > 0 || end.rounds !== watch.rounds.length) {
        throw new Error(`python-tuf (${name}) met errors: ${JSON.stringify(end)}`);
      }
    }
  }

  kill(): void {
    for (const watch of this.watches.values()) watch.kill();
  }

  private of(name: ReaderName): TufWatch {
    return this.watches.get(name)!;
  }
}
