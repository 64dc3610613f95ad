import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DatabaseError } from './errors.ts';
import { openPool } from './pool.ts';
import type { Sql } from './sql.ts';

export type DatabaseName = 'index' | 'auth';

/** The lock that Prisma's own migrate takes: two migrators wait for each other, whichever tool they are. */
const advisoryLock = 72707369;

/** Applies what is new of `prisma/<which>/migrations`, in order, each in a transaction; answers the names applied. */
export async function migrate(options: { ownerUrl: string; which: DatabaseName }): Promise<string[]> {
  const pool = openPool(options.ownerUrl, { max: 1, name: 'migrate', statementTimeoutMs: 0 });
  try {
    const applied: string[] = [];
    for (const migration of migrationsOf(options.which)) {
      const done = await pool.transaction((sql) => applyOnce(sql, migration));
      if (done) applied.push(migration.name);
    }
    return applied;
  } finally {
    await pool.close();
  }
}

interface Migration {
  readonly name: string;
  readonly script: string;
  readonly checksum: string;
}

function migrationsOf(which: DatabaseName): Migration[] {
  const folder = fileURLToPath(new URL(`../prisma/${which}/migrations/`, import.meta.url));
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const script = readFileSync(`${folder}${name}/migration.sql`, 'utf8');
      return { name, script, checksum: createHash('sha256').update(script).digest('hex') };
    });
}

async function applyOnce(sql: Sql, migration: Migration): Promise<boolean> {
  await sql.query(`SELECT pg_advisory_xact_lock(${advisoryLock})`);
  await sql.query(migrationsTable);
  const { rows } = await sql.query<{ checksum: string }>(
    `SELECT checksum FROM _prisma_migrations WHERE migration_name = $1 AND rolled_back_at IS NULL`,
    [migration.name],
  );
  const existing = rows[0];
  if (existing !== undefined) {
    if (existing.checksum === migration.checksum) return false;
    throw new DatabaseError('database.migration-edited', `${migration.name} was edited after it was applied`, {
      migration: migration.name,
    });
  }
  await sql.query(migration.script);
  await sql.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, now(), now(), 1)`,
    [randomUUID(), migration.checksum, migration.name],
  );
  return true;
}

/** As Prisma makes it, so that its tools agree. */
const migrationsTable = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  varchar(36) PRIMARY KEY,
  checksum            varchar(64) NOT NULL,
  finished_at         timestamptz,
  migration_name      varchar(255) NOT NULL,
  logs                text,
  rolled_back_at      timestamptz,
  started_at          timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`;
