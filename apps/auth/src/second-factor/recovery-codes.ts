import type { Sql } from '@rind/database';
import type { Clock, Randomness } from '@rind/kernel';
import type { Vault } from '../protection/vault.ts';

export interface RecoveryCodesParts {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

export interface RecoveryCodesState {
  /** Codes of the set that are still good. */
  readonly left: number;
  /** One of the set was used: its owner has it somewhere. */
  readonly proven: boolean;
}

const codesPerSet = 8;
const codeBytes = 10;
/** No letter that looks like another (Crockford's base32 without its check digit). */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** Eight codes that stand for a lost second factor: shown once, kept as MACs, each good once. */
export class RecoveryCodes {
  private readonly parts: RecoveryCodesParts;

  constructor(parts: RecoveryCodesParts) {
    this.parts = parts;
  }

  /** A new set; the one before is worth nothing from then on. */
  async renew(sql: Sql, accountId: string): Promise<readonly string[]> {
    const { clock } = this.parts;
    const now = new Date(clock.nowMs());
    const codes = Array.from({ length: codesPerSet }, () => this.newCode());
    await sql.query(
      'UPDATE auth.recovery_code SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL',
      [accountId, now],
    );
    await sql.query(
      'INSERT INTO auth.recovery_code (id, account_id, made_at) SELECT id, $2, $3 FROM unnest($1::bytea[]) AS id',
      [codes.map((code) => this.idOf(accountId, code)), accountId, now],
    );
    return codes;
  }

  /** Burns a code; of many at once one succeeds. */
  async use(sql: Sql, accountId: string, typed: string): Promise<boolean> {
    const code = typed.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');
    if (!/^[0-9a-z]{16}$/.test(code)) return false;
    const { rowCount } = await sql.query(
      `UPDATE auth.recovery_code SET used_at = $3
        WHERE id = $1 AND account_id = $2 AND used_at IS NULL AND ended_at IS NULL`,
      [this.idOf(accountId, code), accountId, new Date(this.parts.clock.nowMs())],
    );
    return rowCount === 1;
  }

  async state(sql: Sql, accountId: string): Promise<RecoveryCodesState> {
    const { rows } = await sql.query<{ left: string; used: string }>(
      `SELECT count(*) FILTER (WHERE used_at IS NULL) AS left, count(used_at) AS used
         FROM auth.recovery_code WHERE account_id = $1 AND ended_at IS NULL`,
      [accountId],
    );
    return { left: Number(rows[0]!.left), proven: Number(rows[0]!.used) > 0 };
  }

  /** 80 bits in 16 letters and digits, in groups of four. */
  private newCode(): string {
    const bytes = this.parts.randomness.bytes(codeBytes);
    const bits = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
    const letters = Array.from(
      { length: 16 },
      (_, i) => alphabet[Number((bits >> BigInt(75 - 5 * i)) & 31n)]!,
    );
    return letters.join('').replace(/(.{4})(?=.)/g, '$1-');
  }

  private idOf(accountId: string, code: string): Buffer {
    return this.parts.vault.mac('recovery-code', accountId, code.replaceAll('-', ''));
  }
}
