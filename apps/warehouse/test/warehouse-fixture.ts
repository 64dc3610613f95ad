import { mkdtempSync, chmodSync, rmSync, readdirSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ed25519FromSeed, ed25519PublicKey } from '@rind/crypto';
import { ensureRoles, migrate, openPool } from '@rind/database';
import type { Pool } from '@rind/database';
import { startPostgres } from '@rind/embedded-postgres';
import type { Postgres } from '@rind/embedded-postgres';
import { FakeClock, systemRandomness } from '@rind/kernel';
import { createLogger } from '@rind/nest-kit';
import type { App } from '@rind/nest-kit';
import { openFsStore } from '@rind/storage-fs';
import type { FsStore } from '@rind/storage-fs';
import type { WarehouseConfig } from '../src/config.ts';
import { buildWarehouse } from '../src/start.ts';

const passwords = { owner: 'owner-pw', warehouse: 'warehouse-pw', signer: 'signer-pw', auth: 'auth-pw' };

export const gateSecret = 'gate-warehouse-secret-gate-warehouse';
export const repository = 'test.rind';
export const binCount = 16;
export const authSeed = new Uint8Array(32).fill(1);
export const operatorSeed = new Uint8Array(32).fill(2);
export const strangerSeed = new Uint8Array(32).fill(3);

/** A warehouse on a real PostgreSQL and a real folder, with real sockets. */
export interface WarehouseFixture {
  readonly app: App;
  readonly url: string;
  readonly port: number;
  readonly clock: FakeClock;
  readonly store: FsStore;
  readonly storePath: string;
  /** As superuser: stands for the signer and for operators of the database. */
  readonly admin: Pool;
  readonly config: WarehouseConfig;
  log(): string;
  /** Names of what lies in the spool. */
  spooled(): string[];
  stopDatabase(): Promise<void>;
  startDatabase(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWarehouse(overrides: Partial<WarehouseConfig> = {}): Promise<WarehouseFixture> {
  const dir = mkdtempSync(join(tmpdir(), 'rind-warehouse-'));
  // PostgreSQL runs as another user when the tests run as root.
  chmodSync(dir, 0o755);
  const dataDir = join(dir, 'postgres');
  const start = (port: number): Promise<Postgres> =>
    startPostgres({ dataDir, port, randomness: systemRandomness, durability: 'none' });
  let postgres = await start(0);
  await ensureRoles({ superuserUrl: postgres.superuserUrl('postgres'), passwords });
  await migrate({ ownerUrl: postgres.url('rind_index', 'rind_owner', passwords.owner), which: 'index' });
  const admin = openPool(postgres.superuserUrl('rind_index'), { max: 4, name: 'test' });

  const storePath = join(dir, 'store');
  const spoolDir = join(dir, 'spool');
  mkdirSync(spoolDir);
  const grantKeysFile = join(dir, 'grant-keys.json');
  writeFileSync(
    grantKeysFile,
    JSON.stringify({ keys: [trusted('auth', authSeed), trusted('operator', operatorSeed)] }),
  );
  const config: WarehouseConfig = {
    listen: { host: '127.0.0.1', port: 0 },
    repository,
    databaseUrl: postgres.url('rind_index', 'rind_warehouse', passwords.warehouse),
    store: { kind: 'fs', path: storePath },
    spoolDir,
    gateSecret,
    publicUrl: 'http://index.test',
    maxFileBytes: 10_485_760,
    maxProjectBytes: 20_971_520,
    maxReleaseAgeMs: 14 * 86_400_000,
    prohibitedNamesFile: null,
    grantKeysFile,
    bins: { count: binCount, encoding: 'succinct' },
    maxConcurrentUploads: 64,
    inspection: { threads: 1, maxQueue: 64, timeoutMs: 60_000, maxHeapMebibytes: 256 },
    bodyIdleMs: 2_000,
    signOfLifeMs: 2_000,
    maxReceiptWaiters: 100,
    clockOffsetMs: 0,
    faults: null,
    checkpoints: { stateDir: undefined, crashAt: undefined, stopAt: undefined },
    ...overrides,
  };
  let log = '';
  // Near the database's own time, which the status compares with it.
  const { rows } = await admin.query<{ now_ms: number }>(
    'SELECT extract(epoch FROM now())::float8 * 1000 AS now_ms',
  );
  const clock = new FakeClock(Math.round(rows[0]!.now_ms));
  const app = await buildWarehouse({
    config,
    clock,
    randomness: systemRandomness,
    logger: createLogger({ process: 'warehouse', clock, write: (line) => (log += line) }),
  });
  const { port } = await app.listen(config.listen);
  return {
    app,
    url: `http://127.0.0.1:${port}`,
    port,
    clock,
    store: openFsStore({ root: storePath }),
    storePath,
    admin,
    config,
    log: () => log,
    spooled: () => readdirSync(spoolDir),
    stopDatabase: () => postgres.stop(),
    async startDatabase() {
      postgres = await start(postgres.port);
    },
    async stop() {
      await app.close();
      await admin.close();
      await postgres.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function trusted(issuer: 'auth' | 'operator', seed: Uint8Array): object {
  return { issuer, key: ed25519PublicKey(ed25519FromSeed(seed).publicKey) };
}
