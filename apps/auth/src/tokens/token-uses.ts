import type { Sql } from '@rind/database';
import { parseSignedGrant } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';

/** The file of an upload, as far as it tells one from another. */
export interface UploadedFile {
  readonly project: ProjectName;
  readonly filename: string;
  /** Bytes. */
  readonly length: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** What earlier uploads with a token for one file mean for another. */
export interface TokenUses {
  /** Nonces that stand for another upload. */
  readonly usedNonces: ReadonlySet<string>;
  /** The grant of this very file, when it is the one that the token was used for. */
  readonly sameFile: string | null;
}

export const unused: TokenUses = { usedNonces: new Set(), sameFile: null };

/**
 * What the token's nonces were used for. The token's row is held until the transaction ends: of uploads at the same
 * time the second sees what the first did. Two statements, so that it sees what was committed while it waited.
 *
 * A token belongs to the first file that it was granted for. If that grant was voided, the same file may have
 * another; no other file may. While it is not void, it is the answer to whoever asks for the same file again.
 */
export async function tokenUses(
  sql: Sql,
  tokenId: string,
  nonces: readonly string[],
  file: UploadedFile,
): Promise<TokenUses> {
  if (nonces.length === 0) return unused;
  await sql.query('SELECT 1 FROM auth.token WHERE id = $1 FOR UPDATE', [tokenId]);
  const { rows } = await sql.query<{ nonce: string; grant_id: string; envelope: Buffer; voided: boolean }>(
    `SELECT u.nonce, u.grant_id, g.envelope, v.grant_id IS NOT NULL AS voided
     FROM auth.token_use u JOIN auth.grant_log g ON g.id = u.grant_id
     LEFT JOIN auth.grant_void v ON v.grant_id = g.id
     WHERE u.token_id = $1 AND u.nonce = ANY($2)`,
    [tokenId, nonces],
  );
  const uses = rows.map(({ envelope, ...use }) => ({ ...use, same: isFor(envelope, file) }));
  const spent = uses.filter(({ same, voided }) => !same || !voided);
  return {
    usedNonces: new Set(spent.map(({ nonce }) => nonce)),
    sameFile: spent.every(({ same }) => same) ? (spent[0]?.grant_id ?? null) : null,
  };
}

/** Remembers what the token was used for, in the transaction that issues the grant. */
export async function appendTokenUses(
  sql: Sql,
  use: {
    readonly tokenId: string;
    readonly nonces: readonly string[];
    readonly grantId: string;
    readonly at: Date;
  },
): Promise<void> {
  if (use.nonces.length === 0) return;
  await sql.query(
    `INSERT INTO auth.token_use (token_id, nonce, grant_id, used_at)
     SELECT $1, nonce, $3, $4 FROM unnest($2::text[]) AS nonce`,
    [use.tokenId, use.nonces, use.grantId, use.at],
  );
}

function isFor(envelope: Uint8Array, file: UploadedFile): boolean {
  const { project, filename, length, digests } = parseSignedGrant(new Uint8Array(envelope)).grant;
  return (
    project === file.project &&
    filename === file.filename &&
    length === file.length &&
    digests?.sha256 === file.sha256
  );
}
