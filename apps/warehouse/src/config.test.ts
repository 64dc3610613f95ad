import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const env = {
  RIND_LISTEN_PORT: '0',
  RIND_REPOSITORY: 'test.rind',
  RIND_DATABASE_URL: 'postgres://rind_warehouse:pw@127.0.0.1:5432/rind_index',
  RIND_STORE_KIND: 'fs',
  RIND_STORE_PATH: '/data/store',
  RIND_SPOOL_DIR: '/data/spool',
  RIND_GATE_WAREHOUSE_SECRET: 's'.repeat(40),
  RIND_PUBLIC_URL: 'http://127.0.0.1:8458/',
  RIND_TRUSTED_GRANT_KEYS_FILE: '/data/keys.json',
  RIND_BIN_COUNT: '16384',
};

describe('the configuration', () => {
  it('needs no more than what has no sensible default', () => {
    expect(readConfig(env)).toMatchObject({
      listen: { host: '127.0.0.1' },
      publicUrl: 'http://127.0.0.1:8458',
      maxFileBytes: 104_857_600,
      maxProjectBytes: 10_737_418_240,
      maxReleaseAgeMs: 1_209_600_000,
      prohibitedNamesFile: null,
      bins: { count: 16_384, encoding: 'succinct' },
    });
  });

  it.each([
    ['RIND_BIN_COUNT', '1000'],
    ['RIND_BIN_COUNT', '1'],
    ['RIND_BIN_COUNT', '65536'],
    ['RIND_BIN_ENCODING', 'none'],
    ['RIND_STORE_KIND', 'tape'],
    ['RIND_DATABASE_URL', 'http://x/'],
    ['RIND_GATE_WAREHOUSE_SECRET', 'short'],
    ['RIND_STORE_PATH', ''],
  ])('refuses %s=%j and names it', (name, value) => {
    const problems = [expect.objectContaining({ name })];
    expect(() => readConfig({ ...env, [name]: value })).toThrow(
      expect.objectContaining({ code: 'config.invalid', details: { problems } }),
    );
  });

  const bucket = {
    ...env,
    RIND_STORE_PATH: '',
    RIND_STORE_KIND: 's3',
    RIND_S3_BUCKET: 'an-index',
    RIND_S3_PREFIX: 'of/ours',
    AWS_REGION: 'eu-central-1',
  };

  it('takes a bucket instead of a folder', () => {
    expect(readConfig(bucket).store).toEqual({
      kind: 's3',
      endpoint: null,
      region: 'eu-central-1',
      bucket: 'an-index',
      prefix: 'of/ours/',
    });
  });

  it('keeps the folder as a store out of production, and a bucket in', () => {
    expect(() => readConfig({ ...env, NODE_ENV: 'production' })).toThrow(
      expect.objectContaining({
        code: 'config.invalid',
        details: { problems: [expect.objectContaining({ name: 'RIND_STORE_KIND' })] },
      }),
    );
    expect(readConfig({ ...bucket, NODE_ENV: 'production' }).store.kind).toBe('s3');
  });
});
