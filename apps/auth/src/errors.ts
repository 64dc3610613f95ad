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
  /** The token is for other projects. */
  'token.wrong-project': object;
  'account.disabled': object;
  'account.name-invalid': object;
  /** Neither owner nor maintainer. */
  'authorization.not-a-maintainer': object;
  'project.name-invalid': object;
  /** Fields that no grant can hold. */
  'grant.malformed': { reason: string };
  /** The id that the gate chose is taken. */
  'grant.exists': object;
  'grant.unknown': object;
  /** `NODE_ENV=production`, and adapters that are good for development alone. */
  'config.development-only': { variables: readonly string[] };
  /** The sealed root key does not open under this row and account: the database was tampered with. */
  'seal.broken': { tokenId: string };
}

export type AuthErrorCode = keyof AuthErrors;

export class AuthError<Code extends AuthErrorCode = AuthErrorCode> extends RindError<
  Code,
  AuthErrors[Code]
> {}
