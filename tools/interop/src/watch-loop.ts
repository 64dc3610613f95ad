/**
 * The loop of a watch in this language: reads a repository over and over with one client, and never forgives a failure.
 * Lines in and out are those of tuf_watch.py. Nothing is tried twice.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { WatchError } from './client-watch.ts';

interface Target {
  readonly path: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** One round of a client: everything after `open` speaks of what the refresh established. */
export interface OpenRepository {
  /** Version of the timestamp role. */
  readonly timestamp: number;
  /** Lower-case hex of the target's SHA-256, null when there is no such target. */
  lookUp(path: string): Promise<string | null>;
  /** Downloads and verifies a target that was looked up. */
  download(path: string): Promise<void>;
}

export interface WatchPlace {
  readonly metadataUrl: string;
  readonly targetsUrl: string;
  /** Bytes of the root to trust at first. */
  readonly root: Uint8Array;
  /** A folder that is there, empty at first. */
  readonly cache: string;
}

const keptErrors = 50;

/**
 * Runs the watch to the end of stdin. Exit codes: 0 every round succeeded, 3 some did not.
 * @param open a new client on this cache, refreshed
 * @param typeOf the word by which a client's error is told from others
 */
export async function runWatch(
  open: (place: WatchPlace) => Promise<OpenRepository>,
  typeOf: (error: unknown) => string,
): Promise<void> {
  const { values } = parseArgs({
    options: {
      'metadata-url': { type: 'string', default: '' },
      'targets-url': { type: 'string', default: '' },
      root: { type: 'string', default: '' },
      cache: { type: 'string', default: '' },
      /** Every round begins with a new cache. */
      anew: { type: 'boolean', default: false },
      /** Seconds between rounds. */
      pause: { type: 'string', default: '0.05' },
    },
  });
  const place: WatchPlace = {
    metadataUrl: values['metadata-url'],
    targetsUrl: values['targets-url'],
    root: readFileSync(values.root),
    cache: values.cache,
  };
  const targets: Target[] = [];
  let ended = false;
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => targets.push(JSON.parse(line) as Target));
  lines.on('close', () => (ended = true));

  const downloaded = new Set<string>();
  const errors: WatchError[] = [];
  let [rounds, failed, timestamp] = [0, 0, 0];
  const round = async (known: readonly Target[]): Promise<void> => {
    if (values.anew) rmSync(place.cache, { recursive: true, force: true });
    mkdirSync(place.cache, { recursive: true });
    const repository = await open(place);
    if (repository.timestamp < timestamp) throw new Error(`${repository.timestamp} after ${timestamp}`);
    timestamp = repository.timestamp;
    for (const { path, sha256 } of known) {
      const found = await repository.lookUp(path);
      if (found === null) throw new LookupError(`${path} is no target`);
      if (found !== sha256) throw new LookupError(`${path} has sha256 ${found}, not ${sha256}`);
      if (downloaded.has(path) && path !== known.at(-1)?.path) continue;
      await repository.download(path);
      downloaded.add(path);
    }
  };
  for (;;) {
    await sleep(Number(values.pause) * 1_000);
    if (ended) break;
    const known = [...targets];
    try {
      await round(known);
      rounds += 1;
      say({ round: rounds, timestamp, known: known.length, downloaded: downloaded.size });
    } catch (error) {
      failed += 1;
      const told = { ...wordsOf(error, typeOf), afterRounds: rounds, timestamp };
      if (errors.length < keptErrors) errors.push(told);
      say({ failed, error: told });
    }
  }
  say({ end: { rounds, failed, timestamp, errors } });
  process.exitCode = failed > 0 ? 3 : 0;
}

class LookupError extends Error {}

function wordsOf(
  error: unknown,
  typeOf: (error: unknown) => string,
): Pick<WatchError, 'type' | 'message' | 'cause'> {
  const type = error instanceof LookupError ? 'LookupError' : typeOf(error);
  if (!(error instanceof Error)) return { type, message: String(error), cause: '' };
  return { type, message: error.message, cause: String(error.cause) };
}

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
