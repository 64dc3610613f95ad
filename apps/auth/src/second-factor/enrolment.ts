import type { Sql } from '@rind/database';
import type { PasskeyFactor } from './passkey-factor.ts';
import type { TotpFactor } from './totp-factor.ts';

/** Which factors an account has beside its password; recovery codes only stand in for them. */
export interface EnrolledFactors {
  readonly totp: boolean;
  readonly passkeys: boolean;
}

interface Factors {
  readonly totp: TotpFactor;
  readonly passkeys: PasskeyFactor;
}

export async function enrolledFactors(
  { totp, passkeys }: Factors,
  sql: Sql,
  accountId: string,
): Promise<EnrolledFactors> {
  return {
    totp: await totp.isEnrolled(sql, accountId),
    passkeys: await passkeys.isEnrolled(sql, accountId),
  };
}

/**
 * Whether signing in takes more than the password: the one place where that is said. A row that was tampered with
 * counts: it opens nothing, and must not make a password enough.
 */
export async function isEnrolled(factors: Factors, sql: Sql, accountId: string): Promise<boolean> {
  const enrolled = await enrolledFactors(factors, sql, accountId);
  return enrolled.totp || enrolled.passkeys;
}

/** Whether an account has a second factor that its owner set up. */
export type HasFactor = (sql: Sql, accountId: string) => Promise<boolean>;

/** Whether a factor is there that was set up with us, for what only those may do who have one: no other row counts. */
export async function holdsFactor(
  { totp, passkeys }: Factors,
  sql: Sql,
  accountId: string,
): Promise<boolean> {
  return (await totp.isGenuine(sql, accountId)) || (await passkeys.isGenuine(sql, accountId));
}
