import type { Sql } from '@rind/database';
import { isRindError } from '@rind/kernel';
import type { Clock } from '@rind/kernel';
import { parseTimestamp } from '@rind/metadata';
import { maxTimestampBytes, timestampKey } from '@rind/repository';
import type { ObjectStore } from '@rind/storage-port';
import type { WarehouseConfig } from '../config.ts';
import type { StatusFacts, StoredTimestamp } from './status-facts.ts';
import { databaseFacts } from './status-queries.ts';
import type { RoomSaid, RoomWatch } from './store-room.ts';
import { statusReport } from './status-report.ts';
import type { StatusReport } from './status-report.ts';

export interface StatusDeskParts {
  readonly sql: Sql;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly config: Pick<WarehouseConfig, 'bins' | 'clockOffsetMs'>;
  readonly uploads: RoomSaid;
  readonly room: Pick<RoomWatch, 'look'>;
}

/** The state of the repository. However many ask at once, the tables are read by one at a time. */
export class StatusDesk {
  private readonly parts: StatusDeskParts;
  private asking: Promise<StatusReport> | undefined;

  constructor(parts: StatusDeskParts) {
    this.parts = parts;
  }

  /** @throws DatabaseError `database.unavailable` */
  report(): Promise<StatusReport> {
    return (this.asking ??= this.facts()
      .then(statusReport)
      .finally(() => (this.asking = undefined)));
  }

  private async facts(): Promise<StatusFacts> {
    const { sql, store, clock, config, uploads, room } = this.parts;
    // In this order: a timestamp that is put meanwhile is newer than the record, never older.
    const fromDatabase = await databaseFacts(sql);
    const storedTimestamp = await storedTimestampOf(store);
    return {
      ...fromDatabase,
      nowMs: clock.nowMs(),
      clockOffsetMs: config.clockOffsetMs,
      configuredBins: config.bins,
      storedTimestamp,
      storeRoom: await room.look(uploads, fromDatabase.lastPublication),
    };
  }
}

async function storedTimestampOf(store: ObjectStore): Promise<StoredTimestamp> {
  try {
    const stored = await store.get(timestampKey, maxTimestampBytes);
    if (stored === null) return { kind: 'missing' };
    return { kind: 'version', version: parseTimestamp(stored.bytes).signed.version };
  } catch (error) {
    const away = isRindError(error, 'store.unavailable') || isRindError(error, 'store.full');
    return { kind: away ? 'unavailable' : 'unreadable' };
  }
}
