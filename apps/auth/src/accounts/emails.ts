import type { Sql } from '@rind/database';
import { constantTimeEqual, uuidV4 } from '@rind/kernel';
import type { Clock, Randomness } from '@rind/kernel';
import type { Vault } from '../protection/vault.ts';

export interface EmailRow {
  readonly id: string;
  readonly accountId: string;
  readonly address: string;
  /** Whoever has the account was shown to read what is mailed there. */
  readonly verified: boolean;
}

export interface EmailsParts {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

interface StoredEmail {
  readonly id: string;
  readonly account_id: string;
  readonly address: string;
  readonly proof: Buffer | null;
}

/** Addresses of accounts. That one is verified is believed of a row only with its proof. */
export class Emails {
  private readonly parts: EmailsParts;

  constructor(parts: EmailsParts) {
    this.parts = parts;
  }

  async add(sql: Sql, accountId: string, address: string): Promise<EmailRow> {
    const { clock, randomness } = this.parts;
    const id = uuidV4(randomness);
    await sql.query(
      `INSERT INTO auth.email (id, account_id, address, is_primary, created_at) VALUES ($1, $2, $3, true, $4)`,
      [id, accountId, address, new Date(clock.nowMs())],
    );
    return { id, accountId, address, verified: false };
  }

  async ofAccount(sql: Sql, accountId: string): Promise<EmailRow | null> {
    const found =
      'SELECT id, account_id, address, proof FROM auth.email WHERE account_id = $1 AND is_primary';
    const { rows } = await sql.query<StoredEmail>(found, [accountId]);
    return rows[0] === undefined ? null : this.rowOf(rows[0]);
  }

  /** The verified holder of an address, whatever the case of its letters. */
  async holder(sql: Sql, address: string): Promise<EmailRow | null> {
    const { rows } = await sql.query<StoredEmail>(
      `SELECT id, account_id, address, proof FROM auth.email
        WHERE lower(address) = lower($1) AND verified_at IS NOT NULL`,
      [address],
    );
    const row = rows[0] === undefined ? null : this.rowOf(rows[0]);
    return row?.verified === true ? row : null;
  }

  /** False: somebody else has shown in the meantime that it is theirs. */
  async verify(sql: Sql, { id, accountId, address }: EmailRow): Promise<boolean> {
    const { rowCount } = await sql.query(
      `UPDATE auth.email e SET verified_at = $2, proof = $3 WHERE e.id = $1
          AND NOT EXISTS (SELECT 1 FROM auth.email o
                           WHERE lower(o.address) = lower(e.address) AND o.verified_at IS NOT NULL AND o.id <> e.id)`,
      [id, new Date(this.parts.clock.nowMs()), this.proofOf(accountId, address)],
    );
    return rowCount === 1;
  }

  private rowOf({ id, account_id: accountId, address, proof }: StoredEmail): EmailRow {
    const verified = proof !== null && constantTimeEqual(proof, this.proofOf(accountId, address));
    return { id, accountId, address, verified };
  }

  private proofOf(accountId: string, address: string): Buffer {
    return this.parts.vault.mac('email', accountId, address.toLowerCase());
  }
}
