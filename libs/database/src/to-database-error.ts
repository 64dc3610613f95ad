import { RindError } from '@rind/kernel';
import { DatabaseError } from './errors.ts';

/**
 * States that pass: classes 08 (connection), 53 (resources), 57 (operator intervention, statement time-out),
 * a transaction cut for idling, a lock not granted in time, and a server that just became read-only.
 */
const passing = /^(?:08|53|57|25006$|25P03$|55P03$)/;
const sockets = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);
/** Prisma: unreachable, timed out, closed, no connection free, no transaction begun in time. */
const prismaUnavailable = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037']);
const prismaKinds = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
]);
/** pg says these in words only. */
const connectionTexts =
  /connection terminated|timeout exceeded when trying to connect|query read timeout|not queryable|connection error|closed the connection|can't reach database server/i;

/** Any error of pg or Prisma as one of ours; a RindError stays what it is. */
export function toDatabaseError(error: unknown): RindError {
  if (error instanceof RindError) return error;
  const { sqlState, constraint, kind } = factsOf(error);
  const options = { cause: error };
  if (sqlState === '23505' || sqlState === 'P2002') {
    return new DatabaseError('database.conflict', 'a row with that key exists', { constraint }, options);
  }
  if (sqlState === '42501') {
    return new DatabaseError('database.denied', 'the role may not do that', { sqlState }, options);
  }
  if (sqlState === '40001' || sqlState === '40P01' || sqlState === 'P2034') {
    const message = 'concurrent transactions collided';
    return new DatabaseError('database.serialization', message, { sqlState }, options);
  }
  if (isPassing(sqlState, kind, error)) {
    return new DatabaseError('database.unavailable', 'the database does not answer', { sqlState }, options);
  }
  return new DatabaseError('database.failed', 'the statement failed', { sqlState }, options);
}

function isPassing(sqlState: string | null, kind: string | null, error: unknown): boolean {
  if (kind !== null && prismaKinds.has(kind)) return true;
  if (
    sqlState !== null &&
    (passing.test(sqlState) || sockets.has(sqlState) || prismaUnavailable.has(sqlState))
  ) {
    return true;
  }
  return error instanceof Error && connectionTexts.test(error.message);
}

interface Facts {
  readonly sqlState: string | null;
  readonly constraint: string | null;
  readonly kind: string | null;
}

/** What the driver adapter reports: beside Prisma's own code, or thrown as it is. */
interface AdapterCause {
  readonly originalCode?: unknown;
  readonly kind?: unknown;
  readonly constraint?: { readonly index?: unknown; readonly fields?: unknown };
}

interface AnyShape {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly cause?: AdapterCause;
  readonly meta?: { readonly driverAdapterError?: { readonly cause?: AdapterCause } };
  /** An AggregateError of a host with several addresses. */
  readonly errors?: unknown;
}

function factsOf(error: unknown): Facts {
  if (typeof error !== 'object' || error === null) return { sqlState: null, constraint: null, kind: null };
  const shape = error as AnyShape;
  const adapter =
    shape.meta?.driverAdapterError?.cause ?? (shape.name === 'DriverAdapterError' ? shape.cause : undefined);
  const first = Array.isArray(shape.errors) ? (shape.errors[0] as { code?: unknown } | undefined) : undefined;
  return {
    sqlState: text(adapter?.originalCode) ?? text(shape.code) ?? text(first?.code),
    constraint: text(shape.constraint) ?? constraintOf(adapter),
    kind: text(adapter?.kind),
  };
}

function constraintOf(adapter: AdapterCause | undefined): string | null {
  const { index, fields } = adapter?.constraint ?? {};
  return text(index) ?? (Array.isArray(fields) ? fields.join(', ') : null);
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
