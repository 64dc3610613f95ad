import type { Sql } from '@rind/database';
import type { Clock } from '@rind/kernel';
import type { Identity } from './identity-token.ts';

/** Forgotten at a time, so that nobody waits for it. */
const forgottenAtOnce = 100;

/**
 * Marks a token of an issuer as used, in the transaction that gives something for it; false: it was used. Of those
 * that send it at once, one goes on, and the others wait until it is through. Kept until the token is too old anyway.
 */
export async function useIdentity(sql: Sql, { issuer, jti, refusedFrom }: Identity): Promise<boolean> {
  const { rowCount } = await sql.query(
    `INSERT INTO auth.used_identity (issuer, jti, refused_from) VALUES ($1, $2, $3)
     ON CONFLICT (issuer, jti) DO NOTHING`,
    [issuer.url, jti, new Date(refusedFrom * 1_000)],
  );
  return rowCount === 1;
}

/** Forgets what is refused for its age, some at a time. */
export async function forgetOldIdentities(sql: Sql, clock: Clock): Promise<void> {
  await sql.query(
    `DELETE FROM auth.used_identity WHERE (issuer, jti) IN (
       SELECT issuer, jti FROM auth.used_identity WHERE refused_from < $1
        ORDER BY refused_from LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [new Date(clock.nowMs()), forgottenAtOnce],
  );
}
