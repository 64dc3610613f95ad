import { constantTimeEqual } from '@rind/kernel';
import type { Vault } from '../protection/vault.ts';

/** When somebody proved in a session who they are. Milliseconds since 1970. */
export interface IdentityProof {
  /** By whatever the account has: password, and the second factor if there is one. */
  readonly provenAtMs: number;
  /** By a second factor; null when none was used. */
  readonly factorAtMs: number | null;
}

/** The columns of `auth.session` that say so. */
export interface StoredProof {
  readonly proven_at: Date | null;
  readonly factor_at: Date | null;
  readonly proof: Buffer | null;
}

/** Which session of whom. */
export interface ProvenSession {
  readonly sessionId: Buffer;
  readonly accountId: string;
}

/** How long after a proof people may do what is sensitive. */
export const sudoSeconds = 30 * 60;

/** The columns for a proof; whoever can write them, and has not the key of the vault, proves nothing. */
export function storedProof(
  vault: Vault,
  session: ProvenSession,
  { provenAtMs, factorAtMs }: IdentityProof,
): [provenAt: Date, factorAt: Date | null, proof: Buffer] {
  const factorAt = factorAtMs === null ? null : new Date(factorAtMs);
  return [new Date(provenAtMs), factorAt, macOf(vault, session, provenAtMs, factorAtMs)];
}

/** Null: nothing was proven, or the columns were tampered with. */
export function readProof(
  vault: Vault,
  session: ProvenSession,
  { proven_at, factor_at, proof }: StoredProof,
): IdentityProof | null {
  if (proven_at === null || proof === null) return null;
  const provenAtMs = proven_at.getTime();
  const factorAtMs = factor_at?.getTime() ?? null;
  if (!constantTimeEqual(proof, macOf(vault, session, provenAtMs, factorAtMs))) return null;
  return { provenAtMs, factorAtMs };
}

function macOf(
  vault: Vault,
  { sessionId, accountId }: ProvenSession,
  provenAtMs: number,
  factorAtMs: number | null,
): Buffer {
  return vault.mac('session-proof', sessionId, accountId, String(provenAtMs), String(factorAtMs ?? 'none'));
}
