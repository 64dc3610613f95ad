import { keyNames } from '../ceremony/key-files.ts';
import type { DataDir } from '../instance/data-dir.ts';
import type { InstanceSecrets } from '../instance/secrets.ts';
import type { InstanceSettings } from '../instance/settings.ts';
import type { StoreLocation } from '@rind/storage-port';

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

/** @param credentials for the bucket, where the store is one; only who opens the store gets them */
export function environments(
  data: DataDir,
  settings: InstanceSettings,
  secrets: InstanceSecrets,
  addresses: Addresses,
  inherited: Environment,
  credentials: Environment,
): ProcessEnvironments {
  const common = (port: number): Environment => ({
    ...inherited,
    RIND_LISTEN_HOST: '127.0.0.1',
    RIND_LISTEN_PORT: String(port),
    RIND_STATE_DIR: data.stateDir,
    RIND_REPOSITORY: settings.repository,
  });
  const store = storeEnvironment(settings.store, credentials);
  const authUrl = `http://127.0.0.1:${addresses.auth}`;
  const warehouseUrl = `http://127.0.0.1:${addresses.warehouse}`;
  return {
    gate: {
      ...common(addresses.gate),
      RIND_AUTH_URL: authUrl,
      RIND_WAREHOUSE_URL: warehouseUrl,
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
      RIND_WAREHOUSE_URL: warehouseUrl,
      RIND_PUBLIC_URL: addresses.publicUrl,
      RIND_AUTH_ORIGIN: `http://localhost:${addresses.auth}`,
      RIND_MAIL: 'development',
      RIND_TOKEN_LOCATION: new URL(addresses.publicUrl).host,
    },
    signers: addresses.signers.map((port) => ({
      ...common(port),
      ...store,
      RIND_DATABASE_URL: addresses.databases.index('rind_signer'),
      RIND_ROOT_FILE: data.rootFile(settings.store),
      RIND_TRUSTED_GRANT_KEYS_FILE: data.grantKeysFile,
      RIND_SNAPSHOT_KEY_FILE: data.key(keyNames.online),
      RIND_TIMESTAMP_KEY_FILE: data.key(keyNames.online),
      RIND_BIN_KEY_FILE: data.key(keyNames.bin),
      RIND_ONLINE_KEYS_DIR: data.onlineKeys,
      RIND_KEY_PASSPHRASE_FILE: data.passphraseFile,
      RIND_AUTH_URL: authUrl,
      RIND_SIGNER_AUTH_SECRET: secrets.signerAuth,
      RIND_OPERATOR_SIGNER_SECRET: secrets.operatorSigner,
    })),
  };
}

function storeEnvironment(store: StoreLocation, credentials: Environment): Environment {
  if (store.kind === 'fs') return { RIND_STORE_KIND: 'fs', RIND_STORE_PATH: store.path };
  return {
    ...credentials,
    RIND_STORE_KIND: 's3',
    ...(store.endpoint === null ? {} : { RIND_S3_ENDPOINT: store.endpoint }),
    RIND_S3_BUCKET: store.bucket,
    RIND_S3_PREFIX: store.prefix,
    AWS_REGION: store.region,
  };
}

const passedOn =
  /^(?:PATH|HOME|TMPDIR|LANG|LC_.*|TZ|NODE_ENV|NODE_COMPILE_CACHE|RIND_(?:CRASH_AT|STOP_AT|FAULTS|FAULTS_SEED|CLOCK_OFFSET_MS|MIN_PUBLISH_INTERVAL_MS|MAX_FILE_BYTES|MAX_PROJECT_BYTES|MAX_RELEASE_AGE_DAYS|PROHIBITED_NAMES_FILE|OIDC_ISSUERS_FILE|OIDC_AUDIENCE|SPOOL_MAX_BYTES|LEASE_TTL_MS|ONLINE_LIFETIME_MS|REFRESH_.*|RECONCILE_.*|WRITER_STUCK_MS|CEREMONY_POLL_MS|ROTATION_GRACE_MS|UNAPPLIED_.*|QUOTA_.*|GC_.*|RENDER_PAGES|BIN_THREADS|HASH_THREADS|MAX_BATCH))$/;

/** Where AWS's own chain of providers looks for credentials. */
const awsCredentials =
  /^AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|PROFILE|CONFIG_FILE|SHARED_CREDENTIALS_FILE|ROLE_ARN|ROLE_SESSION_NAME|WEB_IDENTITY_TOKEN_FILE|CONTAINER_.*|EC2_METADATA_.*)$/;

type OwnEnvironment = Readonly<Record<string, string | undefined>>;

/** The part of our own environment that every child inherits; nothing else leaks into them. */
export function inheritedEnvironment(env: OwnEnvironment): Environment {
  return those(env, passedOn);
}

/** The part of our own environment that opens the bucket. */
export function credentialEnvironment(env: OwnEnvironment): Environment {
  return those(env, awsCredentials);
}

function those(env: OwnEnvironment, names: RegExp): Environment {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && names.test(name) ? [[name, value]] : [],
    ),
  );
}
