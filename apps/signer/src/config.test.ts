import { isRindError } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const env = {
  RIND_LISTEN_PORT: '0',
  RIND_REPOSITORY: 'demo',
  RIND_DATABASE_URL: 'postgres://rind_signer:x@127.0.0.1/rind_index',
  RIND_STORE_KIND: 'fs',
  RIND_STORE_PATH: '/store',
  RIND_ROOT_FILE: '/1.root.json',
  RIND_TRUSTED_GRANT_KEYS_FILE: '/grant-keys.json',
  RIND_SNAPSHOT_KEY_FILE: '/online.pem',
  RIND_TIMESTAMP_KEY_FILE: '/online.pem',
  RIND_BIN_KEY_FILE: '/bin.pem',
  RIND_KEY_PASSPHRASE_FILE: '/passphrase',
  RIND_AUTH_URL: 'http://127.0.0.1:1/',
  RIND_SIGNER_AUTH_SECRET: 's'.repeat(32),
  RIND_OPERATOR_SIGNER_SECRET: 'o'.repeat(32),
};

function refusalOf(environment: Record<string, string>): unknown {
  try {
    return readConfig(environment);
  } catch (thrown) {
    return thrown;
  }
}

describe('the signer’s configuration', () => {
  it('has the schedule of the documents unless it is told otherwise', () => {
    expect(readConfig(env)).toMatchObject({
      RIND_AUTH_URL: 'http://127.0.0.1:1',
      RIND_ONLINE_LIFETIME_MS: 86_400_000,
      RIND_REFRESH_BELOW_MS: 57_600_000,
      RIND_REFRESH_FLOOR_MS: 43_200_000,
      RIND_GC_INTERVAL_MS: 21_600_000,
      RIND_GC_GRACE_MS: 90_000_000,
      RIND_GC_PACKAGE_RETENTION_MS: 7_776_000_000,
    });
  });

  it('names every variable that is missing or bad at once', () => {
    const error = refusalOf({ ...env, RIND_STORE_KIND: 'tape', RIND_BIN_THREADS: '0', RIND_ROOT_FILE: '' });
    expect(isRindError(error, 'config.invalid')).toBe(true);
    const { problems } = (error as { details: { problems: { name: string }[] } }).details;
    expect(problems.map(({ name }) => name).sort()).toEqual([
      'RIND_BIN_THREADS',
      'RIND_ROOT_FILE',
      'RIND_STORE_KIND',
    ]);
  });

  const bucket = {
    ...env,
    RIND_STORE_PATH: '',
    RIND_STORE_KIND: 's3',
    RIND_S3_BUCKET: 'an-index',
    AWS_REGION: 'eu-central-1',
  };

  it('takes a bucket instead of a folder', () => {
    expect(readConfig(bucket)).toMatchObject({ RIND_S3_BUCKET: 'an-index', RIND_S3_PREFIX: '' });
  });

  it.each([
    ['RIND_S3_BUCKET', 's3'],
    ['RIND_STORE_PATH', 'fs'],
  ])('misses %s where the store is %s, and nothing of the other', (name, kind) => {
    const environment = { ...bucket, RIND_S3_BUCKET: '', RIND_STORE_KIND: kind };
    expect(refusalOf(environment)).toMatchObject({
      code: 'config.invalid',
      details: { problems: [{ name, problem: 'is missing' }] },
    });
  });

  it('has no keys in files in production, wherever the store is', () => {
    expect(refusalOf({ ...bucket, NODE_ENV: 'production' })).toMatchObject({
      code: 'config.development-only',
      details: {
        variables: ['RIND_SNAPSHOT_KEY_FILE', 'RIND_TIMESTAMP_KEY_FILE', 'RIND_BIN_KEY_FILE'],
      },
    });
  });

  it('has neither a folder as store nor keys in files in production', () => {
    expect(refusalOf({ ...env, NODE_ENV: 'production' })).toMatchObject({
      code: 'config.development-only',
      details: {
        variables: [
          'RIND_STORE_KIND',
          'RIND_SNAPSHOT_KEY_FILE',
          'RIND_TIMESTAMP_KEY_FILE',
          'RIND_BIN_KEY_FILE',
        ],
      },
    });
  });
});
