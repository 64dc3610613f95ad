import type { Sql } from '@rind/database';
import type { JsonValue } from '@rind/kernel';
import type { Account } from '../accounts/account-table.ts';

/** A token's row with its account. */
export interface StoredToken {
  readonly id: string;
  readonly account: Account;
  readonly sealedKey: Uint8Array;
  /** The caveats it was minted with, as JSON arrays. */
  readonly caveats: readonly JsonValue[];
  readonly revoked: boolean;
}

export async function findToken(sql: Sql, id: string): Promise<StoredToken | undefined> {
  const { rows } = await sql.query<{
    id: string;
    sealed_key: Buffer;
    caveats: readonly JsonValue[];
    revoked: boolean;
    account_id: string;
    username: string;
    disabled: boolean;
  }>(
    `SELECT t.id, t.sealed_key, t.caveats, t.revoked_at IS NOT NULL AS revoked,
            a.id AS account_id, a.username, a.disabled_at IS NOT NULL AS disabled
     FROM auth.token t JOIN auth.account a ON a.id = t.account_id WHERE t.id = $1`,
    [id],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    id: row.id,
    account: { id: row.account_id, username: row.username, disabled: row.disabled },
    sealedKey: new Uint8Array(row.sealed_key),
    caveats: row.caveats,
    revoked: row.revoked,
  };
}

export async function insertToken(
  sql: Sql,
  token: {
    readonly id: string;
    readonly accountId: string;
    readonly description: string;
    readonly sealedKey: Uint8Array;
    readonly caveats: readonly JsonValue[];
    readonly createdAt: Date;
  },
): Promise<void> {
  await sql.query(
    `INSERT INTO auth.token (id, account_id, description, sealed_key, caveats, created_at)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [
      token.id,
      token.accountId,
      token.description,
      Buffer.from(token.sealedKey),
      JSON.stringify(token.caveats),
      token.createdAt,
    ],
  );
}

const usedAgainSeconds = 60;

/** Remembers that a token was used, to the minute: a burst of uploads is one write. */
export async function touchToken(sql: Sql, id: string, now: Date): Promise<void> {
  await sql.query(
    `UPDATE auth.token SET last_used_at = $2
     WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2::timestamptz - make_interval(secs => $3))`,
    [id, now, usedAgainSeconds],
  );
}
