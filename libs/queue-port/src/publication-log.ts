import type { AuditEvent, OutboxRow, PathFacts, ProjectFacts } from './facts.ts';

/** `ceremony`: what people signed with offline keys goes into effect. */
export type PublicationKind = 'changes' | 'refresh' | 'takeover' | 'ceremony';

/** A version of an offline role that goes into effect with a publication. */
export interface OfflineChange {
  readonly role: 'root' | 'targets' | 'bins';
  readonly version: number;
  readonly expiresMs: number;
}

/** What a publication is about to do; recorded before any byte is written. */
export interface PublicationPlan {
  readonly kind: PublicationKind;
  /** Indexes of the bins to be rewritten, without repetition. */
  readonly bins: readonly number[];
  /** False for a takeover, which signs a new timestamp over the same snapshot. */
  readonly newSnapshot: boolean;
  readonly paths: readonly PathFacts[];
  readonly projects: readonly ProjectFacts[];
  /** Outbox rows that this publication settles. */
  readonly outboxIds: readonly number[];
  readonly grants: readonly AppliedGrant[];
  readonly files: number;
  /** Of a ceremony; the committed roles follow when the publication is closed. */
  readonly offline?: readonly OfflineChange[];
}

export interface AppliedGrant {
  readonly id: string;
  readonly seq: number;
  readonly verb: string;
  readonly project: string;
  readonly targetPath: string;
  readonly envelope: Uint8Array;
}

/** Numbers that nobody else will ever get: either used for these very bytes, or burned. */
export interface OpenedPublication {
  readonly id: number;
  /** Version by bin index. */
  readonly binVersions: ReadonlyMap<number, number>;
  /** The unchanged version when the plan has no new snapshot. */
  readonly snapshotVersion: number;
  readonly timestampVersion: number;
  readonly databaseNowMs: number;
}

export interface PreparedBin {
  readonly idx: number;
  readonly expiresMs: number;
  readonly length: number;
  /** Null: as many as before. */
  readonly targets: number | null;
}

export interface PreparedPublication {
  readonly bins: readonly PreparedBin[];
  /** SHA-256 of the timestamp's bytes, lower-case hex. */
  readonly timestampSha256: string;
  readonly signatures: readonly LoggedSignature[];
}

export interface LoggedSignature {
  readonly keyId: string;
  readonly role: string;
  readonly version: number;
  /** SHA-256 of the metadata's bytes, lower-case hex. */
  readonly sha256: string;
}

export interface UnfinishedPublication {
  readonly id: number;
  readonly state: 'open' | 'prepared';
  readonly snapshotVersion: number;
  readonly timestampVersion: number;
  readonly timestampSha256: string | null;
  /** Indexes of the bins that it took numbers of. */
  readonly bins: readonly number[];
}

export interface CommittedRole {
  readonly name: string;
  readonly version: number;
  readonly nextVersion: number;
  readonly expiresMs: number;
}

export interface KnownFacts {
  readonly paths: ReadonlyMap<string, PathFacts>;
  readonly projects: ReadonlyMap<string, ProjectFacts>;
  /** Ids of grants that were applied before. */
  readonly appliedGrants: ReadonlySet<string>;
  /** Files added in the last hour, by project. */
  readonly addedLastHour: ReadonlyMap<string, number>;
  /** Files deleted or revoked in the last hour, over all projects. */
  readonly deletedLastHour: number;
  readonly databaseNowMs: number;
}

/**
 * The signer's record of publications. Every method that takes a fence writes under
 * `WHERE fence = mine` and throws `lease.lost` when a newer holder exists; each is one transaction.
 */
export interface PublicationLog {
  /** Pending rows without those of the ids `except`, oldest first. */
  pending(limit: number, except?: readonly number[]): Promise<OutboxRow[]>;
  known(
    paths: readonly string[],
    projects: readonly string[],
    grantIds: readonly string[],
  ): Promise<KnownFacts>;
  /** Every path of these projects that was ever signed. */
  pathsOf(projects: readonly string[]): Promise<PathFacts[]>;
  /** Takes rows out of the queue for good, with the reason that the receipt shows, and audits each. */
  setAside(fence: number, rows: readonly SetAsideRow[]): Promise<void>;

  open(fence: number, plan: PublicationPlan): Promise<OpenedPublication>;
  prepare(fence: number, id: number, prepared: PreparedPublication): Promise<void>;
  /** Copies what the publication planned over the committed facts and tells subscribers. Idempotent. */
  close(fence: number, id: number, closed: ClosedPublication): Promise<void>;
  /** Gives the rows back to the queue; the publication's numbers stay burned. */
  abandon(fence: number, id: number, reason: string): Promise<void>;

  unfinished(): Promise<UnfinishedPublication[]>;
  committedRoles(): Promise<ReadonlyMap<string, CommittedRole>>;
  /** Raises the next free version of `role` to at least `version`. */
  raiseNextVersion(fence: number, role: string, version: number): Promise<void>;
  /** The bins whose expiry is nearest, those before `expiresBeforeMs` only, without those of the indexes `except`. */
  binsExpiringBefore(
    expiresBeforeMs: number,
    limit: number,
    except?: readonly number[],
  ): Promise<ExpiringBin[]>;
  countBinsExpiringBefore(expiresBeforeMs: number, except?: readonly number[]): Promise<number>;
  audit(events: readonly AuditEvent[]): Promise<void>;
  /** The database's clock, milliseconds since 1970. */
  databaseNowMs(): Promise<number>;
}

export interface SetAsideRow {
  readonly outboxId: number;
  readonly reason: string;
  readonly audit: AuditEvent;
}

export interface ClosedPublication {
  readonly snapshotExpiresMs: number;
  readonly timestampExpiresMs: number;
  /** From batch taken to timestamp written; null when rolled forward. */
  readonly durationMs: number | null;
}

export interface ExpiringBin {
  readonly idx: number;
  readonly expiresMs: number;
}
