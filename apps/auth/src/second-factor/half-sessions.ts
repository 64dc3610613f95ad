import type { Sql } from '@rind/database';
import type { Clock, Randomness } from '@rind/kernel';
import { newSecret, readSecret } from '../protection/bearer-secret.ts';
import type { Vault } from '../protection/vault.ts';

export interface HalfSessionsParts {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

export interface HalfSession {
  readonly id: Buffer;
  readonly accountId: string;
}

export const halfSessionSeconds = 600;

/** People who have given their password and owe the second factor. Their cookie opens nothing but the form for it. */
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
    const { rows } = await sql.query(
      `SELECT 1 FROM auth.half_session h JOIN auth.account a ON a.id = h.account_id
        WHERE h.id = $1 AND h.account_id = $2 AND h.ended_at IS NULL AND h.expires_at > $3 AND a.disabled_at IS NULL`,
      [id, secret.subject, new Date(this.parts.clock.nowMs())],
    );
    return rows.length === 0 ? null : { id, accountId: secret.subject };
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
}
