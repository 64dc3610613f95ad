import type { Sql } from '@rind/database';
import type { Clock } from '@rind/kernel';
import { AuthError } from '../errors.ts';
import type { Vault } from '../protection/vault.ts';

/** `burst` at once, then one each `everyMs`. */
interface Rate {
  readonly burst: number;
  readonly everyMs: number;
}

/**
 * What may be tried how often. Nothing that a stranger can do is counted for a person alone but mails to them: from
 * another address a person can always still sign in, whatever somebody else tries in their name.
 */
const rates = {
  'sign-in/user-from-address': { burst: 10, everyMs: 60_000 },
  'sign-in/address': { burst: 60, everyMs: 10_000 },
  'sign-in/everybody': { burst: 2_000, everyMs: 50 },
  'second-factor/account-from-address': { burst: 10, everyMs: 60_000 },
  // Six digits must not be found by trying from everywhere; who has the password can hold its owner up here, until
  // the owner has another one mailed.
  'second-factor/account': { burst: 30, everyMs: 300_000 },
  'passkey/asked': { burst: 30, everyMs: 20_000 },
  'sign-up/address': { burst: 20, everyMs: 300_000 },
  // Machines that build come from few addresses, and many at once.
  'oidc/address': { burst: 300, everyMs: 200 },
  'disclosure/address': { burst: 60, everyMs: 1_000 },
  'publisher/account': { burst: 50, everyMs: 900_000 },
  // The meter beside a new password asks for each pause in typing.
  'strength/address': { burst: 60, everyMs: 500 },
  'mail/to': { burst: 5, everyMs: 600_000 },
  // Only whoever has given the password, and a code where one is asked for, can use it up.
  'mail/device': { burst: 5, everyMs: 600_000 },
  'mail/token-address': { burst: 3, everyMs: 12 * 3_600_000 },
  'mail/by-address': { burst: 20, everyMs: 60_000 },
} as const satisfies Record<string, Rate>;

export type RateName = keyof typeof rates;

/** One of several things that are counted for one act. */
export type Counted = readonly [RateName, ...string[]];

export interface RatesParts {
  readonly sql: Sql;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** Limits that all processes of auth share (GCRA: one row a key, one statement an act). */
export class Rates {
  private readonly parts: RatesParts;

  constructor(parts: RatesParts) {
    this.parts = parts;
  }

  /** Counts an act; false when one of its limits is reached. What cannot be counted is an error, and does not happen. */
  async take(...counted: readonly Counted[]): Promise<boolean> {
    for (const one of counted) if (!(await this.takeOne(one))) return false;
    return true;
  }

  /** Counts in a transaction: what is rolled back was not counted. */
  within(sql: Sql): Rates {
    return new Rates({ ...this.parts, sql });
  }

  /** The act came out well: it was nobody's guess. */
  async giveBack(...counted: readonly Counted[]): Promise<void> {
    for (const [name, ...subject] of counted) {
      await this.parts.sql.query(
        `UPDATE auth.rate SET used_to = used_to - make_interval(secs => $2) WHERE key = $1`,
        [this.keyOf(name, subject), rates[name].everyMs / 1_000],
      );
    }
  }

  private async takeOne([name, ...subject]: Counted): Promise<boolean> {
    const { sql, clock } = this.parts;
    const { burst, everyMs } = rates[name];
    const nowMs = clock.nowMs();
    const { rows } = await sql.query(
      `INSERT INTO auth.rate AS r (key, used_to) VALUES ($1, $2::timestamptz + make_interval(secs => $3))
       ON CONFLICT (key) DO UPDATE SET used_to = greatest(r.used_to, $2) + make_interval(secs => $3)
         WHERE r.used_to <= $4
       RETURNING 1`,
      [this.keyOf(name, subject), new Date(nowMs), everyMs / 1_000, new Date(nowMs + (burst - 1) * everyMs)],
    );
    return rows.length > 0;
  }

  private keyOf(name: RateName, subject: readonly string[]): Buffer {
    return this.parts.vault.mac('rate', name, ...subject);
  }
}

export function tooMany(): AuthError {
  return new AuthError('rate.exceeded', 'too many tries; wait some minutes', {});
}
