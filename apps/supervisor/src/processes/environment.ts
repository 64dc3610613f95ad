import { keyNames } from '../ceremony/key-files.ts';
import type { DataDir } from '../instance/data-dir.ts';
import type { InstanceSecrets } from '../instance/secrets.ts';
import type { InstanceSettings } from '../instance/settings.ts';

export interface Addresses {
  readonly gate: number;
  readonly warehouse: number;
  readonly auth: number;
  readonly signers: readonly number[];
  /** The public address of the instance. */
  readonly publicUrl: string;
  readonly databases: { readonly index: (role: string) => string; readonly auth: (role: string) => string };
}

type Environment = Readonly<Record<string, string>>;

/** What each process is told, and so what it may hold (docs/architecture.md): nobody gets more than its part. */
export interface ProcessEnvironments {
  readonly gate: Environment;
  readonly warehouse: Environment;
  readonly auth: Environment;
  readonly signers: readonly Environment[];
}

export function environments(
  data: DataDir,
  settings: InstanceSettings,
  secrets: InstanceSecrets,
  addresses: Addresses,
  inherited: Environment,
): ProcessEnvironments {
  const common = (port: number): Environment => ({
    ...inherited,
    RIND_LISTEN_HOST: '127.0.0.1',
    RIND_LISTEN_PORT: String(port),
    RIND_STATE_DIR: data.stateDir,
    RIND_REPOSITORY: settings.repository,
  });
  const store = { RIND_STORE_KIND: 'fs', RIND_STORE_PATH: data.store };
  const authUrl = `http://127.0.0.1:${addresses.auth}`;
  return {
    gate: {
      ...common(addresses.gate),
      RIND_AUTH_URL: authUrl,
      RIND_WAREHOUSE_URL: `http://127.0.0.1:${addresses.warehouse}`,
      RIND_GATE_AUTH_SECRET: secrets.gateAuth,
      RIND_GATE_WAREHOUSE_SECRET: secrets.gateWarehouse,
      RIND_SPOOL_DIR: data.spool('gate'),
    },
    warehouse: {
      ...common(addresses.warehouse),
      ...store,
      RIND_DATABASE_URL: addresses.databases.index('rind_warehouse'),
      RIND_SPOOL_DIR: data.spool('warehouse'),
      RIND_GATE_WAREHOUSE_SECRET: secrets.gateWarehouse,
      RIND_PUBLIC_URL: addresses.publicUrl,
      RIND_TRUSTED_GRANT_KEYS_FILE: data.grantKeysFile,
      RIND_BIN_COUNT: String(settings.bins),
      RIND_BIN_ENCODING: settings.binEncoding,
    },
    auth: {
      ...common(addresses.auth),
      RIND_DATABASE_URL: addresses.databases.auth('rind_auth'),
      RIND_GRANT_KEY_FILE: data.key(keyNames.grant),
      RIND_KEY_PASSPHRASE_FILE: data.passphraseFile,
      RIND_SEAL_KEY_FILE: data.sealKeyFile,
      RIND_GATE_AUTH_SECRET: secrets.gateAuth,
      RIND_SIGNER_AUTH_SECRET: secrets.signerAuth,
      RIND_OPERATOR_AUTH_SECRET: secrets.operatorAuth,
      RIND_TOKEN_LOCATION: new URL(addresses.publicUrl).host,
    },
    signers: addresses.signers.map((port) => ({
      ...common(port),
      ...store,
      RIND_DATABASE_URL: addresses.databases.index('rind_signer'),
      RIND_ROOT_FILE: data.rootFile,
      RIND_TRUSTED_GRANT_KEYS_FILE: data.grantKeysFile,
      RIND_SNAPSHOT_KEY_FILE: data.key(keyNames.online),
      RIND_TIMESTAMP_KEY_FILE: data.key(keyNames.online),
      RIND_BIN_KEY_FILE: data.key(keyNames.bin),
      RIND_KEY_PASSPHRASE_FILE: data.passphraseFile,
      RIND_AUTH_URL: authUrl,
      RIND_SIGNER_AUTH_SECRET: secrets.signerAuth,
    })),
  };
}

const passedOn =
  /^(?:PATH|HOME|TMPDIR|LANG|LC_.*|TZ|NODE_ENV|NODE_COMPILE_CACHE|RIND_(?:CRASH_AT|STOP_AT|FAULTS|CLOCK_OFFSET_MS|MIN_PUBLISH_INTERVAL_MS|MAX_FILE_BYTES|SPOOL_MAX_BYTES|LEASE_TTL_MS|ONLINE_LIFETIME_MS|REFRESH_.*|RECONCILE_.*|UNAPPLIED_.*|QUOTA_.*|RENDER_PAGES|BIN_THREADS|HASH_THREADS|MAX_BATCH))$/;

/** The part of our own environment that children inherit; nothing else leaks into them. */
export function inheritedEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && passedOn.test(name) ? [[name, value]] : [],
    ),
  );
}
