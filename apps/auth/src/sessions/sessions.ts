import type { Sql } from '@rind/database';
import type { Clock, Randomness } from '@rind/kernel';
import { newSecret, readSecret } from '../protection/bearer-secret.ts';
import type { Vault } from '../protection/vault.ts';
import { readProof, storedProof, sudoSeconds } from './identity-proof.ts';
import type { StoredProof } from './identity-proof.ts';

/** Whoever sends a request: where from, and with what. */
export interface Visitor {
  /** IP address. */
  readonly address: string;
  /** User-Agent, cut to 200 characters of printable ASCII. */
  readonly agent: string;
}

/** Whoever signs in. */
export interface Arrival extends Visitor {
  /** The cookie that says which device it is; null where there is none. */
  readonly device: string | null;
}

/** The cookies of somebody who has signed in. */
export interface SignedIn {
  readonly cookie: string;
  /** Of the device, when it is known from now on. */
  readonly device: string | null;
}

/** Somebody who is signed in. */
export interface Person {
  readonly accountId: string;
  readonly username: string;
  /** Of the session; worth nothing to whoever reads it. */
  readonly sessionId: Buffer;
  /** Whether they proved who they are within the last 30 minutes: what is sensitive asks for that. */
  readonly sudo: boolean;
  /** Whether a second factor was part of that proof. */
  readonly sudoByFactor: boolean;
}

/** What somebody signed in with. */
export type SignedInBy = 'password' | 'second-factor';

export interface ListedSession {
  readonly current: boolean;
  readonly beganAt: Date;
  readonly seenAt: Date;
  readonly address: string;
  readonly agent: string;
}

export interface SessionsParts {
  readonly sql: Sql;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

export const sessionSeconds = 12 * 3_600;
const seenEverySeconds = 60;

/** Sessions of the web pages. A cookie is 32 bytes of chance; what is stored of it opens nothing. */
export class Sessions {
  private readonly parts: SessionsParts;

  constructor(parts: SessionsParts) {
    this.parts = parts;
  }

  /**
   * Answers the cookie: always a new one, so that nobody can have fixed it before. Signing in is a proof of who it is.
   * @param provenAtMs when that was, where it was not just now; milliseconds since 1970
   */
  async begin(
    sql: Sql,
    accountId: string,
    visitor: Visitor,
    by: SignedInBy,
    provenAtMs = this.parts.clock.nowMs(),
  ): Promise<string> {
    const { vault, clock, randomness } = this.parts;
    const secret = newSecret(accountId, randomness);
    const nowMs = clock.nowMs();
    const sessionId = vault.mac('session', secret.text);
    const proof = { provenAtMs, factorAtMs: by === 'second-factor' ? provenAtMs : null };
    await sql.query(
      `INSERT INTO auth.session
         (id, account_id, created_at, seen_at, expires_at, address, agent, proven_at, factor_at, proof)
       VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9)`,
      [
        sessionId,
        accountId,
        new Date(nowMs),
        new Date(nowMs + sessionSeconds * 1_000),
        visitor.address,
        visitor.agent,
        ...storedProof(vault, { sessionId, accountId }, proof),
      ],
    );
    return secret.text;
  }

  /** Null unless the cookie is of a session that goes on, of the account that the cookie itself names. */
  async find(cookie: string): Promise<Person | null> {
    const secret = readSecret(cookie);
    if (secret === null) return null;
    const { sql, vault, clock } = this.parts;
    const sessionId = vault.mac('session', secret.text);
    const now = new Date(clock.nowMs());
    const { rows } = await sql.query<{ username: string; stale: boolean } & StoredProof>(
      `SELECT a.username, s.proven_at, s.factor_at, s.proof, s.seen_at < $3::timestamptz - make_interval(secs => $4) AS stale
         FROM auth.session s JOIN auth.account a ON a.id = s.account_id
        WHERE s.id = $1 AND s.account_id = $2 AND s.ended_at IS NULL AND s.expires_at > $3
          AND a.disabled_at IS NULL`,
      [sessionId, secret.subject, now, seenEverySeconds],
    );
    const row = rows[0];
    if (row === undefined) return null;
    if (row.stale) await sql.query('UPDATE auth.session SET seen_at = $2 WHERE id = $1', [sessionId, now]);
    const accountId = secret.subject;
    const proof = readProof(vault, { sessionId, accountId }, row);
    const sinceMs = now.getTime() - sudoSeconds * 1_000;
    return {
      accountId,
      username: row.username,
      sessionId,
      sudo: proof !== null && proof.provenAtMs > sinceMs,
      sudoByFactor: proof !== null && proof.factorAtMs !== null && proof.factorAtMs > sinceMs,
    };
  }

  /** Somebody has proven again who they are. False: the session has ended meanwhile. */
  async prove(sql: Sql, session: Pick<Person, 'sessionId' | 'accountId'>, by: SignedInBy): Promise<boolean> {
    const nowMs = this.parts.clock.nowMs();
    const proof = { provenAtMs: nowMs, factorAtMs: by === 'second-factor' ? nowMs : null };
    const { rowCount } = await sql.query(
      'UPDATE auth.session SET proven_at = $2, factor_at = $3, proof = $4 WHERE id = $1 AND ended_at IS NULL',
      [session.sessionId, ...storedProof(this.parts.vault, session, proof)],
    );
    return rowCount === 1;
  }

  /** When the account last proved a second factor in a session that goes on; milliseconds since 1970. */
  async lastFactorMs(sql: Sql, accountId: string): Promise<number | null> {
    const { vault, clock } = this.parts;
    const { rows } = await sql.query<StoredProof & { id: Buffer }>(
      `SELECT id, proven_at, factor_at, proof FROM auth.session
        WHERE account_id = $1 AND factor_at IS NOT NULL AND ended_at IS NULL AND expires_at > $2
        ORDER BY factor_at DESC LIMIT 20`,
      [accountId, new Date(clock.nowMs())],
    );
    for (const row of rows) {
      const proof = readProof(vault, { sessionId: row.id, accountId }, row);
      if (typeof proof?.factorAtMs === 'number') return proof.factorAtMs;
    }
    return null;
  }

  async end(sql: Sql, sessionId: Buffer): Promise<void> {
    await sql.query('UPDATE auth.session SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL', [
      sessionId,
      new Date(this.parts.clock.nowMs()),
    ]);
  }

  /** Answers how many. @param but a session that goes on */
  async endAll(sql: Sql, accountId: string, but: Buffer | null): Promise<number> {
    const { rowCount } = await sql.query(
      `UPDATE auth.session SET ended_at = $2
        WHERE account_id = $1 AND ended_at IS NULL AND expires_at > $2 AND id IS DISTINCT FROM $3`,
      [accountId, new Date(this.parts.clock.nowMs()), but],
    );
    return rowCount ?? 0;
  }

  async list({ accountId, sessionId }: Person): Promise<ListedSession[]> {
    const { rows } = await this.parts.sql.query<{
      current: boolean;
      created_at: Date;
      seen_at: Date;
      address: string;
      agent: string;
    }>(
      `SELECT id = $2 AS current, created_at, seen_at, address, agent FROM auth.session
        WHERE account_id = $1 AND ended_at IS NULL AND expires_at > $3 ORDER BY seen_at DESC LIMIT 50`,
      [accountId, sessionId, new Date(this.parts.clock.nowMs())],
    );
    return rows.map((row) => ({
      current: row.current,
      beganAt: row.created_at,
      seenAt: row.seen_at,
      address: row.address,
      agent: row.agent,
    }));
  }
}
