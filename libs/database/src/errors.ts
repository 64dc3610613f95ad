import { RindError } from '@rind/kernel';

interface DatabaseErrors {
  /** Worth trying again: connection lost, server restarting, too many connections. */
  'database.unavailable': { sqlState: string | null };
  /** A unique constraint. */
  'database.conflict': { constraint: string | null };
  /** The role may not do that. */
  'database.denied': { sqlState: string };
  'database.serialization': { sqlState: string };
  /** A migration that was applied has other text now. */
  'database.migration-edited': { migration: string };
  'database.failed': { sqlState: string | null };
}

export type DatabaseErrorCode = keyof DatabaseErrors;

export class DatabaseError<Code extends DatabaseErrorCode = DatabaseErrorCode> extends RindError<
  Code,
  DatabaseErrors[Code]
> {}

/** Classes 08 (connection), 53 (resources) and 57 (operator intervention) pass; so do errors of the socket. */
const passing = /^(?:08|53|57)/;
const sockets = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH']);
const connectionTexts = /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error|server closed the connection|can't reach database server/i;

/** Any error of pg or Prisma as one of ours; a RindError stays what it is. */
export function toDatabaseError(error: unknown): RindError {
  if (error instanceof RindError) return error;
  const { sqlState, constraint } = factsOf(error);
  const options = { cause: error };
  if (sqlState !== null && (passing.test(sqlState) || sockets.has(sqlState))) return unavailable(sqlState, options);
  if (sqlState === '23505' || sqlState === 'P2002') {
    return new DatabaseError('database.conflict', 'a row with that key exists', { constraint }, options);
  }
  if (sqlState === '42501') return new DatabaseError('database.denied', 'the role may not do that', { sqlState }, options);
  if (sqlState === '40001' || sqlState === '40P01') {
    return new DatabaseError('database.serialization', 'concurrent transactions collided', { sqlState }, options);
  }
  if (sqlState === 'P1001' || sqlState === 'P1017' || sqlState === 'P2024') return unavailable(sqlState, options);
  if (error instanceof Error && connectionTexts.test(error.message)) return unavailable(sqlState, options);
  return new DatabaseError('database.failed', 'the statement failed', { sqlState }, options);
}

function unavailable(sqlState: string | null, options: { cause: unknown }): DatabaseError {
  return new DatabaseError('database.unavailable', 'the database does not answer', { sqlState }, options);
}

/** pg: `code`, `constraint`; Prisma: `code`, and under `meta.driverAdapterError.cause` the server's own. */
function factsOf(error: unknown): { sqlState: string | null; constraint: string | null } {
  const shape = error as {
    code?: unknown;
    constraint?: unknown;
    meta?: { driverAdapterError?: { cause?: { originalCode?: unknown; constraint?: unknown } } };
    errors?: readonly unknown[];
  };
  const original = shape?.meta?.driverAdapterError?.cause?.originalCode;
  const nested = Array.isArray(shape?.errors) ? (shape.errors[0] as { code?: unknown } | undefined)?.code : undefined;
  const code = original ?? shape?.code ?? nested;
  return {
    sqlState: typeof code === 'string' ? code : null,
    constraint: typeof shape?.constraint === 'string' ? shape.constraint : null,
  };
}
