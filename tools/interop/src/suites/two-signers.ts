import assert from 'node:assert/strict';
import { runCommand } from '../command.ts';
import { machineEnvironment } from '../environment.ts';
import type { Instance } from '../instance.ts';
import { plainFile, uploadPlain } from '../plain-upload.ts';
import type { PlainFile } from '../plain-upload.ts';
import { defineSuite } from '../suite.ts';
import type { Bench, Cell } from '../suite.ts';
import type { TufWatch } from '../tuf-watch.ts';
import { until } from '../until.ts';
import { startWatched } from '../watched-instance.ts';

/**
 * Where the first signer is stopped. Most points are passed once as a signer takes over, before any upload: there
 * the second passing is the one that counts.
 */
const points = [
  'batch-taken:1',
  'after-open:2',
  'after-bins:2',
  'after-snapshot:1',
  'after-prepare:2',
  'before-swap:2',
  'store.replace.claimed:2',
  'store.replace.compared:2',
  'after-swap:2',
  'before-close:2',
] as const;

/** Rounds that python-tuf reads at least before, while and after the first signer is stopped. */
const rounds = 5;
/** Exit code of a signer that finds another in its place. */
const leaseLost = 3;

/** One signer is stopped in the middle of its work, and comes back when another has gone on without it. */
export const twoSigners = defineSuite({
  name: 'two-signers',
  prepare: (bench: Bench) => Promise.resolve(bench),
  cells: points.map((point): Cell<Bench> => ({
    client: 'python-tuf',
    operation: `never sees an error while a signer stops at ${point}, another publishes twice, and it comes back`,
    run: (bench) => stopAt(bench, point),
  })),
});

async function stopAt(bench: Bench, point: string): Promise<void> {
  const watched = await startWatched(bench, 'tuf-watch', {
    args: ['--bins', '64', '--signers', '2'],
    env: { RIND_STOP_AT: `signer/${point}`, RIND_LEASE_TTL_MS: '1500' },
  });
  const { supervisor, watch } = watched;
  const { instance } = supervisor;
  let stopped: number | null = null;
  try {
    await watch.awaitRounds(rounds);
    assert.equal(await stoppedSigner(instance), null, 'a signer stopped before the upload');

    const first = plainFile('two-signers-first', '1.0');
    await accept(instance, first);
    await until(`a signer stops at ${point}`, async () => {
      stopped = await stoppedSigner(instance);
      return stopped !== null;
    });
    const taken = await publish(instance, watch, plainFile('two-signers-second', '1.0'));
    const further = await publish(instance, watch, plainFile('two-signers-third', '1.0'));
    assert.ok(further > taken, `timestamp ${further} after ${taken}: not two publications`);
    // The other has also finished what the first had begun.
    await instance.waitVerifiable(first.sha256);
    watch.know(first.path, first.sha256);
    await watch.awaitRounds(rounds);
    assert.equal(await stoppedSigner(instance), stopped, 'it went on before its time');

    process.kill(stopped!, 'SIGCONT');
    const last = `(pid ${stopped}) ended with `;
    await until('the first signer ends', () => supervisor.printed.includes(last));
    assert.match(supervisor.printed.split(last)[1] ?? '', new RegExp(`^${leaseLost}\\b`));
    await publish(instance, watch, plainFile('two-signers-fourth', '1.0'));
    await watch.awaitRounds(rounds);
    await watched.finish();
  } finally {
    // A stopped process would not hear that it has to end.
    const left = await stoppedSigner(instance).catch(() => null);
    if (left !== null) process.kill(left, 'SIGCONT');
    await watched.abandon();
  }
}

async function accept(instance: Instance, file: PlainFile): Promise<void> {
  const answer = await uploadPlain(instance, file);
  assert.equal(answer.status, 200, JSON.stringify(answer));
}

/** Answers the version of the timestamp role that first showed the file. */
async function publish(instance: Instance, watch: TufWatch, file: PlainFile): Promise<number> {
  await accept(instance, file);
  const { timestampVersion } = await instance.waitVerifiable(file.sha256);
  assert.ok(timestampVersion !== null, 'the receipt has no version of the timestamp role');
  watch.know(file.path, file.sha256);
  return timestampVersion;
}

/** The signer that SIGSTOP holds. */
async function stoppedSigner(instance: Instance): Promise<number | null> {
  const pids = instance.current().processes.signer.filter((pid) => pid !== null);
  if (pids.length === 0) return null;
  const { stdout } = await runCommand('ps', ['-o', 'pid=,stat=', '-p', pids.join(',')], {
    environment: machineEnvironment(),
  });
  const line = stdout.split('\n').find((each) => /^\s*\d+\s+T/.test(each));
  return line === undefined ? null : Number.parseInt(line, 10);
}
