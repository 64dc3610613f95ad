import type { ProblemTable } from '@rind/nest-kit';

/** How auth answers; what is not listed is an internal error. */
export const problems: ProblemTable = {
  'token.malformed': { status: 403 },
  'token.unknown': { status: 403 },
  'token.bad-signature': { status: 403 },
  'token.revoked': { status: 403 },
  'token.expired': { status: 403 },
  'token.not-yet-valid': { status: 403 },
  'token.unknown-caveat': { status: 403 },
  'token.wrong-user': { status: 403 },
  'token.wrong-project': { status: 403 },
  'account.disabled': { status: 403 },
  'account.name-invalid': { status: 400 },
  'authorization.not-a-maintainer': { status: 403 },
  'project.name-invalid': { status: 400 },
  'grant.malformed': { status: 400, expose: ['reason'] },
  'grant.exists': { status: 409 },
  'grant.unknown': { status: 404 },
  'database.unavailable': { status: 503 },
};
