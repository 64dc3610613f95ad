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
export { binChanges, decideBatch } from './batch.ts';
export type { BatchDecision, BatchFacts, BatchRequest, HeldRow, RenderedPage } from './batch.ts';
export { advance, commandOf, planned } from './publication-machine.ts';
export type { PublicationCommand, PublicationOutcome, PublicationState } from './publication-machine.ts';
export { decideTakeover } from './takeover.ts';
export type { StoredTimestamp, TakeoverDecision, UnfinishedRecord } from './takeover.ts';
export { defaultRefresh, isDue, refreshBatchSize } from './refresh-schedule.ts';
export type { RefreshSettings } from './refresh-schedule.ts';
