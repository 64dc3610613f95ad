import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openPool } from '@rind/database';
import type { Pool } from '@rind/database';
import type { InstanceFile } from './instance.ts';

/** Everything that an upload may leave behind, and a refused one must not. */
export interface Traces {
  /** Ids of grants that are neither void nor applied. */
  readonly liveGrants: readonly string[];
  /** Projects whose name is taken. */
  readonly projects: readonly string[];
  readonly requests: number;
  readonly files: number;
  /** In the spools of gate and warehouse. */
  readonly spooled: readonly string[];
  /** Objects under targets/. */
  readonly stored: readonly string[];
  /** Objects that are being written, by whomever. */
  readonly drafts: readonly string[];
}

/** Reads the traces of an instance from its databases and folders. */
export class TraceReader {
  private readonly dataDir: string;
  private readonly store: string;
  private readonly index: Pool;
  private readonly auth: Pool;

  constructor(dataDir: string, { db, store }: InstanceFile) {
    this.dataDir = dataDir;
    this.store = store.path;
    this.index = openPool(db.signer, { max: 1, name: 'traces' });
    this.auth = openPool(db.auth, { max: 1, name: 'traces' });
  }

  async read(): Promise<Traces> {
    const applied = await column(this.index, 'SELECT id::text AS value FROM signer.applied_grant');
    const open = await column(
      this.auth,
      `SELECT id::text AS value FROM auth.grant_log
        WHERE NOT EXISTS (SELECT FROM auth.grant_void WHERE grant_id = grant_log.id)`,
    );
    return {
      liveGrants: open.filter((id) => !applied.includes(id)),
      projects: await column(this.auth, 'SELECT name AS value FROM auth.project ORDER BY name'),
      requests: await count(this.index, 'signer.outbox'),
      files: await count(this.index, 'warehouse.file'),
      spooled: ['gate', 'warehouse'].flatMap((process) => list(join(this.dataDir, 'spool', process))),
      stored: list(join(this.store, 'targets')),
      drafts: list(join(this.store, '.rind', 'tmp')),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.index.close(), this.auth.close()]);
  }
}

async function column(pool: Pool, sql: string): Promise<string[]> {
  const { rows } = await pool.query<{ value: string }>(sql);
  return rows.map(({ value }) => value);
}

async function count(pool: Pool, table: string): Promise<number> {
  return (await column(pool, `SELECT id::text AS value FROM ${table}`)).length;
}

/** Files under a folder, sorted, with their folders. */
function list(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
