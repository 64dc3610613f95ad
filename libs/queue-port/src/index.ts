export { QueueError } from './errors.ts';
export type { QueueErrorCode } from './errors.ts';
export { unprovenReason } from './unproven-log.ts';
export type { UnprovenBinRecord, UnprovenLog } from './unproven-log.ts';
export type { HeldLease, Lease } from './lease.ts';
export type { AuditEvent, OutboxRow, PathFacts, PathState, ProjectFacts, ProjectStatus } from './facts.ts';
export type { GarbageCensus, GarbageCount, GarbageLog, GonePackage, StoreReferences } from './garbage-log.ts';
export type {
  AppliedGrant,
  ClosedPublication,
  CommittedRole,
  ExpiringBin,
  KnownFacts,
  LoggedSignature,
  OfflineChange,
  OpenedPublication,
  PreparedBin,
  PreparedPublication,
  PublicationKind,
  PublicationLog,
  PublicationPlan,
  SetAsideRow,
  UnfinishedPublication,
} from './publication-log.ts';
