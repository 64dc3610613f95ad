import { messageOf, isRindError } from '@rind/kernel';
import type { KeyId } from '@rind/kernel';
import { grantTargetPath, packageObjectKey, verifyGrant } from '@rind/index-model';
import type { Grant, GrantKey } from '@rind/index-model';
import type { OutboxRow, SetAsideRow } from '@rind/queue-port';
import type { BatchRequest, BlobFacts, GrantIssuer } from '@rind/repository';

export interface VerifiedRows {
  readonly requests: readonly BatchRequest[];
  readonly refused: readonly SetAsideRow[];
}

/** Looks at stored bytes on behalf of the signer; null when the object is missing. */
export type StatBlob = (key: string) => Promise<BlobFacts | null>;

interface VerifiedGrant {
  readonly row: OutboxRow;
  readonly grant: Grant;
  readonly issuer: GrantIssuer;
}

/** Rows of the outbox → requests that a trusted key really granted, with what the store says of their bytes. */
export class Intake {
  private readonly keys: ReadonlyMap<KeyId, GrantKey>;
  private readonly repository: string;
  private readonly stat: StatBlob;

  constructor(keys: ReadonlyMap<KeyId, GrantKey>, repository: string, stat: StatBlob) {
    this.keys = keys;
    this.repository = repository;
    this.stat = stat;
  }

  async verify(
    rows: readonly OutboxRow[],
    shaOf: (path: string) => string | undefined,
  ): Promise<VerifiedRows> {
    const refused: SetAsideRow[] = [];
    const verified: VerifiedGrant[] = [];
    for (const row of rows) {
      try {
        const { grant, issuer } = verifyGrant(row.envelope, this.keys, { repository: this.repository });
        verified.push({ row, grant, issuer });
      } catch (error) {
        refused.push(refusal(row, error));
      }
    }
    const requests = await Promise.all(verified.map((one) => this.toRequest(one, shaOf)));
    return { requests, refused };
  }

  private async toRequest(
    { row, grant, issuer }: VerifiedGrant,
    shaOf: (path: string) => string | undefined,
  ): Promise<BatchRequest> {
    const targetPath = grantTargetPath(grant);
    return {
      grant,
      issuer,
      outboxId: row.id,
      envelope: row.envelope,
      statedPath: row.targetPath,
      targetPath,
      coreMetadataSha256: row.coreMetadataSha256,
      blob: await this.blobOf(grant, shaOf(targetPath)),
    };
  }

  private blobOf(grant: Grant, signedSha: string | undefined): Promise<BlobFacts | null> {
    if (grant.filename === undefined) return Promise.resolve(null);
    if (grant.verb === 'restore') {
      return signedSha === undefined
        ? Promise.resolve(null)
        : this.stat(packageObjectKey(grant.project, signedSha, grant.filename));
    }
    if (grant.digests === undefined) return Promise.resolve(null);
    return this.stat(packageObjectKey(grant.project, grant.digests.sha256, grant.filename));
  }
}

function refusal(row: OutboxRow, error: unknown): SetAsideRow {
  return {
    outboxId: row.id,
    reason: 'grant.invalid',
    audit: {
      event: 'grant.invalid',
      target: row.targetPath,
      detail: {
        reason: isRindError(error) ? error.code : 'unknown',
        message: messageOf(error),
        upload: row.uploadId,
      },
    },
  };
}
