import type { Sql } from '@rind/database';
import { grantTargetPath, verifyGrant } from '@rind/index-model';
import type { GrantKey } from '@rind/index-model';
import { isRindError } from '@rind/kernel';
import type { KeyId } from '@rind/kernel';
import type { LoggedGrant } from '@rind/repository';

const perRound = 5_000;

export interface GrantLog {
  /** In the order of their numbers. */
  readonly grants: readonly LoggedGrant[];
  /** Rows whose grant does not verify; they prove nothing. */
  readonly unverified: number;
}

/** Auth's log, every grant verified: the database that keeps it is not believed. */
export async function readGrantLog(
  sql: Sql,
  keys: ReadonlyMap<KeyId, GrantKey>,
  repository: string,
): Promise<GrantLog> {
  const grants: LoggedGrant[] = [];
  let unverified = 0;
  for (let after = '-1'; ;) {
    const { rows } = await sql.query<{ seq: string; envelope: Buffer; voided: boolean }>(
      `SELECT seq, envelope, EXISTS (SELECT 1 FROM auth.grant_void v WHERE v.grant_id = g.id) AS voided
         FROM auth.grant_log g WHERE seq > $1 ORDER BY seq LIMIT ${perRound}`,
      [after],
    );
    for (const { envelope, voided } of rows) {
      try {
        const { grant } = verifyGrant(envelope, keys, { repository });
        grants.push({ grant, targetPath: grantTargetPath(grant), envelope, voided });
      } catch (error) {
        if (!isRindError(error)) throw error;
        unverified++;
      }
    }
    if (rows.length < perRound) return { grants, unverified };
    after = rows.at(-1)!.seq;
  }
}
