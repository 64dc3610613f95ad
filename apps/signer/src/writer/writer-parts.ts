import type { Checkpoint, Clock, Randomness } from '@rind/kernel';
import type { Lease, PublicationLog, UnprovenLog } from '@rind/queue-port';
import type { PublishedState } from '../published/published-state.ts';
import type { BatchPlanner } from '../publishing/batch-planner.ts';
import type { Publisher } from '../publishing/publisher.ts';
import type { Repairs } from '../repair/repairs.ts';
import type { UnprovenBins } from '../repair/unproven-bins.ts';
import type { Sweeper } from '../garbage/sweeper.ts';
import type { OfflineRoles } from '../offline-roles/offline-roles.ts';
import type { Refresher } from './refresher.ts';
import type { Wakeup } from './wakeup.ts';

export interface WriterSettings {
  /** Shown to people as the lease's holder. */
  readonly holder: string;
  readonly leaseTtlMs: number;
  readonly minPublishIntervalMs: number;
  readonly maxBatch: number;
  /** How far our clock may be from the database's. */
  readonly maxClockSkewMs: number;
  /** How far our clock was shifted on purpose (development): the comparison takes it out. */
  readonly clockOffsetMs: number;
  /** The longest time that an idle writer sleeps without a wake-up. */
  readonly idleMs: number;
  /** How long held rows wait before they are looked at again. */
  readonly heldRetryMs: number;
}

export interface WriterParts {
  readonly lease: Lease;
  readonly log: PublicationLog;
  readonly planner: Pick<BatchPlanner, 'plan'>;
  readonly refresher: Pick<Refresher, 'plan'>;
  readonly publisher: Pick<Publisher, 'publish'>;
  /** What people signed with offline keys; without it such things take effect after a restart. */
  readonly ceremonies?: Pick<OfflineRoles, 'plan'>;
  /** What is damaged in the store; without it such a bin is reported and stays. */
  readonly repairs?: Pick<Repairs, 'isDue' | 'suspect' | 'avoid' | 'plan'>;
  /** Bins that cannot be built, and the record of them; without it a batch that touches one fails. */
  readonly unproven?: {
    readonly bins: Pick<UnprovenBins, 'records' | 'remember'>;
    readonly log: UnprovenLog;
  };
  /** Between publications; without it nothing is ever deleted. */
  readonly sweeper?: Pick<Sweeper, 'isDue' | 'turn'>;
  /** Null when the process drains meanwhile. */
  readonly takeOver: (fence: number) => Promise<PublishedState | null>;
  readonly clock: Clock;
  /** Spreads the waits after trouble. */
  readonly randomness: Randomness;
  readonly wakeup: Wakeup;
  readonly checkpoint: Checkpoint;
  readonly settings: WriterSettings;
  readonly report: WriterReport;
}

/** What the writer tells logs and metrics. */
export interface WriterReport {
  standby(): void;
  active(fence: number, state: PublishedState): void;
  /** When the oldest request that waits came in, milliseconds since 1970; null when none waits. */
  queue(oldestEnqueuedMs: number | null): void;
  published(kind: string, state: PublishedState, seconds: number, bins: number): void;
  abandoned(reason: string): void;
  warn(event: string, detail: object): void;
}
