import type { AuthErrorCode } from '../errors.ts';
import type { ProjectRole } from './decide.ts';

/** What somebody who is signed in asks for, about one project. */
export type PersonAction =
  /** Look at its members and settings. */
  | 'look'
  | 'invite'
  | 'change-member'
  | 'leave'
  | 'require-second-factor'
  | 'trust-publisher'
  /** `yank`, `unyank`, `delete`, `restore` of files and releases, `status` of the project. */
  | 'change-release'
  | 'approve-upload';

/** What the databases say, looked up before the decision and in its transaction. */
export interface PersonFacts {
  readonly account: {
    readonly disabled: boolean;
    readonly emailVerified: boolean;
    /** Whether a second factor is set up. */
    readonly secondFactor: boolean;
  };
  /** Whether it was proven within the last 30 minutes who it is. */
  readonly sudo: boolean;
  /** In the project; null for strangers. */
  readonly role: ProjectRole | null;
  readonly project: { readonly requiresSecondFactor: boolean };
}

export type PersonRefusal = Extract<
  AuthErrorCode,
  | 'account.disabled'
  | 'account.email-unverified'
  | 'account.second-factor-required'
  | 'account.sudo-required'
  | 'authorization.not-a-maintainer'
  | 'authorization.not-an-owner'
>;

/** Of these a maintainer may do what an owner may. */
const maintainersMay: ReadonlySet<PersonAction> = new Set(['look', 'leave']);

/**
 * Whether a person may do something to a project on the web: the one place where that is decided; null is a yes.
 * First the account, then the role, then what the project asks of its members, then how lately it was proven who
 * they are. Leaving needs no second factor: whoever has none may still go.
 */
export function refusalFor(action: PersonAction, facts: PersonFacts): PersonRefusal | null {
  const { account, role, project, sudo } = facts;
  if (account.disabled) return 'account.disabled';
  if (role === null) return 'authorization.not-a-maintainer';
  if (role !== 'owner' && !maintainersMay.has(action)) return 'authorization.not-an-owner';
  if (action === 'look') return null;
  if (action !== 'leave') {
    if (!account.emailVerified) return 'account.email-unverified';
    if (project.requiresSecondFactor && !account.secondFactor) return 'account.second-factor-required';
  }
  return sudo ? null : 'account.sudo-required';
}

export interface MintFacts {
  readonly emailVerified: boolean;
  readonly secondFactor: boolean;
  /** Whether a second factor was proven within the last 30 minutes. */
  readonly sudoByFactor: boolean;
}

export type MintRefusal = Extract<
  AuthErrorCode,
  'account.email-unverified' | 'account.second-factor-required' | 'account.sudo-required'
>;

/** Whether a person may make an API token on the web; null is a yes. It takes a second factor, proven lately. */
export function refusalToMint({ emailVerified, secondFactor, sudoByFactor }: MintFacts): MintRefusal | null {
  if (!emailVerified) return 'account.email-unverified';
  if (!secondFactor) return 'account.second-factor-required';
  return sudoByFactor ? null : 'account.sudo-required';
}

export interface JoinFacts {
  readonly emailVerified: boolean;
  readonly secondFactor: boolean;
  readonly sudo: boolean;
  readonly requiresSecondFactor: boolean;
}

/** Whether somebody who was invited may accept; null is a yes. Joining asks what being a member will. */
export function refusalToJoin(facts: JoinFacts): MintRefusal | null {
  if (!facts.emailVerified) return 'account.email-unverified';
  if (facts.requiresSecondFactor && !facts.secondFactor) return 'account.second-factor-required';
  return facts.sudo ? null : 'account.sudo-required';
}
