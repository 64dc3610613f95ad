import { RindError } from '@rind/kernel';

interface AuthErrors {
  /** Not a token of ours in any form. */
  'token.malformed': object;
  /** No such row: never minted here, or deleted. */
  'token.unknown': object;
  'token.bad-signature': object;
  'token.revoked': object;
  'token.expired': object;
  'token.not-yet-valid': object;
  /** A caveat that this version cannot judge: fails closed. */
  'token.unknown-caveat': object;
  /** The token is for another account than its row. */
  'token.wrong-user': object;
  /** The token was given to no trusted publisher, or to another (caveat 4). */
  'token.wrong-publisher': object;
  /** The token is for other projects. */
  'token.wrong-project': object;
  /** The token is for other versions (caveat 100). */
  'token.wrong-version': object;
  /** The token is for a file with another digest (caveat 101). */
  'token.wrong-file': object;
  /** The token was for one file (caveat 102); `grantId` is that of the same file's grant when it is asked for again. */
  'token.used': { grantId?: string };
  /** The token wants a second factor not long ago (caveat 103). */
  'token.needs-second-factor': object;
  'account.disabled': object;
  'account.name-invalid': object;
  'account.email-invalid': object;
  /** The address has to be confirmed first. */
  'account.email-unverified': object;
  /** The project asks a second factor of everybody who touches it. */
  'account.second-factor-required': object;
  /** Who it is has to be proven again: the last proof is older than 30 minutes. */
  'account.sudo-required': object;
  /** A maintainer, where it takes an owner. */
  'authorization.not-an-owner': object;
  /** The project does not trust the publisher any more that the token was given to. */
  'publisher.removed': object;
  /** No issuer of identity tokens is listed. */
  'oidc.not-enabled': object;
  /** Not a request for a token, or of an issuer that is not listed. */
  'oidc.invalid-payload': object;
  /** The identity token is not good: signature, audience, times, or a claim that every one has. */
  'oidc.invalid-token': object;
  /** A project of that name was made meanwhile. */
  'oidc.invalid-pending-publisher': object;
  /** Nobody trusts what the identity token shows. */
  'oidc.invalid-publisher': object;
  /** The identity token was used before. */
  'oidc.invalid-reuse-token': object;
  /** The keys of the issuer cannot be had. */
  'oidc.issuer-unavailable': object;
  /** Neither owner nor maintainer. */
  'authorization.not-a-maintainer': object;
  'project.name-invalid': object;
  /** Nobody has uploaded under this name, or the person may not know. */
  'project.unknown': object;
  /** The name has grants, and no row says whose it is: the database was tampered with. */
  'project.lost': object;
  /** Nobody of that name, or nobody who can be a member of this project. */
  'member.unfit': { why: 'unknown' | 'member' | 'invited' | 'unverified' };
  /** The only owner can neither leave nor become less. */
  'member.last-owner': object;
  /** Answered, taken back, or older than a week. */
  'invitation.ended': object;
  /** Fields that no grant can hold. */
  'grant.malformed': { reason: string };
  /** The id that the gate chose is taken. */
  'grant.exists': object;
  'grant.unknown': object;
  /** The project has no such release or file, as far as auth knows. */
  'release.unknown': object;
  /** Nothing there can be changed in that way: a deleted file cannot be yanked. */
  'release.unchangeable': object;
  /** `NODE_ENV=production`, and adapters that are good for development alone. */
  'config.development-only': { variables: readonly string[] };
  /** A stored secret does not open under its row: the database was tampered with. */
  'vault.broken': { purpose: string };
  /** A report of leaked tokens that is no list of tokens. */
  'disclosure.malformed': object;
  /** A report of leaked tokens that its sender has not signed. */
  'disclosure.bad-signature': object;
  /** The sender's keys could not be fetched. */
  'disclosure.keys-unavailable': object;
  /** Too many tries of one kind. */
  'rate.exceeded': object;
  /** More passwords at once than this process hashes. */
  'auth.busy': object;
  /** A form that was not sent from a page of ours. */
  'request.cross-origin': object;
  /** The sealed root key does not open under this row and account: the database was tampered with. */
  'seal.broken': { tokenId: string };
}

export type AuthErrorCode = keyof AuthErrors;

export class AuthError<Code extends AuthErrorCode = AuthErrorCode> extends RindError<
  Code,
  AuthErrors[Code]
> {}
