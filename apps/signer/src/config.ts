import { z } from 'zod';
import {
  commonVariables,
  httpUrl,
  loadConfig,
  sharedSecret,
  storeVariables,
  wholeNumberFrom,
} from '@rind/nest-kit';
import { SignerError } from './errors.ts';

const hour = 3_600_000;
const path = z.string().min(1);

const ownVariables = z.object({
  ...commonVariables,
  RIND_DATABASE_URL: z.string().min(1),
  /** The root that this signer trusts from the start; newer ones are verified from it. */
  RIND_ROOT_FILE: path,
  RIND_TRUSTED_GRANT_KEYS_FILE: path,
  /** One key for snapshot and timestamp, one for every bin. */
  RIND_SNAPSHOT_KEY_FILE: path,
  RIND_TIMESTAMP_KEY_FILE: path,
  RIND_BIN_KEY_FILE: path,
  /** A folder in which the keys of a rotation appear; the files above are used as well. */
  RIND_ONLINE_KEYS_DIR: path.optional(),
  RIND_KEY_PASSPHRASE_FILE: path,
  RIND_AUTH_URL: httpUrl,
  RIND_SIGNER_AUTH_SECRET: sharedSecret,
  /** Shared with `rind` on the machine of the instance. */
  RIND_OPERATOR_SIGNER_SECRET: sharedSecret,
  RIND_BIN_THREADS: wholeNumberFrom(1, 64).default(2),
  RIND_LEASE_TTL_MS: wholeNumberFrom(500, 60_000).default(3_000),
  RIND_MIN_PUBLISH_INTERVAL_MS: wholeNumberFrom(0, 600_000).default(0),
  RIND_MAX_BATCH: wholeNumberFrom(1, 100_000).default(5_000),
  RIND_ONLINE_LIFETIME_MS: wholeNumberFrom(60_000).default(24 * hour),
  RIND_REFRESH_BELOW_MS: wholeNumberFrom(1_000).default(16 * hour),
  RIND_REFRESH_FLOOR_MS: wholeNumberFrom(1_000).default(12 * hour),
  RIND_REFRESH_TICK_MS: wholeNumberFrom(100).default(60_000),
  /** `valid-for.low` is raised when anything online has been valid for less than this for two ticks. */
  RIND_VALID_FOR_ALARM_MS: wholeNumberFrom(1_000).default(6 * hour),
  /** A writer that got nothing done for so long is not ready. */
  RIND_WRITER_STUCK_MS: wholeNumberFrom(1_000).default(300_000),
  RIND_UNAPPLIED_ALARM_MS: wholeNumberFrom(1_000).default(180_000),
  RIND_RECONCILE_INTERVAL_MS: wholeNumberFrom(100).default(10_000),
  /** How often the store is asked for what a ceremony brought. */
  RIND_CEREMONY_POLL_MS: wholeNumberFrom(50).default(2_000),
  /** How long the keys of an earlier root sign as well. */
  RIND_ROTATION_GRACE_MS: wholeNumberFrom(0).default(600_000),
  RIND_QUOTA_FILES_PER_PROJECT_HOUR: wholeNumberFrom(1).default(2_000),
  RIND_QUOTA_DELETIONS_PER_HOUR: wholeNumberFrom(1).default(1_000),
  /** From one sweep to the next; 0: only when the operator asks for one. */
  RIND_GC_INTERVAL_MS: wholeNumberFrom(0).default(6 * hour),
  /** Longer than a client may take from the timestamp to the last page that it leads to, caches on the way included. */
  RIND_GC_GRACE_MS: wholeNumberFrom(0).default(25 * hour),
  RIND_GC_PACKAGE_RETENTION_MS: wholeNumberFrom(0).default(90 * 24 * hour),
  /** Days whose last snapshot is kept for auditors, today's among them. */
  RIND_GC_DAILY_SNAPSHOTS: wholeNumberFrom(0, 3_660).default(0),
  /** Development only: some calls of store, keys and database fail; the seed of which. */
  RIND_FAULTS: z.string().min(1).optional(),
  RIND_FAULTS_SEED: z.string().min(1).optional(),
  /** Off only in the benchmark that measures what pages cost. */
  RIND_RENDER_PAGES: z.enum(['yes', 'no']).default('yes'),
});

/** What the signer reads from its environment; docs/reference/configuration.md. */
const signerVariables = ownVariables.and(storeVariables);

export type SignerConfig = Readonly<z.output<typeof signerVariables>>;

/** Keys in files, and a folder as store: what one machine has, and nothing that others should rely on. */
const developmentOnly: readonly (keyof SignerConfig)[] = [
  'RIND_SNAPSHOT_KEY_FILE',
  'RIND_TIMESTAMP_KEY_FILE',
  'RIND_BIN_KEY_FILE',
];

/**
 * @throws KitError `config.invalid`
 * @throws SignerError `config.development-only`: such adapters, and `NODE_ENV=production`
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): SignerConfig {
  const config = loadConfig(signerVariables, env);
  if (config.NODE_ENV === 'production') {
    const store: readonly (keyof SignerConfig)[] = config.RIND_STORE_KIND === 'fs' ? ['RIND_STORE_KIND'] : [];
    const variables = [...store, ...developmentOnly];
    throw new SignerError('config.development-only', `for development only: ${variables.join(', ')}`, {
      variables,
    });
  }
  return config;
}
