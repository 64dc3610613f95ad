import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient as AuthClient } from './generated/auth/client.ts';
import { PrismaClient as IndexClient } from './generated/index/client.ts';

export type IndexPrisma = IndexClient;
export type AuthPrisma = AuthClient;

export interface PrismaOptions {
  /** Connections at most; 10 unless said otherwise. */
  readonly max?: number;
  /** Shown in pg_stat_activity. */
  readonly name?: string;
}

/** Typed access to database `index`, as the role in `url`. Errors: `toDatabaseError`. */
export function openIndexPrisma(url: string, options: PrismaOptions = {}): IndexPrisma {
  return new IndexClient({ adapter: adapterOf(url, options) });
}

/** Typed access to database `auth`, as the role in `url`. Errors: `toDatabaseError`. */
export function openAuthPrisma(url: string, options: PrismaOptions = {}): AuthPrisma {
  return new AuthClient({ adapter: adapterOf(url, options) });
}

function adapterOf(url: string, { max = 10, name = 'prisma' }: PrismaOptions): PrismaPg {
  return new PrismaPg({
    connectionString: url,
    application_name: `rind-${name}`,
    max,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    statement_timeout: 30_000,
    query_timeout: 35_000,
    idle_in_transaction_session_timeout: 10_000,
  });
}
