import { canonicalize } from '@rind/canonical-json';
import type { Sql } from '@rind/database';
import { constantTimeEqual, uuidV4 } from '@rind/kernel';
import type { Clock, JsonValue, ProjectName, Randomness } from '@rind/kernel';
import type { Vault } from '../protection/vault.ts';
import { identityOf, subjectOf } from './publisher-claims.ts';
import type { PublisherClaims } from './publisher-claims.ts';

/** A workflow that a project trusts. */
export interface Publisher {
  readonly id: string;
  readonly projectId: string;
  readonly project: ProjectName;
  /** As `iss` has it. */
  readonly issuer: string;
  readonly claims: PublisherClaims;
  /** Number of the repository's owner or namespace; null as long as it was not learnt. */
  readonly ownerId: string | null;
  readonly createdAt: Date;
}

export interface PublisherParts {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

interface Row {
  readonly id: string;
  readonly project_id: string;
  readonly project: ProjectName;
  readonly issuer: string;
  readonly claims: PublisherClaims;
  readonly owner_id: string | null;
  readonly created_at: Date;
  readonly proof: Buffer;
}

/** Of one repository are looked at, the oldest first: whoever adds theirs later keeps nobody from publishing. */
const maxOfSubject = 1_000;
const columns = `p.id, p.project_id, pr.name AS project, p.issuer, p.claims, p.owner_id, p.created_at, p.proof`;
const tables = `auth.publisher p JOIN auth.project pr ON pr.id = p.project_id`;

/** Trusted publishers of projects. A row counts with its proof alone: a MAC over all that it vouches for. */
export class Publishers {
  private readonly parts: PublisherParts;

  constructor(parts: PublisherParts) {
    this.parts = parts;
  }

  /** Null: the project trusts it already. */
  async add(
    sql: Sql,
    of: Pick<Publisher, 'projectId' | 'issuer' | 'claims' | 'ownerId'>,
  ): Promise<string | null> {
    const { clock, randomness } = this.parts;
    const id = uuidV4(randomness);
    const { rowCount } = await sql.query(
      `INSERT INTO auth.publisher (id, project_id, issuer, subject, identity, claims, owner_id, created_at, proof)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (project_id, issuer, identity) DO NOTHING`,
      [
        id,
        of.projectId,
        of.issuer,
        subjectOf(of.claims),
        identityOf(of.claims),
        JSON.stringify(of.claims),
        of.ownerId,
        new Date(clock.nowMs()),
        this.proofOf({ ...of, id }),
      ],
    );
    return rowCount === 1 ? id : null;
  }

  /** Binds it to the owner that its first token named. */
  async pinOwner(sql: Sql, publisher: Publisher, ownerId: string): Promise<void> {
    await sql.query('UPDATE auth.publisher SET owner_id = $2, proof = $3 WHERE id = $1', [
      publisher.id,
      ownerId,
      this.proofOf({ ...publisher, ownerId }),
    ]);
  }

  /** Takes the trust away; null when there was none. A row that proves nothing goes as well, and is nobody's. */
  async remove(sql: Sql, projectId: string, id: string): Promise<Publisher | 'unproven' | null> {
    const { rows } = await sql.query<Row>(
      `SELECT ${columns} FROM ${tables} WHERE p.id = $1 AND p.project_id = $2 FOR UPDATE OF p`,
      [id, projectId],
    );
    const [row] = rows;
    if (row === undefined) return null;
    await sql.query('DELETE FROM auth.publisher WHERE id = $1', [id]);
    return this.genuine([row])[0] ?? 'unproven';
  }

  async ofProject(sql: Sql, projectId: string): Promise<readonly Publisher[]> {
    const { rows } = await sql.query<Row>(
      `SELECT ${columns} FROM ${tables} WHERE p.project_id = $1 ORDER BY p.created_at, p.id`,
      [projectId],
    );
    return this.genuine(rows);
  }

  /** Of all projects, the oldest first; held until the transaction ends. */
  async ofSubject(sql: Sql, issuer: string, subject: string): Promise<readonly Publisher[]> {
    const { rows } = await sql.query<Row>(
      `SELECT ${columns} FROM ${tables} WHERE p.issuer = $1 AND p.subject = $2
       ORDER BY p.created_at, p.id LIMIT $3 FOR UPDATE OF p`,
      [issuer, subject, maxOfSubject],
    );
    return this.genuine(rows);
  }

  /** Those of a token that are trusted still; in a transaction that a removal then waits for. */
  async stillTrusted(sql: Sql, ids: readonly string[]): Promise<readonly Publisher[]> {
    const { rows } = await sql.query<Row>(
      `SELECT ${columns} FROM ${tables} WHERE p.id = ANY($1::uuid[]) ORDER BY p.id FOR SHARE OF p`,
      [ids],
    );
    return this.genuine(rows);
  }

  /** Of those of a token, the one that the project trusts still; held like `stillTrusted`. */
  async trustedBy(sql: Sql, projectId: string, ids: readonly string[]): Promise<Publisher | null> {
    if (ids.length === 0) return null;
    const trusted = await this.stillTrusted(sql, ids);
    return trusted.find((one) => one.projectId === projectId) ?? null;
  }

  private genuine(rows: readonly Row[]): Publisher[] {
    return rows
      .map((row) => ({
        proof: row.proof,
        publisher: {
          id: row.id,
          projectId: row.project_id,
          project: row.project,
          issuer: row.issuer,
          claims: row.claims,
          ownerId: row.owner_id,
          createdAt: row.created_at,
        },
      }))
      .filter(({ proof, publisher }) => constantTimeEqual(proof, this.proofOf(publisher)))
      .map(({ publisher }) => publisher);
  }

  private proofOf({
    id,
    projectId,
    issuer,
    claims,
    ownerId,
  }: Pick<Publisher, 'id' | 'projectId' | 'issuer' | 'claims' | 'ownerId'>): Buffer {
    const stated = canonicalize(claims as unknown as JsonValue);
    return this.parts.vault.mac('publisher', id, projectId, issuer, stated, ownerId ?? '');
  }
}
