import { constantTimeEqual } from '@rind/kernel';
import type { ProjectRole } from '../authorization/decide.ts';
import type { Vault } from '../protection/vault.ts';

/** What a row of `auth.role` vouches for. */
export interface ProvenRole {
  readonly projectId: string;
  readonly accountId: string;
  readonly role: ProjectRole;
}

export function roleProof(vault: Vault, { projectId, accountId, role }: ProvenRole): Buffer {
  return vault.mac('role', projectId, accountId, role);
}

/** Null where the proof is missing or another's: who writes the table makes nobody a member. */
export function believedRole(
  vault: Vault,
  row: ProvenRole & { readonly proof: Buffer | null },
): ProjectRole | null {
  return row.proof !== null && constantTimeEqual(row.proof, roleProof(vault, row)) ? row.role : null;
}

/** What a project asks of its members. */
export interface ProjectSettings {
  readonly projectId: string;
  readonly requiresSecondFactor: boolean;
}

export function settingsProof(vault: Vault, { projectId, requiresSecondFactor }: ProjectSettings): Buffer {
  return vault.mac('project-settings', projectId, String(requiresSecondFactor));
}

/** Where the proof is missing or another's, more is asked rather than less. */
export function believedMandate(
  vault: Vault,
  row: ProjectSettings & { readonly proof: Buffer | null },
): boolean {
  const genuine = row.proof !== null && constantTimeEqual(row.proof, settingsProof(vault, row));
  return genuine ? row.requiresSecondFactor : true;
}
