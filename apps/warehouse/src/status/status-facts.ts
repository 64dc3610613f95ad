import type { StoreRoom } from '../uploads/upload-intake.ts';

/** What the tables and the store say about the repository at one moment; times in milliseconds since 1970. */
export interface StatusFacts {
  /** Of this process. */
  readonly nowMs: number;
  /** How far `nowMs` is shifted on purpose (development); the database's times are not. */
  readonly clockOffsetMs: number;
  readonly databaseNowMs: number;
  /** As last committed; absent before the first ceremony. */
  readonly roles: Readonly<Partial<Record<PublishedRole, RoleFacts>>>;
  readonly bins: BinFacts;
  /** As configured. */
  readonly configuredBins: { readonly count: number; readonly encoding: string };
  readonly unproven: UnprovenFacts;
  readonly queue: QueueFacts;
  readonly lease: LeaseFacts;
  /** The newest one, whatever became of it. */
  readonly lastPublication: PublicationFacts | null;
  readonly storedTimestamp: StoredTimestamp;
  /** What the last upload met, or what is there now. */
  readonly storeRoom: StoreRoom;
}

export type PublishedRole = 'root' | 'targets' | 'bins' | 'snapshot' | 'timestamp';

export interface RoleFacts {
  readonly version: number;
  readonly expiresMs: number;
}

export interface BinFacts {
  readonly count: number;
  readonly oldestExpiresMs: number | null;
  readonly largestBytes: number;
}

/** Bins that are damaged and that nothing on record proves. */
export interface UnprovenFacts {
  /** Indexes, in order. */
  readonly bins: readonly number[];
  /** Age of the oldest; 0 when there is none. */
  readonly oldestMs: number;
}

export interface QueueFacts {
  /** Requests that wait or are being worked on. */
  readonly depth: number;
  /** Age of the oldest of them; 0 when there is none. */
  readonly oldestMs: number;
  readonly setAside: number;
  /** Those that wait although a later one was published: a quota holds them back. */
  readonly held: number;
  /** Those that wait for a bin that cannot be built. */
  readonly blocked: number;
  /** Age of the oldest that nothing holds back; 0 when there is none. */
  readonly oldestFreeMs: number;
}

export interface LeaseFacts {
  readonly holder: string | null;
  readonly fence: number;
  readonly expiresMs: number;
}

export interface PublicationFacts {
  readonly id: number;
  readonly state: 'open' | 'prepared' | 'closed' | 'abandoned';
  readonly files: number;
  readonly bins: number;
  readonly durationMs: number | null;
  readonly openedMs: number;
  readonly closedMs: number | null;
}

/** The timestamp that clients read, whatever the database says. */
export type StoredTimestamp =
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'missing' | 'unreadable' | 'unavailable' };
