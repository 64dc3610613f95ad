export { MetadataError } from './errors.ts';
export type { MetadataErrorCode } from './errors.ts';
export { parseTufDate } from './date.ts';
export { isExpired, roleTypes, specVersion } from './signed.ts';
export type { RoleType, Signed, SignedFields } from './signed.ts';
export { hasCanonicalKeyIds, keyMap } from './key-map.ts';
export type { KeyMap } from './key-map.ts';
export type { RoleKeys } from './role-keys.ts';
export type { MetaFile } from './meta-file.ts';
export { rootSigned } from './root.ts';
export type { Root } from './root.ts';
export { timestampSigned } from './timestamp.ts';
export type { Timestamp } from './timestamp.ts';
export { snapshotSigned } from './snapshot.ts';
export type { Snapshot } from './snapshot.ts';
export type { ListedTargetFile, TargetFile } from './target-file.ts';
export { roleNameField, targetsSigned } from './targets.ts';
export type { Targets } from './targets.ts';
export { matchesPathPattern } from './path-pattern.ts';
export { matchesDelegation, pathHashOf } from './delegated-role.ts';
export type { DelegatedRole } from './delegated-role.ts';
export {
  binIndexOf,
  isSuccinctName,
  succinctRoleFor,
  succinctRoleIndex,
  succinctRoleName,
  succinctRoleNames,
} from './succinct-roles.ts';
export type { SuccinctRoles } from './succinct-roles.ts';
export { delegatedRoleKeys, delegationsFor, explicitBins } from './delegations.ts';
export type { DelegationMatch, Delegations } from './delegations.ts';
export { parseMetadata, parseRoot, parseSnapshot, parseTargets, parseTimestamp } from './metadata.ts';
export type { AnyMetadata, Metadata, Signature } from './metadata.ts';
export { joinMetadata, serializeMetadata } from './serialize.ts';
export { verifyThreshold } from './threshold.ts';
export type { ThresholdResult } from './threshold.ts';
