import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { systemRandomness, uuidV4 } from '@rind/kernel';
import { DatabaseError } from './errors.ts';
import { openPool } from './pool.ts';
import type { Sql } from './sql.ts';

export type DatabaseName = 'index' | 'auth';

export interface MigrateOptions {
  readonly ownerUrl: string;
  readonly which: DatabaseName;
  /** Told the name of each migration as it is applied. */
  readonly log?: (migration: string) => void;
}

/** The lock that Prisma's own migrate takes: two migrators wait for each other, whichever tool they are. */
const advisoryLock = 72707369;

/**
 * Applies what is new of `prisma/<which>/migrations`, in order, each in a transaction; answers the names
 * applied. `database.migration-edited` when the text of one that was applied is another now.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const pool = openPool(options.ownerUrl, { max: 1, name: 'migrate', statementTimeoutMs: 0 });
  try {
    const applied: string[] = [];
    for (const migration of migrationsOf(options.which)) {
      const done = await pool.transaction((sql) => applyOnce(sql, migration));
      if (!done) continue;
      applied.push(migration.name);
      options.log?.(migration.name);
    }
    return applied;
  } finally {
    await pool.close();
  }
}

interface Migration {
  readonly name: string;
  readonly script: string;
  /** Lower-case hex SHA-256 of the script. */
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
  const { rows } = await sql.query<{ checksum: string; finished: boolean }>(
    `SELECT checksum, finished_at IS NOT NULL AS finished
       FROM _prisma_migrations WHERE migration_name = $1 AND rolled_back_at IS NULL`,
    [migration.name],
  );
  const existing = rows[0];
  if (existing !== undefined) {
    assertSame(existing, migration);
    return false;
  }
  await sql.query(migration.script);
  await sql.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, now(), now(), 1)`,
    [uuidV4(systemRandomness), migration.checksum, migration.name],
  );
  return true;
}

function assertSame(existing: { checksum: string; finished: boolean }, migration: Migration): void {
  const { name } = migration;
  if (!existing.finished) {
    throw new DatabaseError('database.migration-unfinished', `${name} was begun and not finished`, {
      migration: name,
    });
  }
  if (existing.checksum !== migration.checksum) {
    throw new DatabaseError('database.migration-edited', `${name} was edited after it was applied`, {
      migration: name,
    });
  }
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
