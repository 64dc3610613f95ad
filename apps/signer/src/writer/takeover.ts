import { monotonicMs } from '@rind/kernel';
import type { Checkpoint } from '@rind/kernel';
import type { PublicationLog } from '@rind/queue-port';
import { binName, decideTakeover, metadataKey } from '@rind/repository';
import type { Root } from '@rind/metadata';
import type { ObjectStore } from '@rind/storage-port';
import { SignerError } from '../errors.ts';
import { readPublished, readSnapshot } from '../published/read-published.ts';
import type { PublishedState } from '../published/published-state.ts';
import { isPassing } from '../publishing/passing-errors.ts';
import { takeoverPlan } from '../publishing/plan.ts';
import type { Publisher } from '../publishing/publisher.ts';

export interface TakeoverParts {
  readonly log: PublicationLog;
  readonly store: ObjectStore;
  readonly root: Root;
  readonly bitLength: number;
  readonly publisher: Pick<Publisher, 'publish'>;
  readonly checkpoint: Checkpoint;
}

/** Somebody else moved the timestamp first. */
const outrun: readonly string[] = ['store.precondition-failed', 'timestamp replaced'];

/** A predecessor that wakes up may swap once more; it cannot do so for ever. */
const maxRounds = 8;

/**
 * What a new holder of the lease does before anything else, in this order:
 * 1. read the store's timestamp and snapshot, verified;
 * 2. close what is already published (roll forward), or refuse what nobody can explain;
 * 3. move the timestamp itself, so that no stopped predecessor can swap any more; if one was faster, start over;
 * 4. only then give unfinished publications up.
 * Answers null when the process drains meanwhile. Trouble that passes is thrown: the whole may be done again.
 */
export async function takeOver(parts: TakeoverParts, fence: number): Promise<PublishedState | null> {
  const { log, store, root, bitLength, publisher, checkpoint } = parts;
  for (let round = 0; round < maxRounds; round++) {
    const published = await readPublished(store, root, bitLength);
    const roles = await log.committedRoles();
    const committed = roles.get('timestamp')?.version ?? 0;
    const decision = decideTakeover(
      {
        version: published.timestampVersion,
        sha256: published.timestampSha256,
        snapshotVersion: published.snapshotVersion,
      },
      committed,
      await log.unfinished(),
    );
    checkpoint('takeover-decided');
    if (decision.kind === 'refuse') {
      throw new SignerError('writer.refused', 'the store holds a newer timestamp than any record explains', {
        storedVersion: published.timestampVersion,
        committedVersion: committed,
      });
    }
    if (decision.kind === 'roll-forward') {
      await log.close(fence, decision.publicationId, {
        snapshotExpiresMs: published.snapshotExpiresMs,
        timestampExpiresMs: published.timestampExpiresMs,
        durationMs: null,
      });
    }
    const base = decision.kind === 'republish' ? await committedState(parts, fence, published) : published;
    await raiseVersions(log, fence, base, published);
    const result = await publisher.publish(fence, base, takeoverPlan(monotonicMs()));
    if (result.kind === 'published') {
      for (const id of decision.abandon) await log.abandon(fence, id, 'taken over');
      return result.state;
    }
    if (result.kind === 'left') return null;
    if (result.kind === 'abandoned' && isPassing(result.cause)) throw result.cause;
    if (!outrun.includes(result.reason)) break;
  }
  throw new SignerError('writer.lost', 'could not move the timestamp after taking the lease', {
    reason: 'takeover',
  });
}

/** Numbers in the store are burned, whatever the database says. */
async function raiseVersions(
  log: PublicationLog,
  fence: number,
  base: PublishedState,
  published: PublishedState,
): Promise<void> {
  const timestamp = Math.max(base.timestampVersion, published.timestampVersion);
  await log.raiseNextVersion(fence, 'timestamp', timestamp + 1);
  await log.raiseNextVersion(
    fence,
    'snapshot',
    Math.max(base.snapshotVersion, published.snapshotVersion) + 1,
  );
}

/** The store was rolled back: the last committed snapshot is still there under its own name, and is built upon. */
async function committedState(
  { log, store, root, bitLength }: TakeoverParts,
  fence: number,
  rolledBack: PublishedState,
): Promise<PublishedState> {
  const roles = await log.committedRoles();
  const timestamp = roles.get('timestamp')!;
  const snapshot = roles.get('snapshot')!;
  await log.audit([
    {
      event: 'store.older',
      target: metadataKey('timestamp', rolledBack.timestampVersion),
      detail: { stored: rolledBack.timestampVersion, committed: timestamp.version, fence },
    },
  ]);
  const read = await readSnapshot(store, root, snapshot.version);
  const changes = new Map<number, number>();
  for (let i = 0; i < rolledBack.vector.count; i++) {
    const version = read.signed.meta.get(`${binFile(i, bitLength)}`)?.version;
    if (version !== undefined) changes.set(i, version);
  }
  return {
    ...rolledBack,
    vector: rolledBack.vector.with(changes),
    snapshotVersion: snapshot.version,
    snapshotExpiresMs: read.signed.expiresMs,
    snapshotLength: read.length,
    snapshotSha256: read.sha256,
    timestampVersion: timestamp.version,
  };
}

function binFile(index: number, bitLength: number): string {
  return `${binName(index, bitLength)}.json`;
}
