import {
  grantMessage,
  grantTargetPath,
  parseSignedGrant,
  serializeSignedGrant,
  uploadTime,
} from '@rind/index-model';
import type { Grant, SignedGrant } from '@rind/index-model';
import type { Sql, TransactionalSql } from '@rind/database';
import { isRindError, uuidV4 } from '@rind/kernel';
import type { Checkpoint, Clock, Randomness, TargetPath } from '@rind/kernel';
import type { Signer } from '@rind/signing-port';
import { AuthError } from '../errors.ts';
import { appendGrants, nextSeq } from './grant-log.ts';

/** What a grant shall say; the book adds the rest. */
export type GrantDraft = Pick<Grant, 'verb' | 'project' | 'actor' | 'how'> &
  Partial<Pick<Grant, 'id' | 'filename' | 'digests' | 'length' | 'requiresPython' | 'reason' | 'status'>>;

export interface BookedGrant {
  readonly grant: Grant;
  readonly signed: SignedGrant;
  readonly targetPath: TargetPath;
}

export interface BookParts {
  readonly sql: TransactionalSql;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly checkpoint: Checkpoint;
  readonly signer: Signer;
  readonly repository: string;
}

const lifetimeSeconds = 7 * 86_400;
/** Signatures asked for at once. */
const signedAtOnce = 32;

/**
 * Signs grants and writes them down; whoever issues grants does it through here. Invariants:
 * 1. Sequence numbers grow strictly and become visible in their order.
 * 2. A grant that its readers would refuse is not issued.
 * 3. No grant leaves the process before its row in the append-only log is committed.
 */
export class GrantBook {
  private readonly parts: BookParts;

  constructor(parts: BookParts) {
    this.parts = parts;
  }

  /** The transaction of a decision and of the grants that come of it; what it answers may leave the process. */
  async transaction<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    const result = await this.parts.sql.transaction(async (sql) => {
      const done = await work(sql);
      this.parts.checkpoint('before-grant-commit');
      return done;
    });
    this.parts.checkpoint('after-grant-commit');
    return result;
  }

  /**
   * Grants in the order of the drafts, their numbers one after the other. Other grants wait until the transaction of
   * `sql` ends. @param accountId null for a trusted publisher's. @throws AuthError `grant.malformed`, `grant.exists`
   */
  async append(
    sql: Sql,
    accountId: string | null,
    drafts: readonly GrantDraft[],
  ): Promise<readonly BookedGrant[]> {
    const nowMs = this.parts.clock.nowMs();
    const first = await nextSeq(sql, nowMs);
    const booked: (BookedGrant & { readonly envelope: Uint8Array })[] = [];
    for (let from = 0; from < drafts.length; from += signedAtOnce) {
      const some = drafts.slice(from, from + signedAtOnce);
      const grants = some.map((draft, at) => this.grantOf(draft, first + from + at, nowMs));
      booked.push(...(await Promise.all(grants.map((grant) => this.sign(grant)))));
    }
    await appendGrants(
      sql,
      booked.map(({ grant, targetPath, envelope }) => ({
        id: grant.id,
        seq: grant.seq,
        verb: grant.verb,
        project: grant.project,
        targetPath,
        accountId,
        envelope,
        issuedAt: new Date(nowMs),
        expiresAt: new Date(grant.exp * 1_000),
      })),
    ).catch((cause: unknown) => {
      if (!isRindError(cause, 'database.conflict')) throw cause;
      throw new AuthError('grant.exists', 'a grant of that id exists', {}, { cause });
    });
    return booked;
  }

  private grantOf(draft: GrantDraft, seq: number, nowMs: number): Grant {
    const iat = Math.floor(nowMs / 1_000);
    return {
      ...draft,
      v: 1,
      repository: this.parts.repository,
      id: draft.id ?? uuidV4(this.parts.randomness),
      seq,
      ...(draft.verb === 'add' ? { uploadedAt: uploadTime(Math.floor(seq / 1_000), seq % 1_000) } : {}),
      iat,
      exp: iat + lifetimeSeconds,
    };
  }

  private async sign(grant: Grant): Promise<BookedGrant & { readonly envelope: Uint8Array }> {
    const { keyid, sig } = await this.parts.signer.sign(grantMessage(grant));
    const signed = { grant, keyid, sig };
    const envelope = serializeSignedGrant(signed);
    checkOwnGrant(envelope);
    return { grant, signed, envelope, targetPath: grantTargetPath(grant) };
  }
}

/** What people and the gate say may not fit into a grant. */
function checkOwnGrant(envelope: Uint8Array): void {
  try {
    parseSignedGrant(envelope);
  } catch (cause) {
    const { problem = 'unknown' } = isRindError(cause) ? (cause.details as { problem?: string }) : {};
    throw new AuthError('grant.malformed', 'no grant can say that', { reason: problem }, { cause });
  }
}
