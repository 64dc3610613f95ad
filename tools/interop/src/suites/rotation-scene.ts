import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Instance } from '../instance.ts';
import { assertSucceeded } from '../outcomes.ts';
import { serveStore } from '../store-server.ts';
import type { Bench } from '../suite.ts';
import type { RunningSupervisor } from '../supervisor.ts';
import { UploadStream } from '../upload-stream.ts';
import { WatchPair } from '../watching-clients.ts';
import type { Repository, WatchingClient } from '../watching-clients.ts';

/** A rotation, with the offline role that it gives new versions. */
export interface Rotation {
  readonly what: string;
  /** Of `rind rotate online`. */
  readonly args: readonly string[];
  readonly role: 'root' | 'bins';
  readonly versions: number;
}

/** Uploads that are under way when a rotation begins, and the pause between those that follow while it lasts. */
const share = 4;
const feedMs = 1_000;
/** Rounds that each client reads at least before and after each rotation, on each of its caches. */
const rounds = 2;
const timeoutMs = 180_000;

/** An instance, authors who upload, and clients that read its store all the while. */
export class RotationScene {
  readonly bench: Bench;
  readonly instance: Instance;
  readonly repository: Repository;
  readonly stream: UploadStream;
  /** The timestamp role's bytes as the last rotation left them: signed by keys that count, and old soon. */
  oldTimestamp: Uint8Array = new Uint8Array();
  private readonly supervisor: RunningSupervisor;
  private readonly closeServer: () => Promise<void>;
  private readonly caches = new Map<WatchingClient, string>();
  private readonly pairs = new Map<WatchingClient, WatchPair>();
  /** Why a client is not there. */
  private readonly absent = new Map<WatchingClient, unknown>();
  /** How many rounds each client has read on both its caches while the last rotation was under way. */
  private readonly during = new Map<WatchingClient, number>();
  private allowed = 0;

  private constructor(
    bench: Bench,
    supervisor: RunningSupervisor,
    server: Awaited<ReturnType<typeof serveStore>>,
  ) {
    this.bench = bench;
    this.supervisor = supervisor;
    this.instance = supervisor.instance;
    const { root } = this.instance.file;
    this.repository = { metadataUrl: `${server.url}metadata/`, targetsUrl: `${server.url}targets/`, root };
    this.closeServer = () => server.close();
    this.stream = new UploadStream(this.instance, 'rind-interop-rotation');
  }

  static async start(bench: Bench, bins: number, clients: readonly WatchingClient[]): Promise<RotationScene> {
    const env = { RIND_CEREMONY_POLL_MS: '200' };
    const supervisor = await bench.startInstance({ args: ['--bins', String(bins)], env });
    const server = await serveStore(supervisor.instance.file.store.path);
    const scene = new RotationScene(bench, supervisor, server);
    for (const client of clients) {
      scene.caches.set(client, bench.newFolder(`${client}-old`));
      await scene.watch(client).catch((error: unknown) => scene.absent.set(client, error));
    }
    return scene;
  }

  /** Both watches of a client. @throws why the client is not there */
  pair(client: WatchingClient): WatchPair {
    if (this.absent.has(client)) throw this.absent.get(client);
    const pair = this.pairs.get(client);
    assert.ok(pair !== undefined, `${client} does not watch`);
    return pair;
  }

  /** Begins to watch with the cache of this client, and with new ones. */
  async watch(client: WatchingClient): Promise<WatchPair> {
    if (this.absent.has(client)) throw this.absent.get(client);
    const pair = await WatchPair.start(this.bench, client, this.repository, this.cache(client));
    this.pairs.set(client, pair);
    return pair;
  }

  /** The cache that this client keeps. */
  cache(client: WatchingClient): string {
    return this.caches.get(client)!;
  }

  /** Rotates while uploads are under way; all clients read on before it. */
  async rotate({ args, role, versions }: Rotation): Promise<void> {
    const { stream, instance } = this;
    const before = this.newest(role);
    // A client that has failed says so in a cell of its own.
    await Promise.allSettled([...this.pairs.values()].map((pair) => pair.awaitRounds(rounds, timeoutMs)));
    this.allow(share);
    await stream.awaitAccepted(this.allowed - share + 1);
    const [accepted, read] = [stream.accepted.length, [...this.pairs].map(([, pair]) => pair.rounds)];
    const feeding = setInterval(() => this.allow(1), feedMs);
    const rotated = await instance
      .rind(['rotate', 'online', ...args, '--json'])
      .finally(() => clearInterval(feeding));
    assertSucceeded(rotated);
    for (const [index, [client, pair]] of [...this.pairs].entries()) {
      this.during.set(client, pair.rounds - read[index]!);
    }
    assert.ok(stream.accepted.length > accepted, 'no upload was accepted during the rotation');
    assert.equal(this.newest(role), before + versions, 'versions that the rotation made');
    this.oldTimestamp = this.servedTimestamp();
    // What comes now makes it old.
    this.allow(1);
    await stream.awaitAccepted(this.allowed);
    await instance.waitVerifiable(stream.accepted.at(-1)!.sha256);
  }

  /** The client has read while the rotation was under way, reads on, and downloads what came last. */
  async assertReadsOn(client: WatchingClient): Promise<void> {
    const pair = this.pair(client);
    assert.ok((this.during.get(client) ?? 0) > 0, 'it read nothing while the rotation was under way');
    pair.know(this.stream.accepted.slice(-1));
    await pair.awaitRounds(rounds, timeoutMs);
  }

  /** With neither cache did any round fail, and every accepted file was downloaded. */
  async assertUndisturbed(client: WatchingClient): Promise<void> {
    const pair = this.pair(client);
    await this.stream.end();
    assert.deepEqual(this.stream.refused, []);
    assert.equal(this.stream.accepted.length, this.allowed);
    for (const { sha256 } of this.stream.accepted) await this.instance.waitVerifiable(sha256);
    pair.know(this.stream.accepted);
    await pair.awaitRounds(1, timeoutMs);
    await pair.finish();
    this.pairs.delete(client);
  }

  /** Ends everything; the instance's exit code. */
  async stop(): Promise<number | null> {
    this.stream.abandon();
    for (const pair of this.pairs.values()) pair.kill();
    await this.closeServer();
    return this.supervisor.stop();
  }

  /** The timestamp role as it lies in the store. */
  servedTimestamp(): Uint8Array {
    return readFileSync(join(this.instance.file.store.path, 'metadata', 'timestamp.json'));
  }

  /** What a process of the instance said. */
  log(process: string): string {
    const path = join(this.instance.dataDir, 'logs', `${process}.log`);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  private allow(count: number): void {
    this.allowed += count;
    this.stream.allow(count);
  }

  /** The newest version of an offline role in the store. */
  private newest(role: 'root' | 'bins'): number {
    const folder = join(this.instance.file.store.path, 'metadata');
    let version = 0;
    while (existsSync(join(folder, `${version + 1}.${role}.json`))) version++;
    return version;
  }
}
