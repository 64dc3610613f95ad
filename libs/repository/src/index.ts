export {
  binIndexOf,
  binName,
  binPrefix,
  binVersion,
  binVersionStride,
  bitLengthOf,
  maxBinCount,
  minBinCount,
  splitBinVersion,
} from './bins.ts';
export type { BinEncoding } from './bins.ts';
export { RepositoryError } from './errors.ts';
export type { RepositoryErrorCode } from './errors.ts';
export {
  maxBinBytes,
  maxRootBytes,
  maxSnapshotBytes,
  maxTargetsBytes,
  maxTimestampBytes,
  metadataKey,
  stagedRootKey,
  timestampKey,
} from './object-keys.ts';
export { SnapshotVector } from './snapshot-vector.ts';
export { onlineSnapshot, onlineTimestamp } from './top-level.ts';
export { checkHead, editBin, emptyBin, signedPart, spliceBin } from './bin-document.ts';
export type { BinChange, BinHead, BinTarget } from './bin-document.ts';
export { decideGrant, defaultQuotas } from './grant-rules.ts';
export type {
  BlobFacts,
  GrantContext,
  GrantDecision,
  GrantIssuer,
  GrantedRequest,
  Quotas,
  RefusalReason,
} from './grant-rules.ts';
export { binChanges, decideBatch, newProject } from './batch.ts';
export type { BatchDecision, BatchFacts, BatchRequest, HeldRow, RenderedPage } from './batch.ts';
export { advance, commandOf, planned } from './publication-machine.ts';
export type { PublicationCommand, PublicationOutcome, PublicationState } from './publication-machine.ts';
export { isNeeded, namedObjectOf, nothingArchived } from './garbage.ts';
export type { ArchivedReferences, LiveReferences, NamedObject } from './garbage.ts';
export { outcomeOf, outcomeOfReading, passes } from './step-outcome.ts';
export { staleNumber } from './taken-numbers.ts';
export type { RoleVersions, StaleNumber } from './taken-numbers.ts';
export { decideTakeover, unshown } from './takeover.ts';
export { advanceTakeover, takeoverCommandOf, takeoverStarted } from './takeover-machine.ts';
export type {
  CommittedVersions,
  TakeoverCommand,
  TakeoverOutcome,
  TakeoverState,
} from './takeover-machine.ts';
export type {
  StoredTimestamp,
  TakeoverDecision,
  UnfinishedContent,
  UnfinishedRecord,
  Unshown,
} from './takeover.ts';
export { provableMs, reconcile, unknownDigests, unsignedGrants } from './recovery/reconciliation.ts';
export type { Reconciliation, ReconciliationFacts, Unproven } from './recovery/reconciliation.ts';
export type { UnprovenReason } from './recovery/signed-facts.ts';
export type {
  FileDigests,
  GrantTraces,
  LoggedGrant,
  RecordedIndex,
  SignedIndex,
  SignedPage,
  SignedTarget,
} from './recovery/signed-index.ts';
export { defaultRefresh, isDue, refreshBatchSize } from './refresh-schedule.ts';
export type { RefreshSettings } from './refresh-schedule.ts';
export { CeremonyError } from './ceremony/errors.ts';
export type { CeremonyErrorCode } from './ceremony/errors.ts';
export { binRoleName, offlineRoles } from './ceremony/offline-role.ts';
export type { OfflineRole, OfflineVersion } from './ceremony/offline-role.ts';
export type { KeyChange } from './ceremony/changes.ts';
export { delegatedRight, presentRight, rightOf, verifyFoundation } from './ceremony/foundation.ts';
export type { Foundation, FoundationFiles, SigningRight } from './ceremony/foundation.ts';
export { checkPlan, planCeremony } from './ceremony/plan.ts';
export type { CeremonyPlan, CheckedPlan, PlanRequest } from './ceremony/plan.ts';
export { assemble, missingOf, progressOf, requireSigner, signersOf } from './ceremony/assembly.ts';
export type { Assembly, DetachedSignature, JudgedSignature, Progress } from './ceremony/assembly.ts';
export { describeDifference, differenceOf, isRenewal } from './ceremony/difference.ts';
export type { Difference, RoleDifference } from './ceremony/difference.ts';
export { lintDelegation, lintDocument, lintSuccession } from './ceremony/lint.ts';
export type { LintCode, LintFinding, ServedMetadata } from './ceremony/lint.ts';
export {
  parseDetached,
  parsePlan,
  parsePublicKey,
  serializeDetached,
  serializePlan,
} from './ceremony/plan-file.ts';
