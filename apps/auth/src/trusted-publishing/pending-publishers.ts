import { canonicalize } from '@rind/canonical-json';
import type { Sql } from '@rind/database';
import { constantTimeEqual, uuidV4 } from '@rind/kernel';
import type { JsonValue, ProjectName } from '@rind/kernel';
import { identityOf, subjectOf } from './publisher-claims.ts';
import type { PublisherClaims } from './publisher-claims.ts';
import type { PublisherParts } from './publishers.ts';

/** A workflow whose first upload makes a project. */
export interface PendingPublisher {
  readonly id: string;
  /** Who will own the project. */
  readonly accountId: string;
  readonly project: ProjectName;
  /** As `iss` has it. */
  readonly issuer: string;
  readonly claims: PublisherClaims;
  readonly ownerId: string | null;
  readonly expiresAt: Date;
}

interface Row {
  readonly id: string;
  readonly account_id: string;
  readonly project: ProjectName;
  readonly issuer: string;
  readonly claims: PublisherClaims;
  readonly owner_id: string | null;
  readonly expires_at: Date;
  readonly proof: Buffer;
}

export const pendingDays = 30;
/** As on PyPI: names are not to be kept for later by the dozen. */
export const maxPending = 3;
const columns = 'id, account_id, project, issuer, claims, owner_id, expires_at, proof';

/** Pending publishers. They keep no name: whoever makes the project first has it. A row counts with its proof alone. */
export class PendingPublishers {
  private readonly parts: PublisherParts;

  constructor(parts: PublisherParts) {
    this.parts = parts;
  }

  /** Those that are too old go first. The account's row is held: two at once are counted one after the other. */
  async add(
    sql: Sql,
    of: Pick<PendingPublisher, 'accountId' | 'project' | 'issuer' | 'claims' | 'ownerId'>,
  ): Promise<'added' | 'exists' | 'too many'> {
    const { clock, randomness } = this.parts;
    const nowMs = clock.nowMs();
    const { accountId, project, issuer, claims, ownerId } = of;
    await sql.query('SELECT 1 FROM auth.account WHERE id = $1 FOR UPDATE', [accountId]);
    await sql.query('DELETE FROM auth.pending_publisher WHERE account_id = $1 AND expires_at <= $2', [
      accountId,
      new Date(nowMs),
    ]);
    if ((await this.ofAccount(sql, accountId)).length >= maxPending) return 'too many';
    const id = uuidV4(randomness);
    const expiresAt = new Date(nowMs + pendingDays * 86_400_000);
    const { rowCount } = await sql.query(
      `INSERT INTO auth.pending_publisher
         (id, account_id, project, issuer, subject, identity, claims, owner_id, created_at, expires_at, proof)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       ON CONFLICT (account_id, project, issuer, identity) DO NOTHING`,
      [
        ...[id, accountId, project, issuer, subjectOf(claims), identityOf(claims), JSON.stringify(claims)],
        ...[ownerId, new Date(nowMs), expiresAt, this.proofOf({ ...of, id, expiresAt })],
      ],
    );
    return rowCount === 1 ? 'added' : 'exists';
  }

  async remove(sql: Sql, accountId: string, id: string): Promise<PendingPublisher | null> {
    const { rows } = await sql.query<Row>(
      `DELETE FROM auth.pending_publisher WHERE id = $1 AND account_id = $2 RETURNING ${columns}`,
      [id, accountId],
    );
    return this.genuine(rows)[0] ?? null;
  }

  async ofAccount(sql: Sql, accountId: string): Promise<readonly PendingPublisher[]> {
    const { rows } = await sql.query<Row>(
      `SELECT ${columns} FROM auth.pending_publisher
        WHERE account_id = $1 AND expires_at > $2 ORDER BY created_at, id`,
      [accountId, new Date(this.parts.clock.nowMs())],
    );
    return this.genuine(rows);
  }

  /** Of accounts that are not disabled, the oldest first; held until the transaction ends. */
  async ofSubject(sql: Sql, issuer: string, subject: string): Promise<readonly PendingPublisher[]> {
    const { rows } = await sql.query<Row>(
      `SELECT ${columns} FROM auth.pending_publisher p
        WHERE issuer = $1 AND subject = $2 AND expires_at > $3
          AND EXISTS (SELECT 1 FROM auth.account a WHERE a.id = p.account_id AND a.disabled_at IS NULL)
        ORDER BY created_at, id LIMIT 100 FOR UPDATE OF p`,
      [issuer, subject, new Date(this.parts.clock.nowMs())],
    );
    return this.genuine(rows);
  }

  private genuine(rows: readonly Row[]): PendingPublisher[] {
    return rows
      .map((row) => ({
        proof: row.proof,
        pending: {
          id: row.id,
          accountId: row.account_id,
          project: row.project,
          issuer: row.issuer,
          claims: row.claims,
          ownerId: row.owner_id,
          expiresAt: row.expires_at,
        },
      }))
      .filter(({ proof, pending }) => constantTimeEqual(proof, this.proofOf(pending)))
      .map(({ pending }) => pending);
  }

  private proofOf(of: PendingPublisher): Buffer {
    const stated = canonicalize(of.claims as unknown as JsonValue);
    const until = of.expiresAt.toISOString();
    const { id, accountId, project, issuer, ownerId } = of;
    return this.parts.vault.mac(
      'pending-publisher',
      id,
      accountId,
      project,
      issuer,
      stated,
      ownerId ?? '',
      until,
    );
  }
}
