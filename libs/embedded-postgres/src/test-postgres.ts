import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandomness } from '@rind/kernel';
import { clusterFolder, runAs } from './location.ts';
import { startPostgres } from './postgres.ts';
import type { Postgres } from './postgres.ts';

export interface TestPostgres extends Postgres {
  /** Stops the server and deletes its folder. Idempotent. */
  destroy(): Promise<void>;
}

/** A server of its own for one test file, in a temporary folder, without the cost of durability: about a second. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'rind-postgres-'));
  chmodSync(folder, 0o755);
  const dataDir = join(folder, 'postgres');
  const postgres = await startPostgres({
    dataDir,
    port: 0,
    randomness: systemRandomness,
    durability: 'none',
  });
  return {
    port: postgres.port,
    version: postgres.version,
    get pid() {
      return postgres.pid;
    },
    superuserUrl: (database) => postgres.superuserUrl(database),
    url: (database, role, password) => postgres.url(database, role, password),
    stop: () => postgres.stop(),
    async destroy() {
      await postgres.stop();
      // Where the temporary folder is closed to others, the cluster lies elsewhere.
      rmSync(clusterFolder(dataDir, runAs()), { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
