import { openPool } from './pool.ts';
import type { Sql } from './sql.ts';

export interface RolePasswords {
  readonly owner: string;
  readonly warehouse: string;
  readonly signer: string;
  readonly auth: string;
}

const databases = ['rind_index', 'rind_auth'] as const;
const connects: Readonly<Record<(typeof databases)[number], readonly string[]>> = {
  rind_index: ['rind_warehouse', 'rind_signer'],
  rind_auth: ['rind_auth'],
};

/** Makes the databases and their roles where they are missing and sets the passwords; as superuser, before migrating. */
export async function ensureRoles(options: { superuserUrl: string; passwords: RolePasswords }): Promise<void> {
  const pool = openPool(options.superuserUrl, { max: 1, name: 'roles' });
  try {
    const { passwords } = options;
    await ensureRole(pool, 'rind_owner', passwords.owner);
    await ensureRole(pool, 'rind_warehouse', passwords.warehouse);
    await ensureRole(pool, 'rind_signer', passwords.signer);
    await ensureRole(pool, 'rind_auth', passwords.auth);
    for (const database of databases) await ensureDatabase(pool, database);
  } finally {
    await pool.close();
  }
}

async function ensureRole(sql: Sql, role: string, password: string): Promise<void> {
  const { rows } = await sql.query(`SELECT 1 FROM pg_roles WHERE rolname = $1`, [role]);
  // Role names are our own; the password goes through format() so that no quoting is ours.
  const verb = rows.length === 0 ? 'CREATE' : 'ALTER';
  const { rows: statement } = await sql.query<{ text: string }>(
    `SELECT format('${verb} ROLE %I LOGIN NOINHERIT NOCREATEDB NOCREATEROLE PASSWORD %L', $1::text, $2::text) AS text`,
    [role, password],
  );
  await sql.query(statement[0]!.text);
}

async function ensureDatabase(sql: Sql, database: (typeof databases)[number]): Promise<void> {
  const { rows } = await sql.query(`SELECT 1 FROM pg_database WHERE datname = $1`, [database]);
  if (rows.length === 0) await sql.query(`CREATE DATABASE ${database} OWNER rind_owner`);
  await sql.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
  for (const role of connects[database]) await sql.query(`GRANT CONNECT ON DATABASE ${database} TO ${role}`);
}
