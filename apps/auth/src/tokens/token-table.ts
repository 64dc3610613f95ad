import type { Sql } from '@rind/database';
import type { JsonValue } from '@rind/kernel';
import type { Account } from '../accounts/account-table.ts';

/** Whom a token was given to: an account, or publishers of which a project has to trust one. */
export type TokenHolder =
  | { readonly account: Account; readonly publisherIds: null }
  | { readonly account: null; readonly publisherIds: readonly string[] };

/** A token's row with its holder. */
export interface StoredToken {
  readonly id: string;
  readonly holder: TokenHolder;
  readonly description: string;
  readonly sealedKey: Uint8Array;
  /** The caveats it was minted with, as JSON arrays. */
  readonly caveats: readonly JsonValue[];
  readonly revoked: boolean;
}

/** Whether a text can be the id of a row. */
export function isTokenId(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(text);
}

export async function findToken(sql: Sql, id: string): Promise<StoredToken | undefined> {
  const { rows } = await sql.query<{
    id: string;
    sealed_key: Buffer;
    caveats: readonly JsonValue[];
    revoked: boolean;
    description: string;
    publisher_ids: readonly string[];
    account_id: string | null;
    username: string | null;
    disabled: boolean;
  }>(
    `SELECT t.id, t.sealed_key, t.caveats, t.revoked_at IS NOT NULL AS revoked, t.description, t.publisher_ids,
            a.id AS account_id, a.username, a.disabled_at IS NOT NULL AS disabled
     FROM auth.token t LEFT JOIN auth.account a ON a.id = t.account_id WHERE t.id = $1`,
    [id],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    id: row.id,
    holder:
      row.account_id === null
        ? { account: null, publisherIds: row.publisher_ids }
        : {
            account: { id: row.account_id, username: row.username!, disabled: row.disabled },
            publisherIds: null,
          },
    description: row.description,
    sealedKey: new Uint8Array(row.sealed_key),
    caveats: row.caveats,
    revoked: row.revoked,
  };
}

export async function insertToken(
  sql: Sql,
  token: {
    readonly id: string;
    /** Of an account, or ids of publishers. */
    readonly holder: { readonly accountId: string } | { readonly publisherIds: readonly string[] };
    readonly description: string;
    readonly sealedKey: Uint8Array;
    readonly caveats: readonly JsonValue[];
    readonly createdAt: Date;
  },
): Promise<void> {
  await sql.query(
    `INSERT INTO auth.token (id, account_id, publisher_ids, description, sealed_key, caveats, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      token.id,
      'accountId' in token.holder ? token.holder.accountId : null,
      'accountId' in token.holder ? [] : token.holder.publisherIds,
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

/** A token as its owner sees it. */
export interface ListedToken {
  readonly id: string;
  readonly description: string;
  /** The caveats it was made with, as JSON arrays. */
  readonly caveats: readonly JsonValue[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/** Those that were not revoked, the newest first. */
export async function listTokens(
  sql: Sql,
  accountId: string,
  limit: number,
): Promise<readonly ListedToken[]> {
  const { rows } = await sql.query<{
    id: string;
    description: string;
    caveats: readonly JsonValue[];
    created_at: Date;
    last_used_at: Date | null;
  }>(
    `SELECT id, description, caveats, created_at, last_used_at FROM auth.token
      WHERE account_id = $1 AND revoked_at IS NULL ORDER BY created_at DESC, id LIMIT $2`,
    [accountId, limit],
  );
  return rows.map(({ created_at, last_used_at, ...row }) => ({
    ...row,
    createdAt: created_at,
    lastUsedAt: last_used_at,
  }));
}

export async function hasLiveToken(sql: Sql, accountId: string, description: string): Promise<boolean> {
  const { rows } = await sql.query(
    'SELECT 1 FROM auth.token WHERE account_id = $1 AND description = $2 AND revoked_at IS NULL LIMIT 1',
    [accountId, description],
  );
  return rows.length > 0;
}

/** Answers the description; null when it was revoked before, or is none of `accountId`'s where that is given. */
export async function revokeToken(
  sql: Sql,
  id: string,
  at: Date,
  accountId: string | null = null,
): Promise<string | null> {
  const { rows } = await sql.query<{ description: string }>(
    `UPDATE auth.token SET revoked_at = $2
      WHERE id = $1 AND revoked_at IS NULL AND ($3::uuid IS NULL OR account_id = $3) RETURNING description`,
    [id, at, accountId],
  );
  return rows[0]?.description ?? null;
}
