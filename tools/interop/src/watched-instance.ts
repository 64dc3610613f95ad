import { serveStore } from './store-server.ts';
import type { Bench } from './suite.ts';
import type { InstanceOptions, RunningSupervisor } from './supervisor.ts';
import { assertUnbroken, TufWatch } from './tuf-watch.ts';
import type { TufPlace } from './tuf-download.ts';

/** An instance, and python-tuf reading its store all the while. */
export interface WatchedInstance {
  readonly supervisor: RunningSupervisor;
  readonly watch: TufWatch;
  /** The store behind a plain server; its cache is a new one. */
  readonly place: TufPlace;
  /** Ends the watch, which never met an error, and then the instance, which exits with 0. */
  finish(): Promise<void>;
  /** Ends both, however they are. */
  abandon(): Promise<void>;
}

export async function startWatched(
  bench: Bench,
  name: string,
  options: InstanceOptions,
): Promise<WatchedInstance> {
  const supervisor = await bench.startInstance(options);
  const { store, root } = supervisor.instance.file;
  const server = await serveStore(store.path);
  const place = (): TufPlace => ({
    metadataUrl: `${server.url}metadata/`,
    targetsUrl: `${server.url}targets/`,
    root,
    cache: bench.newFolder(name),
  });
  const watch = new TufWatch(bench, place());
  const abandon = async (): Promise<void> => {
    watch.kill();
    await Promise.all([server.close(), supervisor.stop()]);
  };
  return {
    supervisor,
    watch,
    place: place(),
    abandon,
    async finish() {
      assertUnbroken(watch, await watch.finish());
      const code = await supervisor.stop();
      if (code !== 0) throw new Error(`the instance exited with ${code}`);
    },
  };
}
