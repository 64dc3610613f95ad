import { RindError } from '@rind/kernel';

/** `sqlState`: five characters of the server, or the code of Prisma or of the socket that failed. */
interface DatabaseErrors {
  /** Worth trying again: connection lost, server restarting, too many connections. A commit may have happened. */
  'database.unavailable': { sqlState: string | null };
  /** A unique constraint; its name, or the columns when the name is not known. */
  'database.conflict': { constraint: string | null };
  /** The role may not do that. */
  'database.denied': { sqlState: string };
  'database.serialization': { sqlState: string };
  /** A migration that was applied has other text now. */
  'database.migration-edited': { migration: string };
  /** Another tool began the migration and did not finish it. */
  'database.migration-unfinished': { migration: string };
  'database.failed': { sqlState: string | null };
}

export type DatabaseErrorCode = keyof DatabaseErrors;

export class DatabaseError<Code extends DatabaseErrorCode = DatabaseErrorCode> extends RindError<
  Code,
  DatabaseErrors[Code]
> {}
