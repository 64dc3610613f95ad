import { RindError } from '@rind/kernel';

interface PostgresErrors {
  /** No PostgreSQL is packaged for this platform. */
  'postgres.unsupported': { platform: string; arch: string };
  /** Another living process runs a server on this folder. */
  'postgres.in-use': { folder: string; pid: number };
  /** The folder belongs to another user or is a link: nothing in it can be trusted. */
  'postgres.unsafe-folder': { folder: string };
  /** The cluster does not accept the password kept beside it: one of the two was replaced. */
  'postgres.password-refused': { folder: string };
  /** `log` is the file that says why. */
  'postgres.start-failed': { exitCode: number | null; log: string };
}

export type PostgresErrorCode = keyof PostgresErrors;

export class PostgresError<Code extends PostgresErrorCode = PostgresErrorCode> extends RindError<
  Code,
  PostgresErrors[Code]
> {}
