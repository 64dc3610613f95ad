import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureRoles, migrate, openPool } from '@rind/database';
import type { Pool } from '@rind/database';
import { startTestPostgres } from '@rind/embedded-postgres';
import type { TestPostgres } from '@rind/embedded-postgres';
import { FakeClock, systemRandomness } from '@rind/kernel';
import { createApp, createLogger } from '@rind/nest-kit';
import type { App } from '@rind/nest-kit';
import type { PublicKey } from '@rind/crypto';
import { createKeyFile } from '@rind/signers-file';
import { AuthModule } from '../auth.module.ts';
import { readConfig } from '../config.ts';
import { problems } from '../problems.ts';
import { keepRawBodies } from '../raw-bodies.ts';
import { Vault } from '../protection/vault.ts';

export const secrets = {
  gate: 'gate-secret-gate-secret-gate-secret',
  signer: 'signer-secret-signer-secret-signer',
  operator: 'operator-secret-operator-secret-op',
};
const passwords = { owner: 'owner-password', warehouse: 'w', signer: 's', auth: 'auth-password' };

export interface Reply {
  readonly status: number;
  readonly code: string | undefined;
  readonly json: Record<string, unknown>;
}

/** auth on a real PostgreSQL with real key files; requests go in without a socket. */
export interface AuthFixture {
  readonly app: App;
  readonly clock: FakeClock;
  readonly grantKey: PublicKey;
  /** With the key outside the database. */
  readonly vault: Vault;
  readonly postgres: TestPostgres;
  /** As the role of auth. */
  readonly pool: Pool;
  /** As the owner of the schema: what an intruder in the database could do. */
  readonly owner: Pool;
  post(caller: keyof typeof secrets, path: string, body: object): Promise<Reply>;
  get(caller: keyof typeof secrets, path: string): Promise<Reply>;
  /** A second process on the same database; whoever starts it closes it. */
  another(): Promise<App>;
  log(): string;
  stop(): Promise<void>;
}

/** @param variables beside those that it needs */
export async function startAuth(variables: Readonly<Record<string, string>> = {}): Promise<AuthFixture> {
  const folder = mkdtempSync(join(tmpdir(), 'auth-'));
  const postgres = await startTestPostgres();
  await ensureRoles({ superuserUrl: postgres.superuserUrl('postgres'), passwords });
  const ownerUrl = postgres.url('rind_auth', 'rind_owner', passwords.owner);
  await migrate({ ownerUrl, which: 'auth' });
  const databaseUrl = postgres.url('rind_auth', 'rind_auth', passwords.auth);

  const keyPath = join(folder, 'grant.pem');
  const { key } = await createKeyFile({
    path: keyPath,
    passphrase: 'correct horse',
    randomness: systemRandomness,
    role: 'grants of auth',
  });
  writeFileSync(join(folder, 'passphrase'), 'correct horse\n');
  writeFileSync(join(folder, 'seal'), `${'5a'.repeat(32)}\n`);
  const config = readConfig({
    RIND_LISTEN_PORT: '0',
    RIND_REPOSITORY: 'demo',
    RIND_DATABASE_URL: databaseUrl,
    RIND_GRANT_KEY_FILE: keyPath,
    RIND_KEY_PASSPHRASE_FILE: join(folder, 'passphrase'),
    RIND_SEAL_KEY_FILE: join(folder, 'seal'),
    RIND_GATE_AUTH_SECRET: secrets.gate,
    RIND_SIGNER_AUTH_SECRET: secrets.signer,
    RIND_OPERATOR_AUTH_SECRET: secrets.operator,
    // Nobody is there.
    RIND_WAREHOUSE_URL: 'http://127.0.0.1:9',
    RIND_PUBLIC_URL: 'https://index.example/',
    RIND_AUTH_ORIGIN: 'http://localhost:8459',
    RIND_MAIL: 'development',
    RIND_TOKEN_LOCATION: 'localhost',
    ...variables,
  });

  let log = '';
  const clock = new FakeClock(1_800_000_000_000);
  const another = () =>
    createApp(AuthModule, {
      config,
      clock,
      randomness: systemRandomness,
      logger: createLogger({ process: 'auth', clock, write: (line) => (log += line) }),
      problems,
      bodyLimitBytes: 65_536,
      configure: keepRawBodies,
    });
  const app = await another();
  const pool = openPool(databaseUrl, { max: 2, name: 'test' });
  const owner = openPool(ownerUrl, { max: 2, name: 'test' });
  const send = async (
    method: 'GET' | 'POST',
    caller: keyof typeof secrets,
    url: string,
    payload?: object,
  ) => {
    const headers = { authorization: `Bearer ${secrets[caller]}` };
    const answer = await app.fastify.inject({
      method,
      url,
      headers,
      ...(payload === undefined ? {} : { payload }),
    });
    const json = answer.body === '' ? {} : (answer.json() as Record<string, unknown>);
    const code = answer.headers['x-rind-error'];
    return { status: answer.statusCode, code: typeof code === 'string' ? code : undefined, json };
  };
  return {
    app,
    clock,
    grantKey: key,
    vault: new Vault(config.sealKey, systemRandomness),
    postgres,
    pool,
    owner,
    post: (caller, path, body) => send('POST', caller, path, body),
    get: (caller, path) => send('GET', caller, path),
    another,
    log: () => log,
    async stop() {
      await app.close();
      await pool.close();
      await owner.close();
      await postgres.destroy();
      rmSync(folder, { recursive: true });
    },
  };
}
