import { messageOf, isRindError } from '@rind/kernel';
import type { KeyId } from '@rind/kernel';
import { grantTargetPath, packageObjectKey, verifyGrant } from '@rind/index-model';
import type { Grant, GrantKey } from '@rind/index-model';
import { runBounded } from '../bounded.ts';
import type { OutboxRow, SetAsideRow } from '@rind/queue-port';
import type { BatchRequest, BlobFacts, GrantIssuer } from '@rind/repository';

/** Looks at the store that are under way at once. */
const maxConcurrentStats = 64;

export interface VerifiedRows {
  readonly requests: readonly BatchRequest[];
  readonly refused: readonly SetAsideRow[];
  /** Ids of the requests' grants that auth took back. */
  readonly voided: ReadonlySet<string>;
}

export interface IntakeParts {
  /** The keys whose grants count, by id. */
  readonly keys: ReadonlyMap<KeyId, GrantKey>;
  readonly repository: string;
  /** Looks at stored bytes; null when the object is missing. */
  readonly stat: (key: string) => Promise<BlobFacts | null>;
  /** True when somebody was told to delete the object: it counts as missing, even while it is still there. */
  readonly isCondemned: (key: string) => Promise<boolean>;
  /** Those of the ids that auth took back. */
  readonly voidedAmong: (ids: readonly string[]) => Promise<ReadonlySet<string>>;
}

interface VerifiedGrant {
  readonly row: OutboxRow;
  readonly grant: Grant;
  readonly issuer: GrantIssuer;
}

/** Rows of the outbox → requests that a trusted key really granted, with what the store says of their bytes. */
export class Intake {
  private readonly parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.parts = parts;
  }

  async verify(
    rows: readonly OutboxRow[],
    shaOf: (path: string) => string | undefined,
  ): Promise<VerifiedRows> {
    const { keys, repository, voidedAmong } = this.parts;
    const refused: SetAsideRow[] = [];
    const verified: VerifiedGrant[] = [];
    for (const row of rows) {
      try {
        const { grant, issuer } = verifyGrant(row.envelope, keys, { repository });
        verified.push({ row, grant, issuer });
      } catch (error) {
        refused.push(refusal(row, error));
      }
    }
    const issuedByAuth = verified.filter(({ issuer }) => issuer === 'auth').map(({ grant }) => grant.id);
    const [voided, requests] = await Promise.all([
      voidedAmong(issuedByAuth),
      runBounded(verified, maxConcurrentStats, (one) => this.toRequest(one, shaOf)),
    ]);
    return { requests, refused, voided };
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
      provenanceSha256: row.provenanceSha256,
      blob: await this.blobOf(grant, shaOf(targetPath)),
    };
  }

  private async blobOf(grant: Grant, signedSha: string | undefined): Promise<BlobFacts | null> {
    const { isCondemned } = this.parts;
    const stat = (key: string): Promise<BlobFacts | null> =>
      this.parts.stat(key).catch((error: unknown) => {
        // What the store can hold under no name is not there; the row is refused, and the others go on.
        if (isRindError(error, 'store.bad-key')) return null;
        throw error;
      });
    if (grant.filename === undefined) return null;
    if (grant.verb === 'restore') {
      if (signedSha === undefined) return null;
      const key = packageObjectKey(grant.project, signedSha, grant.filename);
      // A path is signed once: only what was signed before can have been condemned.
      return (await isCondemned(key)) ? null : stat(key);
    }
    if (grant.digests === undefined) return null;
    return stat(packageObjectKey(grant.project, grant.digests.sha256, grant.filename));
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
