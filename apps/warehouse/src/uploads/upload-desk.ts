import { canonicalBytes } from '@rind/canonical-json';
import { isExpired, packageObjectKey, packageTargetPath, parseUploadForm } from '@rind/index-model';
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
import { WarehouseError } from '../errors.ts';
import type { GrantKeys } from '../grant-keys/grant-keys.ts';
import type { GroupSync } from '../store/group-sync.ts';
import type { OutboxBell } from '../outbox/outbox-bell.ts';
import { insertRequest, lockName } from '../outbox/upload-request.ts';
import { checkGrantMatches } from './grant-match.ts';
import { decideUpload } from './upload-decision.ts';
import type { UploadDecision } from './upload-decision.ts';
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
  readonly grantKeys: GrantKeys;
  readonly bell: OutboxBell;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly checkpoint: Checkpoint;
  readonly maxFileBytes: number;
}

/** A file whose form and grant are in order, as it will be recorded. */
interface CheckedUpload {
  readonly file: FileRecord;
  readonly grant: Grant;
  readonly envelope: Uint8Array;
}

/**
 * The way of an upload into the store and the outbox (docs/architecture.md "The publish path", step 1):
 * 1. grant and form are in order, and the grant is for exactly this file
 * 2. the database knows no reason to refuse it
 * 3. file into the spool: it has the announced length and checksum
 * 4. into the store under its hash, durable
 * 5. facts and request in one transaction, after asking again under a lock of the name
 * 6. the signer is told
 * Whatever fails before 5 leaves at most an object that nobody refers to.
 */
export class UploadDesk {
  private readonly parts: UploadDeskParts;

  constructor(parts: UploadDeskParts) {
    this.parts = parts;
  }

  /** @throws UploadError, GrantError, WarehouseError, StorageError, DatabaseError */
  async accept({ header, file }: UploadFrame): Promise<UploadAnswer> {
    const upload = this.check(header);
    const early = this.decide(upload, await uploadFacts(this.parts.sql, upload.file));
    if (early.kind === 'duplicate') return duplicate(early.uploadId);

    const spooled = await this.parts.spool.receive(file, upload.file);
    try {
      this.parts.checkpoint('after-spool');
      const { project, sha256, filename, length } = upload.file;
      const key = packageObjectKey(project as ProjectName, sha256 as Sha256Hex, filename);
      await this.parts.store.putNew(key, { path: spooled.path, length, sha256 });
      await this.parts.sync.durable(key);
      this.parts.checkpoint('after-blob');
    } finally {
      await spooled.discard();
    }
    return this.record(upload);
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
    return { grant, envelope, file: this.fileRecord(form, header, grant) };
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
      uploadedAt: grant.uploadedAt!,
      uploader: grant.actor,
      form: header.fields,
    };
  }

  private decide(
    upload: CheckedUpload,
    facts: Parameters<typeof decideUpload>[1],
  ): Exclude<UploadDecision, { kind: 'refuse' }> {
    const decision = decideUpload(upload.file, facts);
    if (decision.kind === 'refuse') throw refusalOf(decision.code, upload.file);
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
        throw isRindError(error, 'database.conflict') ? refusalOf('file.exists', upload.file, error) : error;
      });
    checkpoint('after-commit');
    if (answer.grantUsed) bell.ring();
    return answer;
  }

  private async recordWithin(sql: Sql, upload: CheckedUpload): Promise<UploadAnswer> {
    const { file, grant, envelope } = upload;
    await lockName(sql, file.filename);
    const decision = this.decide(upload, await uploadFacts(sql, file));
    if (decision.kind === 'duplicate') return duplicate(decision.uploadId);
    const fileId = decision.kind === 'again' ? decision.fileId : file.id;
    if (decision.kind === 'new') await insertFile(sql, file);
    const id = uuidV4(this.parts.randomness);
    const { targetPath, sha256 } = file;
    await insertRequest(sql, {
      id,
      fileId,
      grantId: grant.id,
      targetPath: targetPath as TargetPath,
      sha256,
      envelope,
    });
    return { outcome: 'accepted', uploadId: id, grantUsed: true, warnings: [] };
  }
}

function duplicate(uploadId: string): UploadAnswer {
  return { outcome: 'duplicate', uploadId, grantUsed: false, warnings: [] };
}

function tooLarge(form: UploadForm, maxBytes: number): WarehouseError<'file.too-large'> {
  const megabytes = Math.floor(maxBytes / 1_048_576);
  const text = `File too large. Limit for project '${form.name}' is ${megabytes} MB.`;
  return new WarehouseError('file.too-large', text, { maxBytes, project: form.project });
}
