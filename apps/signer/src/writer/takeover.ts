import { isRindError, monotonicMs } from '@rind/kernel';
import type { Checkpoint } from '@rind/kernel';
import type { PublicationLog } from '@rind/queue-port';
import {
  advanceTakeover,
  metadataKey,
  RepositoryError,
  SnapshotVector,
  takeoverCommandOf,
  takeoverStarted,
} from '@rind/repository';
import type {
  CommittedVersions,
  StoredTimestamp,
  TakeoverCommand,
  TakeoverOutcome,
  Unshown,
} from '@rind/repository';
import type { Root } from '@rind/metadata';
import type { ObjectStore } from '@rind/storage-port';
import { SignerError } from '../errors.ts';
import { readPublished, readSnapshot } from '../published/read-published.ts';
import { readDisowned } from '../offline-roles/disowned.ts';
import type { DisownedTimestamp } from '../offline-roles/disowned.ts';
import type { PublishedState } from '../published/published-state.ts';
import { takeoverPlan } from '../publishing/plan.ts';
import type { Publisher } from '../publishing/publisher.ts';
import type { DamagedTop, TopRepair } from '../repair/damaged-top.ts';
import type { RepairStep } from '../repair/repairs.ts';

export interface TakeoverParts {
  readonly log: PublicationLog;
  readonly store: ObjectStore;
  readonly root: Root;
  /** A root that people signed and that is not in force yet. */
  readonly coming?: Root | null;
  readonly bitLength: number;
  readonly publisher: Pick<Publisher, 'publish'>;
  readonly checkpoint: Checkpoint;
  /** What is damaged is made anew; without it such a store ends the take-over. */
  readonly repair?: Pick<TopRepair, 'examine' | 'restore' | 'outdo'>;
}

/** What the take-over holds besides the machine's state: the verified metadata, which only this app understands. */
interface Held {
  /** As read from the store. */
  readonly published: PublishedState | null;
  /** What is built upon: `published`, or the committed state when the store was set back; at last what was moved. */
  readonly base: PublishedState | null;
  /** Instead of `published`: what is there is a thief's. */
  readonly disowned?: DisownedTimestamp;
  /** Timestamp or snapshot are not what was published, and are made anew instead of being built upon. */
  readonly damaged?: DamagedTop;
}

/**
 * What a new holder of the lease does before anything else: performs the machine of
 * `libs/repository/src/takeover-machine.ts`, which has the order and its reasons; never decides.
 * Answers null when the process drains meanwhile. Trouble that passes is thrown: the whole may be done again.
 */
export async function takeOver(parts: TakeoverParts, fence: number): Promise<PublishedState | null> {
  let state = takeoverStarted;
  let held: Held = { published: null, base: null };
  for (;;) {
    const command = takeoverCommandOf(state);
    if (command === null) break;
    const performed = await perform(parts, fence, command, held);
    held = performed.held;
    state = advanceTakeover(state, performed.outcome);
    if (performed.cause !== undefined && state.phase === 'interrupted') throw performed.cause;
  }
  if (state.phase === 'taken-over') return held.base;
  if (state.phase === 'left') return null;
  if (state.phase === 'refused') {
    const { storedVersion, committedVersion } = state;
    throw new SignerError('writer.refused', 'the store holds a newer timestamp than any record explains', {
      storedVersion,
      committedVersion,
    });
  }
  throw new SignerError('writer.lost', 'could not move the timestamp after taking the lease', {
    reason: 'takeover',
  });
}

interface Performed {
  readonly outcome: TakeoverOutcome;
  readonly held: Held;
  /** Why the timestamp could not be moved. Errors of the other commands are thrown as they are. */
  readonly cause?: unknown;
}

async function perform(
  parts: TakeoverParts,
  fence: number,
  command: TakeoverCommand,
  held: Held,
): Promise<Performed> {
  const { log, checkpoint } = parts;
  switch (command.kind) {
    case 'read-store': {
      const disowned = await disownedOrNull(parts);
      // Older than anything of ours, whatever it says of itself: what is committed is published anew.
      if (disowned !== null) {
        const { sha256 } = disowned;
        return {
          outcome: { kind: 'store', stored: { version: 0, sha256, snapshotVersion: 0 } },
          held: { published: null, base: null, disowned },
        };
      }
      const read = await readOrExamine(parts);
      if ('top' in read) {
        const { stored, top } = read;
        return { outcome: { kind: 'store', stored }, held: { published: null, base: null, damaged: top } };
      }
      const { published } = read;
      const stored = {
        version: published.timestampVersion,
        sha256: published.timestampSha256,
        snapshotVersion: published.snapshotVersion,
      };
      return { outcome: { kind: 'store', stored }, held: { published, base: published } };
    }
    case 'read-roles': {
      const roles = await log.committedRoles();
      const versionOf = (name: string): number => roles.get(name)?.version ?? 0;
      const committed = { timestamp: versionOf('timestamp'), snapshot: versionOf('snapshot') };
      checkpoint('takeover-decided');
      return { outcome: { kind: 'roles', committed }, held };
    }
    case 'read-records': {
      const unfinished = await log.unfinished();
      return { outcome: { kind: 'records', unfinished }, held };
    }
    case 'close': {
      const { snapshotExpiresMs, timestampExpiresMs } = held.published ?? (await recordedExpiry(log));
      await log.close(fence, command.publicationId, {
        snapshotExpiresMs,
        timestampExpiresMs,
        durationMs: null,
      });
      return { outcome: done, held };
    }
    case 'confirm-fence':
      // The next version is never below 1: only the fence is looked at.
      await log.raiseNextVersion(fence, 'timestamp', 1);
      return { outcome: done, held };
    case 'read-committed': {
      // The alarm of what is damaged comes with its repair.
      if (held.damaged !== undefined) return { outcome: done, held };
      return { outcome: done, held: await committedOrExamine(parts, fence, held, command.committed) };
    }
    case 'raise':
      await log.raiseNextVersion(fence, command.role, command.version);
      return { outcome: done, held };
    case 'move-timestamp':
      return moveTimestamp(parts, fence, held, command.above);
    case 'abandon':
      await log.abandon(fence, command.publicationId, 'taken over');
      return { outcome: done, held };
  }
}

async function moveTimestamp(
  parts: TakeoverParts,
  fence: number,
  held: Held,
  above: Unshown,
): Promise<Performed> {
  const { publisher } = parts;
  const { base, step } = await firstAct(parts, held, above);
  const result = await publisher.publish(fence, base, step.plan);
  switch (result.kind) {
    case 'published':
      await step.closed();
      return { outcome: done, held: { ...held, base: result.state } };
    case 'lost':
      return { outcome: { kind: 'lost', reason: result.reason }, held };
    case 'left':
      return { outcome: { kind: 'left' }, held };
    case 'abandoned': {
      const code = isRindError(result.cause) ? result.cause.code : 'internal';
      return { outcome: { kind: 'failed', code }, held, cause: result.cause };
    }
  }
}

async function firstAct(
  { repair, root }: TakeoverParts,
  held: Held,
  above: Unshown,
): Promise<{ base: PublishedState; step: RepairStep }> {
  if (held.damaged !== undefined) return repair!.restore(held.damaged, root, above);
  const base = held.base!;
  if (above.bins.length > 0 && repair !== undefined) return { base, step: await repair.outdo(base, above) };
  return { base, step: { plan: takeoverPlan(monotonicMs(), above), closed: () => Promise.resolve() } };
}

const done: TakeoverOutcome = { kind: 'done' };

type Examined = { readonly stored: StoredTimestamp; readonly top: DamagedTop };

async function readOrExamine(parts: TakeoverParts): Promise<{ published: PublishedState } | Examined> {
  const { store, root, bitLength } = parts;
  try {
    return { published: await readPublished(store, root, bitLength) };
  } catch (error) {
    return examine(parts, error);
  }
}

/** What was set back may lead to what is no longer there. */
async function committedOrExamine(
  parts: TakeoverParts,
  fence: number,
  held: Held,
  committed: CommittedVersions,
): Promise<Held> {
  try {
    return { ...held, base: await committedState(parts, fence, held, committed) };
  } catch (error) {
    const { top } = await examine(parts, error);
    return { ...held, damaged: { ...top, target: metadataKey('snapshot', committed.snapshot) } };
  }
}

/** @throws the error itself when it says nothing of what is stored */
async function examine({ repair, root }: TakeoverParts, error: unknown): Promise<Examined> {
  const examined = await repair?.examine(error, root);
  if (examined === null || examined === undefined) throw error;
  return examined;
}

/** A timestamp that cannot be read is nobody's; what it is instead is found out with the rest. */
async function disownedOrNull(parts: TakeoverParts): Promise<DisownedTimestamp | null> {
  try {
    return await readDisowned(parts.store, parts.log, parts.coming ?? null);
  } catch (error) {
    await examine(parts, error);
    return null;
  }
}

async function recordedExpiry(
  log: PublicationLog,
): Promise<{ snapshotExpiresMs: number; timestampExpiresMs: number }> {
  const roles = await log.committedRoles();
  const of = (name: string): number => roles.get(name)?.expiresMs ?? 0;
  return { snapshotExpiresMs: of('snapshot'), timestampExpiresMs: of('timestamp') };
}

/** The store was rolled back: the last committed snapshot is still there under its own name, and is built upon. */
async function committedState(
  { log, store, root, bitLength }: TakeoverParts,
  fence: number,
  { published, disowned }: Held,
  committed: CommittedVersions,
): Promise<PublishedState> {
  const found = disowned ?? {
    version: published!.timestampVersion,
    sha256: published!.timestampSha256,
    expiresMs: published!.timestampExpiresMs,
    tag: published!.tag,
  };
  await log.audit([
    {
      event: disowned === undefined ? 'store.older' : 'store.disowned',
      target: metadataKey('timestamp', found.version),
      detail: { stored: found.version, committed: committed.timestamp, fence },
    },
  ]);
  const snapshot = await readSnapshot(store, root, committed.snapshot);
  // All of it: a ceremony may have come after what the store was set back to.
  const read = SnapshotVector.fromSnapshot(bitLength, (file) => snapshot.signed.meta.get(file)?.version);
  if ('missing' in read) {
    const reason = `lacks ${read.missing}`;
    const at = { role: 'snapshot', version: committed.snapshot, reason };
    throw new RepositoryError('store.corrupt', `snapshot ${committed.snapshot}: ${reason}`, at);
  }
  return {
    vector: read.vector,
    snapshotVersion: committed.snapshot,
    snapshotExpiresMs: snapshot.signed.expiresMs,
    snapshotLength: snapshot.length,
    snapshotSha256: snapshot.sha256,
    timestampVersion: committed.timestamp,
    timestampExpiresMs: found.expiresMs,
    timestampSha256: found.sha256,
    tag: found.tag,
  };
}
