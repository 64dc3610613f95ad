import assert from 'node:assert/strict';
import { assertUnbroken } from './client-watch.ts';
import type { Bench } from './suite.ts';
import { startWatch } from './watching-clients.ts';
import type { Repository, WatchingClient } from './watching-clients.ts';

export interface ReadTarget {
  readonly path: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

/**
 * A client, beginning with nothing but the root, refreshes and downloads these targets, all verified and of these
 * bytes, and then refreshes once more.
 */
export async function readOnce(
  bench: Bench,
  client: WatchingClient,
  repository: Repository,
  targets: readonly ReadTarget[],
  timeoutMs = 120_000,
): Promise<void> {
  const watch = await startWatch(bench, client, { ...repository, cache: bench.newFolder(`${client}-cache`) });
  try {
    for (const { path, sha256 } of targets) watch.know(path, sha256);
    await watch.awaitRounds(1, timeoutMs);
    assertUnbroken(watch, await watch.finish());
    assert.equal(watch.rounds.at(-1)?.downloaded, targets.length, `${client} did not download all`);
  } finally {
    watch.kill();
  }
}
