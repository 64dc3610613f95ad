import type { ArchiveErrorCode } from '@rind/archives';
import type { DatabaseErrorCode } from '@rind/database';
import type {
  AttestationErrorCode,
  DistributionErrorCode,
  GrantErrorCode,
  UploadErrorCode,
} from '@rind/index-model';
import type { ProblemRule, ProblemTable } from '@rind/nest-kit';
import type { StorageErrorCode } from '@rind/storage-port';
import type { WarehouseErrorCode } from './errors.ts';

type Rules<Code extends string> = Readonly<Record<Code, ProblemRule>>;

const badForm: ProblemRule = { status: 400, expose: ['field'] };

/** What is wrong with the form; the texts are PyPI's. */
const form: Rules<UploadErrorCode> = {
  'upload.gone': { status: 410, expose: ['field'] },
  'upload.bad-action': badForm,
  'upload.bad-protocol-version': badForm,
  'upload.name-invalid': badForm,
  'upload.filetype-invalid': badForm,
  'upload.pyversion-invalid': badForm,
  'upload.digest-invalid': badForm,
  'upload.digest-missing': badForm,
  'upload.digest-mismatch': badForm,
  'upload.field-invalid': badForm,
  'upload.metadata-version-invalid': badForm,
  'upload.version-invalid': badForm,
  'upload.local-version': badForm,
  'upload.requires-python-invalid': badForm,
  'upload.metadata-invalid': badForm,
  'upload.no-file': badForm,
  'upload.bad-content-type': badForm,
  'filename.invalid': badForm,
  'filename.wrong-name': badForm,
  'filename.wrong-version': badForm,
  'filename.unsupported-platform': badForm,
};

const badFile: ProblemRule = { status: 400 };

/** What is wrong with the file; the texts are PyPI's as far as PyPI looks. */
const archive: Rules<ArchiveErrorCode | DistributionErrorCode> = {
  'archive.not-zip': badFile,
  'archive.not-tar': badFile,
  'archive.polyglot': badFile,
  'archive.bomb': { status: 400, expose: ['maxRatio'] },
  'archive.unsupported-compression': { status: 400, expose: ['member'] },
  'archive.zip-refused': { status: 400, expose: ['reason', 'member'] },
  'archive.tar-refused': { status: 400, expose: ['reason', 'member'] },
  'archive.corrupt': { status: 400, expose: ['member'] },
  'archive.too-many-members': { status: 400, expose: ['maxMembers'] },
  'archive.member-too-large': { status: 400, expose: ['member', 'maxBytes'] },
  'distribution.no-single-folder': badFile,
  'distribution.file-missing': { status: 400, expose: ['member'] },
  'distribution.license-file-missing': { status: 400, expose: ['licenseFile', 'member'] },
  'distribution.entry-points-invalid': { status: 400, expose: ['problem'] },
};

/** What is wrong with the attestations; the texts are PyPI's as far as PyPI looks. */
const attestations: Rules<AttestationErrorCode> = {
  'attestations.untrusted': badFile,
  'attestations.publisher-unsupported': { status: 400, expose: ['kind'] },
  'attestations.malformed': { status: 400, expose: ['problem'] },
  'attestations.too-many': { status: 400, expose: ['maxAttestations'] },
  'attestations.subject-mismatch': { status: 400, expose: ['problem'] },
  'attestations.predicate-unsupported': { status: 400, expose: ['predicateType'] },
  'attestations.predicate-repeated': { status: 400, expose: ['predicateType'] },
  'attestations.unverified': { status: 400, expose: ['problem'] },
};

const grant: Rules<Exclude<GrantErrorCode, 'grant-keys.invalid'>> = {
  'grant.malformed': { status: 400, expose: ['problem'] },
  'grant.unknown-key': { status: 403 },
  'grant.bad-signature': { status: 403 },
  'grant.wrong-repository': { status: 403 },
  'grant.verb-not-allowed': { status: 403 },
};

const own: Rules<Exclude<WarehouseErrorCode, 'grant-keys.invalid' | 'prohibited-names.invalid'>> = {
  // Between gate and warehouse. 503: the gate finds out whether the grant was used and has the author try again.
  'upload.malformed': { status: 400, expose: ['problem'] },
  'upload.corrupt-transfer': { status: 503, retryAfterSeconds: 1 },
  'upload.aborted': { status: 400 },
  'warehouse.busy': { status: 503 },
  // For authors.
  'file.too-large': { status: 400, expose: ['maxBytes'] },
  'file.too-costly': { status: 400 },
  'file.exists': { status: 400, expose: ['filename'] },
  'filename.reused': { status: 400, expose: ['filename'] },
  'project.archived': { status: 403, expose: ['project'] },
  'project.quarantined': { status: 403, expose: ['project'] },
  'project.name-stdlib': { status: 400, expose: ['project'] },
  'project.name-prohibited': { status: 400, expose: ['project'] },
  'project.name-too-similar': { status: 400, expose: ['project'] },
  'project.too-large': { status: 400, expose: ['project', 'maxBytes'] },
  'release.closed': { status: 400, expose: ['project', 'maxAgeDays'] },
  'release.second-sdist': { status: 400, expose: ['project'] },
  // For whoever brings a grant.
  'grant.mismatch': { status: 403, expose: ['field'] },
  'grant.expired': { status: 403 },
  'grant.not-operator': { status: 403 },
  // For readers.
  'upload.not-found': { status: 404, expose: ['error'] },
  'receipt.too-many-waiters': { status: 503 },
  'project.not-found': { status: 404 },
  'release.not-found': { status: 404 },
  'file.not-found': { status: 404 },
  'provenance.not-found': { status: 404, expose: ['message'] },
  'provenance.not-acceptable': { status: 406, expose: ['message'] },
  'file.range-not-satisfiable': { status: 416, expose: ['length'] },
  'page.missing': { status: 503, retryAfterSeconds: 5 },
};

/** What the warehouse stands on; the rest of these codes are faults of ours and stay inside. */
const foundations: Partial<Rules<StorageErrorCode | DatabaseErrorCode>> = {
  'store.full': { status: 503, retryAfterSeconds: 60 },
  'store.refused': { status: 503, retryAfterSeconds: 60 },
  'store.unavailable': { status: 503, retryAfterSeconds: 5 },
  'database.unavailable': { status: 503, retryAfterSeconds: 5 },
  'database.serialization': { status: 503, retryAfterSeconds: 1 },
};

/** Every refusal: code → status. The text is the error's own; docs/reference/http-api.md lists both. */
export const problems: ProblemTable = {
  ...form,
  ...archive,
  ...attestations,
  ...grant,
  ...own,
  ...foundations,
  'path.invalid': { status: 404 },
  'json.not-canonicalizable': { status: 400 },
};
