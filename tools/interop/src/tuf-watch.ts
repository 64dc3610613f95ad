import { ClientWatch } from './client-watch.ts';
import { places } from './places.ts';
import type { Bench } from './suite.ts';
import type { TufPlace } from './tuf-download.ts';

export { assertUnbroken } from './client-watch.ts';
export type { WatchEnd } from './client-watch.ts';

/** What a watch needs to run its program. */
export type WatchTools = Pick<Bench, 'python' | 'environment'>;

export interface WatchOptions {
  /** Each round begins with the cache as it was at first. */
  readonly anew?: boolean;
  /** Between two rounds, 0.05 if not given. */
  readonly pauseSeconds?: number;
  /** Targets are downloaded too, into this folder. */
  readonly download?: string;
}

/** python-tuf reading a repository over and over, see tuf_watch.py. */
export class TufWatch extends ClientWatch {
  constructor(
    bench: WatchTools,
    place: TufPlace,
    { anew = false, pauseSeconds, download }: WatchOptions = {},
  ) {
    const args = [
      ...[places.tufWatch, '--metadata-url', place.metadataUrl, '--targets-url', place.targetsUrl],
      ...['--root', place.root, '--cache', place.cache],
      ...(anew ? ['--anew'] : []),
      ...(pauseSeconds === undefined ? [] : ['--pause', String(pauseSeconds)]),
      ...(download === undefined ? [] : ['--download', download]),
    ];
    const { python, environment } = bench;
    super({ client: 'python-tuf', command: python.program('python'), args, environment });
  }
}
