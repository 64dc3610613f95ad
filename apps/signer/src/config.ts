import { z } from 'zod';
import { commonVariables, httpUrl, loadConfig, sharedSecret, wholeNumberFrom } from '@rind/nest-kit';
import { SignerError } from './errors.ts';

const hour = 3_600_000;
const path = z.string().min(1);

/** What the signer reads from its environment; docs/reference/configuration.md. */
const signerVariables = z.object({
  ...commonVariables,
  RIND_DATABASE_URL: z.string().min(1),
  RIND_STORE_KIND: z.literal('fs'),
  RIND_STORE_PATH: path,
  /** The root that this signer trusts from the start; newer ones are verified from it. */
  RIND_ROOT_FILE: path,
  RIND_TRUSTED_GRANT_KEYS_FILE: path,
  /** One key for snapshot and timestamp, one for every bin. */
  RIND_SNAPSHOT_KEY_FILE: path,
  RIND_TIMESTAMP_KEY_FILE: path,
  RIND_BIN_KEY_FILE: path,
  RIND_KEY_PASSPHRASE_FILE: path,
  RIND_AUTH_URL: httpUrl,
  RIND_SIGNER_AUTH_SECRET: sharedSecret,
  RIND_BIN_THREADS: wholeNumberFrom(1, 64).default(2),
  RIND_LEASE_TTL_MS: wholeNumberFrom(500, 60_000).default(3_000),
  RIND_MIN_PUBLISH_INTERVAL_MS: wholeNumberFrom(0, 600_000).default(0),
  RIND_MAX_BATCH: wholeNumberFrom(1, 100_000).default(5_000),
  RIND_ONLINE_LIFETIME_MS: wholeNumberFrom(60_000).default(24 * hour),
  RIND_REFRESH_BELOW_MS: wholeNumberFrom(1_000).default(16 * hour),
  RIND_REFRESH_FLOOR_MS: wholeNumberFrom(1_000).default(12 * hour),
  RIND_REFRESH_TICK_MS: wholeNumberFrom(100).default(60_000),
  RIND_UNAPPLIED_ALARM_MS: wholeNumberFrom(1_000).default(180_000),
  RIND_RECONCILE_INTERVAL_MS: wholeNumberFrom(100).default(10_000),
  RIND_QUOTA_FILES_PER_PROJECT_HOUR: wholeNumberFrom(1).default(2_000),
  RIND_QUOTA_DELETIONS_PER_HOUR: wholeNumberFrom(1).default(1_000),
  /** Off only in the benchmark that measures what pages cost. */
  RIND_RENDER_PAGES: z.enum(['yes', 'no']).default('yes'),
});

export type SignerConfig = Readonly<z.output<typeof signerVariables>>;

/** A folder as store and keys in files: what one machine has, and nothing that others should rely on. */
const developmentOnly: readonly (keyof SignerConfig)[] = [
  'RIND_STORE_KIND',
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
    throw new SignerError('config.development-only', `for development only: ${developmentOnly.join(', ')}`, {
      variables: developmentOnly,
    });
  }
  return config;
}
