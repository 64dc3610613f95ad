import type { Sql } from '@rind/database';
import { binName } from '@rind/repository';

/**
 * Indexes of the bins whose present version is not known to be signed by any of `keyIds`. The log of signatures
 * begins after the first ceremony: bins that were not signed anew since then are among them.
 */
export async function binsNotSignedBy(
  sql: Sql,
  bitLength: number,
  keyIds: readonly string[],
): Promise<number[]> {
  const names = Array.from({ length: 2 ** bitLength }, (_, idx) => binName(idx, bitLength));
  const { rows } = await sql.query<{ idx: number }>(
    `SELECT b.idx FROM signer.bin AS b
       JOIN unnest($1::text[]) WITH ORDINALITY AS n (role, ord) ON n.ord = b.idx + 1
      WHERE NOT EXISTS (SELECT 1 FROM signer.signature_log AS s
                         WHERE s.role = n.role AND s.version = b.version AND s.key_id = ANY($2))
      ORDER BY b.idx`,
    [names, keyIds],
  );
  return rows.map(({ idx }) => idx);
}
