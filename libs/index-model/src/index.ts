export { GrantError, IndexModelError } from './errors.ts';
export type { GrantErrorCode, IndexModelErrorCode } from './errors.ts';

export {
  isProjectName,
  maxProjectNameLength,
  normalizeName,
  parseProjectName,
  ultranormalize,
} from './project-name.ts';
export { canonicalizeVersion, maxVersionLength, parseVersion, tryParseVersion } from './version.ts';
export type { Version } from './version.ts';
export { isStandardLibraryName } from './new-project-name.ts';
export { equalVersionTexts } from './equal-versions.ts';
export { compareVersions } from './version-order.ts';
export { isPrintable } from './printable.ts';
export { pythonRepr } from './python-repr.ts';
export { isSpecifierSet, maxSpecifierSetLength, normalizeSpecifierSet } from './specifier.ts';
export { formatRequirement, parseRequirement } from './requirement.ts';
export type { Requirement } from './requirement.ts';
export { normalizeLicenseExpression } from './license-expression.ts';
export { splitProjectUrl } from './project-url.ts';
export type { ProjectUrl } from './project-url.ts';
export { isFilename, maxFilenameLength, parseDistribution, tryParseDistribution } from './filename.ts';
export type { Distribution, SourceDistribution, Wheel } from './filename.ts';
export { checkFilenameMatches, checkFilenameShape } from './filename-match.ts';
export type { ExpectedDistribution } from './filename-match.ts';
export { isUploadablePlatform } from './platform-tag.ts';

export {
  packageObjectKey,
  packageTargetPath,
  packageUrlPath,
  pageObjectKey,
  pageTargetPath,
  parsePackageUrlPath,
  parseTargetPath,
} from './target-path.ts';
export type { PackageUrl, Target } from './target-path.ts';

export { grantDomain, grantMessage, grantTargetPath, grantVerbsOf, isExpired } from './grant.ts';
export type { Grant, GrantedDigests, GrantIssuer, GrantVerb, ProjectStatus } from './grant.ts';
export {
  grantKey,
  maxSignedGrantBytes,
  parseSignedGrant,
  serializeSignedGrant,
  verifyGrant,
} from './signed-grant.ts';
export { parseGrantKeys } from './grant-keys.ts';
export type { GrantKey, SignedGrant, VerifiedGrant } from './signed-grant.ts';

export {
  offeredFiles,
  relativeFileUrl,
  relativeProvenanceUrl,
  renderProjectPage,
  simpleApiVersion,
} from './simple-page.ts';
export type { PageFile, ProjectPage } from './simple-page.ts';
export { parseProjectPage } from './simple-page-parser.ts';
export { escapeHtml, renderIndexHtml, renderProjectHtml } from './simple-html.ts';
export { renderIndexJson } from './simple-index.ts';
export type { IndexEntry } from './simple-index.ts';
export { negotiateMediaType, negotiateSimple, simpleContentTypes } from './simple-negotiation.ts';
export type { SimpleFormat } from './simple-negotiation.ts';
export { isUploadTime, uploadTime } from './upload-time.ts';

export { metadataFields } from './metadata-field.ts';
export type { MetadataField } from './metadata-field.ts';
export { checkUploadAction, parseUploadForm } from './upload-form.ts';
export type { ComputedDigests, Filetype, ReceivedUpload, UploadForm } from './upload-form.ts';
export { UploadError } from './upload-error.ts';
export type { UploadErrorCode } from './upload-error.ts';
export { UploadFields } from './upload-fields.ts';
export type { FormFields } from './upload-fields.ts';

export { AttestationError, attestationRefusal, unproven } from './attestation-error.ts';
export type { AttestationErrorCode } from './attestation-error.ts';
export { attestationPredicates, maxAttestationsBytes, parseAttestations } from './attestation.ts';
export type { Attestation, ParsedAttestation } from './attestation.ts';
export type { AttestedFile } from './attested-statement.ts';
export { provenanceMediaTypes, renderProvenance } from './provenance.ts';
export { canAttest, grantedToPublisher, publisherOfGrant } from './trusted-publisher.ts';
export type { TrustedPublisher } from './trusted-publisher.ts';

export { checkDistributionContents, neededMembers } from './distribution-contents.ts';
export type { CheckedContents, DistributionContents, DistributionMember } from './distribution-contents.ts';
export { DistributionError } from './distribution-error.ts';
export type { DistributionErrorCode, EntryPointsProblem } from './distribution-error.ts';
