// eslint-disable-next-line @nx/enforce-module-boundaries -- tests run against a real server; the library needs none
import { startTestPostgres } from '@rind/embedded-postgres';
import { migrate } from '../src/migrate.ts';
import { ensureRoles } from '../src/roles.ts';
import type { RolePasswords } from '../src/roles.ts';

export type TestPostgres = Awaited<ReturnType<typeof startTestPostgres>>;

const passwords: RolePasswords = { owner: 'o', warehouse: 'w', signer: 's', auth: 'a' };

/** A server of one test file's own, empty. */
export function startServer(): Promise<TestPostgres> {
  return startTestPostgres();
}

export interface RealDatabases {
  readonly postgres: TestPostgres;
  /** The address of database `index` or `auth` for one of its roles. */
  url(database: 'index' | 'auth', role: keyof RolePasswords): string;
}

/** A server with both databases migrated. */
export async function startDatabases(): Promise<RealDatabases> {
  const postgres = await startServer();
  await ensureRoles({ superuserUrl: postgres.superuserUrl('postgres'), passwords });
  const url: RealDatabases['url'] = (database, role) =>
    postgres.url(`rind_${database}`, `rind_${role}`, passwords[role]);
  await migrate({ ownerUrl: url('index', 'owner'), which: 'index' });
  await migrate({ ownerUrl: url('auth', 'owner'), which: 'auth' });
  return { postgres, url };
}
