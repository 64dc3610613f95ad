import type { Sql } from '@rind/database';
import { constantTimeEqual } from '@rind/kernel';
import type { Clock, Randomness } from '@rind/kernel';
import { newSecret, readSecret } from '../protection/bearer-secret.ts';
import type { Vault } from '../protection/vault.ts';
import type { Visitor } from '../sessions/sessions.ts';

export interface ListedDevice {
  /** Of its row; worth nothing to whoever reads it. */
  readonly id: Buffer;
  readonly current: boolean;
  readonly knownSince: Date;
  readonly seenAt: Date;
  readonly address: string;
  readonly agent: string;
}

export interface DevicesParts {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

interface StoredDevice {
  readonly expires_at: Date;
  readonly proof: Buffer | null;
}

export const deviceSeconds = 90 * 24 * 3_600;
const mostListed = 50;

/**
 * Browsers that an account was signed in with, each known by a cookie. Being known stands in for no factor: it only
 * spares the mail that asks about a sign-in from somewhere new.
 */
export class Devices {
  private readonly parts: DevicesParts;

  constructor(parts: DevicesParts) {
    this.parts = parts;
  }

  async isKnown(sql: Sql, accountId: string, cookie: string | null): Promise<boolean> {
    return (await this.find(sql, accountId, cookie)) !== null;
  }

  /** Renews what is known, makes known what is not. Answers the cookie. */
  async remember(sql: Sql, accountId: string, cookie: string | null, visitor: Visitor): Promise<string> {
    const { clock, randomness } = this.parts;
    const now = new Date(clock.nowMs());
    const expiresAt = new Date(now.getTime() + deviceSeconds * 1_000);
    const { address, agent } = visitor;
    const known = await this.find(sql, accountId, cookie);
    if (known !== null && cookie !== null) {
      const { rowCount } = await sql.query(
        `UPDATE auth.device SET seen_at = $2, expires_at = $3, address = $4, agent = $5, proof = $6
          WHERE id = $1 AND ended_at IS NULL`,
        [known, now, expiresAt, address, agent, this.proofOf(known, accountId, expiresAt)],
      );
      if (rowCount === 1) return cookie;
    }
    const secret = newSecret(accountId, randomness);
    const id = this.idOf(secret.text);
    await sql.query(
      `INSERT INTO auth.device (id, account_id, created_at, seen_at, expires_at, address, agent, proof)
       VALUES ($1, $2, $3, $3, $4, $5, $6, $7)`,
      [id, accountId, now, expiresAt, address, agent, this.proofOf(id, accountId, expiresAt)],
    );
    return secret.text;
  }

  /** The ones seen last first. @param cookie of the browser that asks */
  async list(sql: Sql, accountId: string, cookie: string | null): Promise<ListedDevice[]> {
    const current = await this.find(sql, accountId, cookie);
    const { rows } = await sql.query<{
      id: Buffer;
      created_at: Date;
      seen_at: Date;
      address: string;
      agent: string;
    }>(
      `SELECT id, created_at, seen_at, address, agent FROM auth.device
        WHERE account_id = $1 AND ended_at IS NULL AND expires_at > $2 ORDER BY seen_at DESC LIMIT $3`,
      [accountId, new Date(this.parts.clock.nowMs()), mostListed],
    );
    return rows.map(({ id, created_at: knownSince, seen_at: seenAt, address, agent }) => {
      return { id, current: current?.equals(id) === true, knownSince, seenAt, address, agent };
    });
  }

  /** What it was, or null: the account has no such device. */
  async forget(sql: Sql, accountId: string, id: Buffer): Promise<Visitor | null> {
    const { rows } = await sql.query<Visitor>(
      `UPDATE auth.device SET ended_at = $3, proof = NULL
        WHERE id = $1 AND account_id = $2 AND ended_at IS NULL RETURNING address, agent`,
      [id, accountId, new Date(this.parts.clock.nowMs())],
    );
    return rows[0] ?? null;
  }

  /** Answers how many. @param but the cookie of one that stays known */
  async forgetAll(sql: Sql, accountId: string, but: string | null): Promise<number> {
    const { rowCount } = await sql.query(
      `UPDATE auth.device SET ended_at = $2, proof = NULL
        WHERE account_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $3`,
      [accountId, new Date(this.parts.clock.nowMs()), but === null ? null : this.idOf(but)],
    );
    return rowCount ?? 0;
  }

  private async find(sql: Sql, accountId: string, cookie: string | null): Promise<Buffer | null> {
    if (cookie === null || readSecret(cookie)?.subject !== accountId) return null;
    const id = this.idOf(cookie);
    const { rows } = await sql.query<StoredDevice>(
      `SELECT expires_at, proof FROM auth.device
        WHERE id = $1 AND account_id = $2 AND ended_at IS NULL AND expires_at > $3`,
      [id, accountId, new Date(this.parts.clock.nowMs())],
    );
    const row = rows[0];
    if (row === undefined || row.proof === null) return null;
    return constantTimeEqual(row.proof, this.proofOf(id, accountId, row.expires_at)) ? id : null;
  }

  private idOf(cookie: string): Buffer {
    return this.parts.vault.mac('device', cookie);
  }

  private proofOf(id: Buffer, accountId: string, expiresAt: Date): Buffer {
    return this.parts.vault.mac('device-proof', id, accountId, String(expiresAt.getTime()));
  }
}
