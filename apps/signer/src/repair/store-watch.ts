import { hashHex } from '@rind/crypto';
import { isRindError } from '@rind/kernel';
import type { AuditEvent } from '@rind/queue-port';
import { maxSnapshotBytes, maxTimestampBytes, metadataKey, timestampKey } from '@rind/repository';
import type { ObjectStore } from '@rind/storage-port';
import type { BinPool } from '../bins/bin-pool.ts';
import type { PublishedState } from '../published/published-state.ts';
import type { Repairs } from './repairs.ts';

export interface StoreWatchParts {
  readonly store: Pick<ObjectStore, 'get'>;
  readonly bins: Pick<BinPool, 'check'>;
  readonly repairs: Pick<Repairs, 'suspect' | 'suspectSnapshot' | 'suspectTimestamp'>;
  /** What was published last; null before the first take-over. */
  readonly state: () => PublishedState | null;
  /** Tells the writer that there is something to do. */
  readonly wake: () => void;
  /** Bins looked at in one round. */
  readonly slice: number;
  readonly pages: boolean;
}

/**
 * Looks at what is served, timestamp, snapshot and a slice of the bins in each round, so that damage is met before
 * somebody builds upon it. It only suspects: the writer looks again, alarms and repairs.
 */
export class StoreWatch {
  private readonly parts: StoreWatchParts;
  private position = 0;

  constructor(parts: StoreWatchParts) {
    this.parts = parts;
  }

  async next(): Promise<AuditEvent[]> {
    const { bins, repairs, state, wake, slice, pages } = this.parts;
    const before = state();
    if (before === null) return [];
    const { count } = before.vector;
    const indexes = Array.from({ length: Math.min(slice, count) }, (_, i) => (this.position + i) % count);
    this.position = (this.position + indexes.length) % count;
    const found = (await bins.check(before.vector, indexes, pages)).map(({ bin }) => bin.idx);
    const top = await this.damagedTop(before);
    if (found.length > 0) repairs.suspect(found);
    // What was replaced meanwhile, by ourselves, says nothing.
    const unmoved = state()?.timestampVersion === before.timestampVersion;
    if (unmoved && top === 'snapshot') repairs.suspectSnapshot(before.snapshotVersion);
    if (unmoved && top === 'timestamp') repairs.suspectTimestamp(before.timestampVersion);
    if (found.length > 0 || (unmoved && top !== null)) wake();
    return [];
  }

  private async damagedTop(state: PublishedState): Promise<'timestamp' | 'snapshot' | null> {
    const { snapshotVersion, snapshotSha256, timestampSha256 } = state;
    if ((await this.sha256Of(timestampKey, maxTimestampBytes)) !== timestampSha256) return 'timestamp';
    const snapshot = await this.sha256Of(metadataKey('snapshot', snapshotVersion), maxSnapshotBytes);
    return snapshot === snapshotSha256 ? null : 'snapshot';
  }

  /** Of a stored object; null when there is none, or one that is longer than any of ours. */
  private async sha256Of(key: string, maxBytes: number): Promise<string | null> {
    try {
      const object = await this.parts.store.get(key, maxBytes);
      return object === null ? null : hashHex('sha256', object.bytes);
    } catch (error) {
      if (isRindError(error, 'store.too-large')) return null;
      throw error;
    }
  }
}
