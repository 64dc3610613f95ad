import { systemRandomness } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';
import { DatabaseError } from './errors.ts';
import { openPool } from './pool.ts';
import { scramVerifier } from './scram-verifier.ts';
import type { Sql } from './sql.ts';

/** Printable ASCII each; stored as SCRAM verifiers, sent to the server as nothing else. */
export interface RolePasswords {
  readonly owner: string;
  readonly warehouse: string;
  readonly signer: string;
  readonly auth: string;
}

export interface EnsureRolesOptions {
  /** Any database of the server, as a role that may create roles and databases. */
  readonly superuserUrl: string;
  readonly passwords: RolePasswords;
  /** Salts of the verifiers. */
  readonly randomness?: Randomness;
}

const databases = ['rind_index', 'rind_auth'] as const;
const connects: Readonly<Record<(typeof databases)[number], readonly string[]>> = {
  rind_index: ['rind_warehouse', 'rind_signer'],
  rind_auth: ['rind_auth'],
};

/** Arbitrary, ours: two calls at once would trip over each other's catalog rows. */
const advisoryLock = 72707370;

/**
 * Makes the databases and their roles where they are missing and sets the passwords; before migrating.
 * Idempotent, and safe when several call it at once.
 */
export async function ensureRoles(options: EnsureRolesOptions): Promise<void> {
  const { passwords, randomness = systemRandomness } = options;
  const pool = openPool(options.superuserUrl, { max: 1, name: 'roles' });
  try {
    await pool.query(`SELECT pg_advisory_lock(${advisoryLock})`);
    await ensureRole(pool, 'rind_owner', passwords.owner, randomness);
    await ensureRole(pool, 'rind_warehouse', passwords.warehouse, randomness);
    await ensureRole(pool, 'rind_signer', passwords.signer, randomness);
    await ensureRole(pool, 'rind_auth', passwords.auth, randomness);
    for (const database of databases) await ensureDatabase(pool, database);
  } finally {
    await pool.close();
  }
}

async function ensureRole(sql: Sql, role: string, password: string, randomness: Randomness): Promise<void> {
  if (!/^[\x21-\x7e]+$/.test(password)) {
    throw new DatabaseError('database.failed', `the password of ${role} is not printable ASCII`, {
      sqlState: null,
    });
  }
  const { rows } = await sql.query(`SELECT 1 FROM pg_roles WHERE rolname = $1`, [role]);
  const verb = rows.length === 0 ? 'CREATE' : 'ALTER';
  // The verifier is base64 and punctuation of our own making: nothing in it needs quoting.
  await sql.query(
    `${verb} ROLE ${role} LOGIN NOINHERIT NOCREATEDB NOCREATEROLE PASSWORD '${scramVerifier(password, randomness)}'`,
  );
}

async function ensureDatabase(sql: Sql, database: (typeof databases)[number]): Promise<void> {
  const { rows } = await sql.query(`SELECT 1 FROM pg_database WHERE datname = $1`, [database]);
  if (rows.length === 0) await sql.query(`CREATE DATABASE ${database} OWNER rind_owner`);
  await sql.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
  for (const role of connects[database]) await sql.query(`GRANT CONNECT ON DATABASE ${database} TO ${role}`);
}
