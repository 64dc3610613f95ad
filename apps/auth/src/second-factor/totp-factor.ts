import type { Sql } from '@rind/database';
import { fromUtf8, utf8, uuidV4 } from '@rind/kernel';
import type { Clock, Randomness } from '@rind/kernel';
import type { Vault } from '../protection/vault.ts';
import { checkCode } from './totp.ts';
import type { CodeCheck } from './totp.ts';

export interface TotpFactorParts {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

/** Why a code is not taken. `reused`: it, or a later one, counted already. */
export type CodeOutcome = 'ok' | 'wrong' | 'reused' | { readonly offSeconds: number };

interface StoredTotp {
  readonly id: string;
  readonly sealed: Buffer;
}

/** The authenticator app of an account; one at most. */
export class TotpFactor {
  private readonly parts: TotpFactorParts;

  constructor(parts: TotpFactorParts) {
    this.parts = parts;
  }

  async isEnrolled(sql: Sql, accountId: string): Promise<boolean> {
    return (await this.find(sql, accountId)) !== null;
  }

  /** Whether the secret is one that was set up with us, for this account. */
  async isGenuine(sql: Sql, accountId: string): Promise<boolean> {
    const stored = await this.find(sql, accountId);
    if (stored === null) return false;
    try {
      this.parts.vault.open('totp', accountId, stored.sealed);
      return true;
    } catch {
      return false;
    }
  }

  /** The code that was typed to enrol counts as used. Null when an app is enrolled already. */
  async enrol(sql: Sql, accountId: string, secret: string, step: number): Promise<boolean> {
    const { vault, clock, randomness } = this.parts;
    const { rowCount } = await sql.query(
      `INSERT INTO auth.totp (id, account_id, sealed, enrolled_at, last_step) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (account_id) WHERE removed_at IS NULL DO NOTHING`,
      [
        uuidV4(randomness),
        accountId,
        vault.seal('totp', accountId, utf8(secret)),
        new Date(clock.nowMs()),
        step,
      ],
    );
    return rowCount === 1;
  }

  /** Checks a code and uses its time step up: of many at once one is `ok`. */
  async use(sql: Sql, accountId: string, typed: string): Promise<CodeOutcome> {
    const { vault, clock } = this.parts;
    const stored = await this.find(sql, accountId);
    if (stored === null) return 'wrong';
    const secret = fromUtf8(vault.open('totp', accountId, stored.sealed));
    const check: CodeCheck = checkCode(secret, typed, Math.floor(clock.nowMs() / 1_000));
    if (!check.ok) return check.offSeconds === null ? 'wrong' : { offSeconds: check.offSeconds };
    const { rowCount } = await sql.query(
      'UPDATE auth.totp SET last_step = $2 WHERE id = $1 AND last_step < $2 AND removed_at IS NULL',
      [stored.id, check.step],
    );
    return rowCount === 1 ? 'ok' : 'reused';
  }

  async remove(sql: Sql, accountId: string): Promise<boolean> {
    const { rowCount } = await sql.query(
      'UPDATE auth.totp SET removed_at = $2 WHERE account_id = $1 AND removed_at IS NULL',
      [accountId, new Date(this.parts.clock.nowMs())],
    );
    return rowCount === 1;
  }

  private async find(sql: Sql, accountId: string): Promise<StoredTotp | null> {
    const { rows } = await sql.query<StoredTotp>(
      'SELECT id, sealed FROM auth.totp WHERE account_id = $1 AND removed_at IS NULL',
      [accountId],
    );
    return rows[0] ?? null;
  }
}
