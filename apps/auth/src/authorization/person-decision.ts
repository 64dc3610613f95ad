import type { Sql } from '@rind/database';
import type { ProjectName } from '@rind/kernel';
import type { Emails } from '../accounts/emails.ts';
import { AuthError } from '../errors.ts';
import { accessTo } from '../projects/project-table.ts';
import type { ProjectAccess } from '../projects/project-table.ts';
import type { Vault } from '../protection/vault.ts';
import type { HasFactor } from '../second-factor/enrolment.ts';
import type { Person } from '../sessions/sessions.ts';
import { refusalFor } from './person-may.ts';
import type { PersonAction, PersonFacts } from './person-may.ts';

export interface FactSources {
  readonly vault: Vault;
  readonly emails: Emails;
  readonly hasFactor: HasFactor;
}

/**
 * Refuses what a person may not do to a project, on facts that stay as they are until the transaction ends.
 * @throws AuthError `project.unknown`, and what `refusalFor` says
 */
export async function requireMay(
  sql: Sql,
  sources: FactSources,
  action: PersonAction,
  project: ProjectName,
  person: Person,
): Promise<ProjectAccess> {
  const access = await accessTo(sql, sources.vault, project, person.accountId);
  if (access === null) throw new AuthError('project.unknown', 'there is no such project', {});
  const refusal = refusalFor(action, await factsOf(sql, sources, access, person));
  if (refusal !== null) throw new AuthError(refusal, `not allowed: ${action}`, {});
  return access;
}

async function factsOf(
  sql: Sql,
  { emails, hasFactor }: FactSources,
  { role, requiresSecondFactor }: ProjectAccess,
  { accountId, sudo }: Person,
): Promise<PersonFacts> {
  const { rows } = await sql.query<{ disabled: boolean }>(
    'SELECT disabled_at IS NOT NULL AS disabled FROM auth.account WHERE id = $1 FOR SHARE',
    [accountId],
  );
  return {
    account: {
      disabled: rows[0]?.disabled ?? true,
      emailVerified: (await emails.ofAccount(sql, accountId))?.verified === true,
      secondFactor: await hasFactor(sql, accountId),
    },
    sudo,
    role,
    project: { requiresSecondFactor },
  };
}
