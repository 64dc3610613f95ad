import type { ProjectName } from '@rind/kernel';
import type { AuthErrorCode } from '../errors.ts';

/** What somebody with a token asks for. Tokens only ever upload. */
export interface AuthorizationRequest {
  readonly verb: 'add';
  readonly project: ProjectName;
}

/** What the databases and the token say, looked up before the decision. */
export interface AuthorizationFacts {
  /** Null: the token was given to a trusted publisher. */
  readonly account: {
    readonly username: string;
    readonly disabled: boolean;
    /** Whether a second factor is set up; not looked up where nobody asks for one. */
    readonly secondFactor: boolean;
  } | null;
  readonly token: {
    readonly revoked: boolean;
    /** The first caveat that does not hold, stored and appended ones alike; null when all hold. */
    readonly failedCaveat: CaveatFailure | null;
  };
  /** Null: nobody has uploaded under this name. */
  readonly project: {
    /** Of the account. */
    readonly role: ProjectRole | null;
    readonly requiresSecondFactor: boolean;
    /** Whether it trusts the publisher that the token was given to. */
    readonly trustsPublisher: boolean;
  } | null;
}

export type ProjectRole = 'owner' | 'maintainer';

export type CaveatFailure = Extract<
  AuthErrorCode,
  | 'token.expired'
  | 'token.not-yet-valid'
  | 'token.wrong-project'
  | 'token.wrong-user'
  | 'token.wrong-publisher'
  | 'token.wrong-version'
  | 'token.wrong-file'
  | 'token.used'
  | 'token.needs-second-factor'
  | 'token.unknown-caveat'
>;

export type Decision =
  | { readonly allowed: true; readonly createsProject: boolean }
  | { readonly allowed: false; readonly code: AuthErrorCode; readonly text: string };

/** What PyPI says about any token that does not count. */
export const invalidTokenText =
  'Invalid or non-existent authentication information. See /help/#invalid-auth for more information.';

/**
 * Whether an upload may happen: the one place where that is decided.
 * First the token, then the account, then the token's caveats, then the account's role; the first no counts.
 * A name that nobody has is free for whoever may create it: a token bound to other names may not, nor one of a
 * trusted publisher, which has no more than the trust of the project that is asked about.
 */
export function decide(request: AuthorizationRequest, facts: AuthorizationFacts): Decision {
  const { account, token, project } = facts;
  if (token.revoked) return no('token.revoked', invalidTokenText);
  if (account?.disabled === true) return no('account.disabled', invalidTokenText);
  if (token.failedCaveat !== null)
    return no(token.failedCaveat, caveatText(token.failedCaveat, request.project));
  if (account === null) return decideForPublisher(request, project);
  if (project === null) return { allowed: true, createsProject: true };
  if (project.role === null) {
    const text = `The user '${account.username}' isn't allowed to upload to project '${request.project}'. See /help/#project-name for more information.`;
    return no('authorization.not-a-maintainer', text);
  }
  if (project.requiresSecondFactor && !account.secondFactor) {
    const text = `The project '${request.project}' asks a second factor of everybody who uploads to it, and the account '${account.username}' has none.`;
    return no('account.second-factor-required', text);
  }
  return { allowed: true, createsProject: false };
}

function decideForPublisher(
  { project: name }: AuthorizationRequest,
  project: AuthorizationFacts['project'],
): Decision {
  if (project === null) return no('token.wrong-project', caveatText('token.wrong-project', name));
  if (project.trustsPublisher) return { allowed: true, createsProject: false };
  const text = `The project '${name}' doesn't trust this publisher any more. See /help/#invalid-auth for more information.`;
  return no('publisher.removed', text);
}

/** Restrictions that PyPI does not have are named behind the words that everybody knows. */
const ownReasons: Readonly<Partial<Record<CaveatFailure, string>>> = {
  'token.wrong-version': 'the token is for another version',
  'token.wrong-file': 'the token is for a file with another digest',
  'token.used': 'the token was for one file and has been used',
  'token.needs-second-factor': 'the token wants a second factor, proven shortly before',
};

function caveatText(failure: CaveatFailure, project: ProjectName): string {
  if (failure === 'token.wrong-project') {
    return `The given token isn't allowed to upload to project '${project}'. See /help/#project-name for more information.`;
  }
  const reason = ownReasons[failure];
  return reason === undefined
    ? invalidTokenText
    : `Invalid or non-existent authentication information: ${reason}. See /help/#invalid-auth for more information.`;
}

function no(code: AuthErrorCode, text: string): Decision {
  return { allowed: false, code, text };
}
