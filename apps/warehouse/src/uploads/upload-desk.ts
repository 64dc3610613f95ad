import { canonicalBytes } from '@rind/canonical-json';
import {
  UploadFields,
  isExpired,
  packageObjectKey,
  packageTargetPath,
  parseUploadForm,
  ultranormalize,
} from '@rind/index-model';
import type { Grant, UploadForm } from '@rind/index-model';
import { isRindError, uuidV4 } from '@rind/kernel';
import type {
  Checkpoint,
  Clock,
  JsonValue,
  ProjectName,
  Randomness,
  Sha256Hex,
  TargetPath,
} from '@rind/kernel';
import type { Sql, TransactionalSql } from '@rind/database';
import type { ObjectStore } from '@rind/storage-port';
import { insertProvenance } from '../attestations/attestation-records.ts';
import { attestedProvenance, withoutAttestations } from '../attestations/attested-provenance.ts';
import type { Provenance } from '../attestations/attested-provenance.ts';
import { WarehouseError } from '../errors.ts';
import type { GrantKeys } from '../grant-keys/grant-keys.ts';
import type { Inspected } from '../inspection/inspection.worker.ts';
import type { Inspections } from '../inspection/inspections.ts';
import type { GroupSync } from '../store/group-sync.ts';
import type { OutboxBell } from '../outbox/outbox-bell.ts';
import { insertRequest, lockName, lockProject } from '../outbox/upload-request.ts';
import { checkGrantMatches } from './grant-match.ts';
import { decideUpload } from './upload-decision.ts';
import type { UploadDecision, UploadLimits } from './upload-decision.ts';
import type { UploadFrame } from './upload-frame.ts';
import type { UploadHeader } from './upload-header.ts';
import { insertFile, uploadFacts } from './upload-records.ts';
import type { FileRecord } from './upload-records.ts';
import { refusalOf } from './upload-refusal.ts';
import type { UploadSpool } from './upload-spool.ts';

export interface UploadAnswer {
  readonly outcome: 'accepted' | 'duplicate';
  readonly uploadId: string;
  /** False when the grant is not needed: the gate has it voided. */
  readonly grantUsed: boolean;
  /** Shown to the author, one a line. */
  readonly warnings: readonly string[];
}

export interface UploadDeskParts {
  readonly sql: TransactionalSql;
  readonly store: ObjectStore;
  readonly sync: GroupSync;
  readonly spool: UploadSpool;
  readonly inspections: Inspections;
  readonly grantKeys: GrantKeys;
  readonly bell: OutboxBell;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly checkpoint: Checkpoint;
  readonly maxFileBytes: number;
  readonly limits: UploadLimits;
}

/** A file whose form and grant are in order, as it will be recorded. */
interface CheckedUpload {
  readonly file: FileRecord;
  readonly grant: Grant;
  readonly envelope: Uint8Array;
  /** Null when nobody attested who built it, and before the file was opened. */
  readonly provenance: Provenance | null;
}

/**
 * The way of an upload into the store and the outbox (docs/architecture.md "The publish path", step 1):
 * 1. grant and form are in order, and the grant is for exactly this file
 * 2. the database knows no reason to refuse it
 * 3. file into the spool: it has the announced length and checksum
 * 4. what is in it is in order, and so is what is attested of it
 * 5. into the store under its hash, with the core metadata of a wheel beside it, durable
 * 6. facts and request in one transaction, after asking again under a lock of the name
 * 7. the signer is told
 * Whatever fails before 6 leaves at most objects that nobody refers to.
 */
export class UploadDesk {
  private readonly parts: UploadDeskParts;

  constructor(parts: UploadDeskParts) {
    this.parts = parts;
  }

  /** @throws UploadError, GrantError, ArchiveError, DistributionError, AttestationError, WarehouseError, StorageError, DatabaseError */
  async accept({ header, file }: UploadFrame): Promise<UploadAnswer> {
    const upload = this.check(header);
    const early = this.decide(upload, await uploadFacts(this.parts.sql, upload.file));
    if (early.kind === 'duplicate') return duplicate(early.uploadId);

    const spooled = await this.parts.spool.receive(file, upload.file);
    let inspected: Inspected;
    let provenance: Provenance | null;
    try {
      this.parts.checkpoint('after-spool');
      inspected = await this.inspect(upload.file, spooled.path);
      provenance = attestedProvenance(upload.grant, header.fields, upload.file);
      await this.store(upload.file, spooled.path, inspected);
      this.parts.checkpoint('after-blob');
    } finally {
      await spooled.discard();
    }
    const coreMetadataSha256 = inspected.coreMetadata?.sha256 ?? null;
    const answer = await this.record({ ...upload, provenance, file: { ...upload.file, coreMetadataSha256 } });
    return { ...answer, warnings: inspected.warnings };
  }

  private inspect({ filename, packageType, form }: FileRecord, path: string): Promise<Inspected> {
    const kind = packageType === 'bdist_wheel' ? 'wheel' : 'sdist';
    const licenseFiles = new UploadFields(form).all('license_file');
    return this.parts.inspections.inspect({ path, kind, filename, licenseFiles });
  }

  private async store(file: FileRecord, path: string, { coreMetadata }: Inspected): Promise<void> {
    const { store, sync } = this.parts;
    const { project, sha256, filename, length } = file;
    const key = packageObjectKey(project as ProjectName, sha256 as Sha256Hex, filename);
    await store.putNew(key, { path, length, sha256 });
    const keys = [key];
    if (coreMetadata !== null) {
      keys.push(coreMetadataKey(key));
      await store.putNew(coreMetadataKey(key), coreMetadata.bytes);
    }
    await Promise.all(keys.map((each) => sync.durable(each)));
  }

  private check(header: UploadHeader): CheckedUpload {
    const envelope = canonicalBytes(header.grant as JsonValue);
    const { grant } = this.parts.grantKeys.verify(envelope);
    const form = parseUploadForm(header);
    if (header.length > this.parts.maxFileBytes) throw tooLarge(form, this.parts.maxFileBytes);
    checkGrantMatches(grant, { form, header });
    if (isExpired(grant, this.parts.clock.nowMs())) {
      throw new WarehouseError('grant.expired', 'The permission for this upload has expired. Try again.', {});
    }
    return { grant, envelope, file: this.fileRecord(form, header, grant), provenance: null };
  }

  private fileRecord(form: UploadForm, header: UploadHeader, grant: Grant): FileRecord {
    return {
      id: uuidV4(this.parts.randomness),
      project: form.project,
      displayName: form.name,
      version: form.version,
      filename: header.filename,
      targetPath: packageTargetPath(form.project, header.filename),
      packageType: form.filetype,
      pythonVersion: form.pyversion,
      length: header.length,
      ...header.digests,
      requiresPython: form.requiresPython,
      coreMetadataSha256: null,
      uploadedAt: grant.uploadedAt!,
      uploader: grant.actor,
      form: withoutAttestations(header.fields),
    };
  }

  private decide(
    upload: CheckedUpload,
    facts: Parameters<typeof decideUpload>[1],
  ): Exclude<UploadDecision, { kind: 'refuse' }> {
    const { limits, clock } = this.parts;
    const decision = decideUpload(upload.file, facts, { ...limits, nowMs: clock.nowMs() });
    if (decision.kind === 'refuse') throw refusalOf(decision.code, upload.file, limits);
    return decision;
  }

  private async record(upload: CheckedUpload): Promise<UploadAnswer> {
    const { sql, checkpoint, bell } = this.parts;
    const answer = await sql
      .transaction(async (transaction) => {
        const recorded = await this.recordWithin(transaction, upload);
        checkpoint('before-commit');
        return recorded;
      })
      .catch((error: unknown) => {
        // The only key that two names can meet in is the checksum of the bytes.
        throw isRindError(error, 'database.conflict')
          ? refusalOf('file.exists', upload.file, this.parts.limits, error)
          : error;
      });
    checkpoint('after-commit');
    if (answer.grantUsed) bell.ring();
    return answer;
  }

  private async recordWithin(sql: Sql, upload: CheckedUpload): Promise<UploadAnswer> {
    const { file, grant, envelope, provenance } = upload;
    const isSdist = file.packageType === 'sdist';
    await lockProject(sql, { project: file.project, lookAlike: ultranormalize(file.project), isSdist });
    await lockName(sql, file.filename);
    const decision = this.decide(upload, await uploadFacts(sql, file));
    if (decision.kind === 'duplicate') return duplicate(decision.uploadId);
    const fileId = decision.kind === 'again' ? decision.fileId : file.id;
    if (decision.kind === 'new') await insertFile(sql, file);
    if (provenance !== null) await insertProvenance(sql, fileId, provenance);
    const id = uuidV4(this.parts.randomness);
    const { targetPath, sha256, coreMetadataSha256 } = file;
    await insertRequest(sql, {
      id,
      fileId,
      grantId: grant.id,
      targetPath: targetPath as TargetPath,
      sha256,
      coreMetadataSha256,
      provenanceSha256: provenance?.sha256 ?? null,
      envelope,
    });
    return { outcome: 'accepted', uploadId: id, grantUsed: true, warnings: [] };
  }
}

/** Core metadata lies beside its file (PEP 658). */
function coreMetadataKey(key: string): string {
  return `${key}.metadata`;
}

function duplicate(uploadId: string): UploadAnswer {
  return { outcome: 'duplicate', uploadId, grantUsed: false, warnings: [] };
}

function tooLarge(form: UploadForm, maxBytes: number): WarehouseError<'file.too-large'> {
  const megabytes = Math.floor(maxBytes / 1_048_576);
  const text = `File too large. Limit for project '${form.name}' is ${megabytes} MB.`;
  return new WarehouseError('file.too-large', text, { maxBytes, project: form.project });
}
