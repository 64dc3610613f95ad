import assert from 'node:assert/strict';
import type { PlainFile } from './plain-upload.ts';
import type { Bench } from './suite.ts';
import { TamperProxy } from './tamper-proxy.ts';
import type { TufPlace } from './tuf-download.ts';
import { TufWatch } from './tuf-watch.ts';
import { until } from './until.ts';

/**
 * The control of every watch that met no error: on the same repository, one does meet errors when there are some.
 * @param there a target of the repository
 * @param oldTimestamp bytes of the timestamp role, older than what the repository has
 */
export async function assertWatchful(
  bench: Bench,
  place: TufPlace,
  there: PlainFile,
  oldTimestamp: Uint8Array,
): Promise<void> {
  const proxy = new TamperProxy({ metadata: place.metadataUrl, targets: place.targetsUrl });
  await proxy.listen();
  const { metadataUrl, targetsUrl } = proxy;
  const cache = bench.newFolder('tuf-watch-control');
  const watch = new TufWatch(bench, { ...place, metadataUrl, targetsUrl, cache });
  try {
    watch.know(there.path, there.sha256);
    await watch.awaitRounds(2);

    proxy.tell(new Map([['metadata/timestamp.json', oldTimestamp]]));
    await until('it notices', () => watch.errors.length > 0);
    proxy.tell(new Map());
    const told = watch.errors.length;
    const succeeded = watch.rounds.length;
    await until('it goes on', () => watch.rounds.length > succeeded);

    watch.know(`${there.path}.none`, there.sha256);
    await until('it misses a file', () => watch.errors.at(-1)?.type === 'LookupError');
    const end = await watch.finish();
    assert.equal(end.errors[told - 1]?.type, 'BadVersionNumberError');
    assert.equal(end.failed, watch.errors.length);
    assert.equal(end.rounds, watch.rounds.length);
  } finally {
    watch.kill();
    await proxy.close();
  }
}
