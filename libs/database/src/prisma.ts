import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient as AuthClient } from './generated/auth/client.ts';
import { PrismaClient as IndexClient } from './generated/index/client.ts';

export type IndexPrisma = IndexClient;
export type AuthPrisma = AuthClient;

/** Connections of one client at most, and how long a statement may run. */
const pool = { max: 10, connectionTimeoutMillis: 5_000, idleTimeoutMillis: 30_000, statement_timeout: 30_000 };

/** Typed access to database `index`, as the role in `url`. Errors: `toDatabaseError`. */
export function openIndexPrisma(url: string): IndexPrisma {
  return new IndexClient({ adapter: new PrismaPg({ ...pool, connectionString: url, application_name: 'rind' }) });
}

/** Typed access to database `auth`, as the role in `url`. Errors: `toDatabaseError`. */
export function openAuthPrisma(url: string): AuthPrisma {
  return new AuthClient({ adapter: new PrismaPg({ ...pool, connectionString: url, application_name: 'rind' }) });
}
