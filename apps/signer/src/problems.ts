import type { ProblemTable } from '@rind/nest-kit';

/** How the signer answers the operator; what is not listed is an internal error. */
export const problems: ProblemTable = {
  'writer.standby': { status: 409 },
  'gc.unknown-run': { status: 404 },
};
