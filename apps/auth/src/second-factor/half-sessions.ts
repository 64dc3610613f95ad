import type { Sql } from '@rind/database';
import { fromUtf8, toHex, utf8 } from '@rind/kernel';
import type { Clock, Randomness } from '@rind/kernel';
import { newSecret, readSecret } from '../protection/bearer-secret.ts';
import type { Vault } from '../protection/vault.ts';

export interface HalfSessionsParts {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

/** A sign-in whose second factor was right, from a device that the account does not know. */
export interface WaitingSignIn {
  /** IP address. */
  readonly address: string;
  /** As of {@link Visitor}. */
  readonly agent: string;
  /** When the second factor was proven; milliseconds since 1970. */
  readonly atMs: number;
  /** Where it leads. */
  readonly next: string;
}

export interface HalfSession {
  readonly id: Buffer;
  readonly accountId: string;
  /** What waits for a mailed link; null while the second factor is owed. */
  readonly waiting: WaitingSignIn | null;
}

export const halfSessionSeconds = 600;
/** For which half a session waits for the link that was mailed. */
export const waitingSeconds = 1_800;

/** People who have given their password and owe the second factor, or its confirmation by mail. Their cookie opens nothing but the forms for it. */
export class HalfSessions {
  private readonly parts: HalfSessionsParts;

  constructor(parts: HalfSessionsParts) {
    this.parts = parts;
  }

  /** Answers the cookie. */
  async begin(sql: Sql, accountId: string): Promise<string> {
    const { vault, clock, randomness } = this.parts;
    const secret = newSecret(accountId, randomness);
    const nowMs = clock.nowMs();
    await sql.query(
      'INSERT INTO auth.half_session (id, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)',
      [
        vault.mac('half-session', secret.text),
        accountId,
        new Date(nowMs),
        new Date(nowMs + halfSessionSeconds * 1_000),
      ],
    );
    return secret.text;
  }

  async find(sql: Sql, cookie: string): Promise<HalfSession | null> {
    const secret = readSecret(cookie);
    if (secret === null) return null;
    const id = this.parts.vault.mac('half-session', secret.text);
    const nowMs = this.parts.clock.nowMs();
    const { rows } = await sql.query<{ waiting: Buffer | null }>(
      `SELECT h.waiting FROM auth.half_session h JOIN auth.account a ON a.id = h.account_id
        WHERE h.id = $1 AND h.account_id = $2 AND h.ended_at IS NULL AND h.expires_at > $3 AND a.disabled_at IS NULL`,
      [id, secret.subject, new Date(nowMs)],
    );
    if (rows[0] === undefined) return null;
    const waiting = rows[0].waiting === null ? null : this.readWaiting(id, rows[0].waiting);
    // By the time that is encrypted: the one in the table can be written.
    if (waiting !== null && waiting.atMs + waitingSeconds * 1_000 <= nowMs) return null;
    return { id, accountId: secret.subject, waiting };
  }

  /** The second factor was right. False: it waits already, or has ended. */
  async wait(sql: Sql, { id }: HalfSession, signIn: WaitingSignIn): Promise<boolean> {
    const sealed = this.parts.vault.seal('half-session-waiting', toHex(id), utf8(JSON.stringify(signIn)));
    const { rowCount } = await sql.query(
      `UPDATE auth.half_session SET waiting = $2, expires_at = $3
        WHERE id = $1 AND ended_at IS NULL AND waiting IS NULL`,
      [id, sealed, new Date(signIn.atMs + waitingSeconds * 1_000)],
    );
    return rowCount === 1;
  }

  /** False: somebody else was faster, with the same cookie. */
  async end(sql: Sql, { id }: HalfSession): Promise<boolean> {
    const { rowCount } = await sql.query(
      'UPDATE auth.half_session SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL',
      [id, new Date(this.parts.clock.nowMs())],
    );
    return rowCount === 1;
  }

  /** When the password changes, nobody is half-way in any more. */
  async endAll(sql: Sql, accountId: string): Promise<void> {
    await sql.query('UPDATE auth.half_session SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL', [
      accountId,
      new Date(this.parts.clock.nowMs()),
    ]);
  }

  private readWaiting(id: Buffer, sealed: Buffer): WaitingSignIn {
    const text = fromUtf8(this.parts.vault.open('half-session-waiting', toHex(id), sealed));
    return JSON.parse(text) as WaitingSignIn;
  }
}
