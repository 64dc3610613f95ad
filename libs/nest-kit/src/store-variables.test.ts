import { isRindError } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commonVariables, loadConfig } from './config.ts';
import { storeLocation, storeVariables } from './store-variables.ts';

const schema = z.object(commonVariables).and(storeVariables);
const common = { RIND_LISTEN_PORT: '0', RIND_REPOSITORY: 'demo' };
const folder = { ...common, RIND_STORE_KIND: 'fs', RIND_STORE_PATH: '/data/store' };
const bucket = { ...common, RIND_STORE_KIND: 's3', RIND_S3_BUCKET: 'an-index', AWS_REGION: 'eu-central-1' };

const locationOf = (env: Record<string, string>) => storeLocation(loadConfig(schema, env));

function problemsOf(env: Record<string, string>): string[] {
  try {
    loadConfig(schema, env);
  } catch (error) {
    if (!isRindError(error, 'config.invalid')) throw error;
    return (error.details as { problems: { name: string }[] }).problems.map(({ name }) => name).sort();
  }
  return [];
}

describe('where the store is', () => {
  it('is a folder', () => {
    expect(locationOf(folder)).toEqual({ kind: 'fs', path: '/data/store' });
  });

  it('is a bucket of AWS when there is no endpoint', () => {
    expect(locationOf(bucket)).toEqual({
      kind: 's3',
      endpoint: null,
      region: 'eu-central-1',
      bucket: 'an-index',
      prefix: '',
    });
  });

  it.each([
    ['', ''],
    ['/', ''],
    ['a', 'a/'],
    ['/a/', 'a/'],
    ['a/b.c/1+2', 'a/b.c/1+2/'],
    ['..a/.b', '..a/.b/'],
  ])('puts the prefix %j before keys as %j', (given, prefix) => {
    const endpoint = 'http://127.0.0.1:7070';
    expect(locationOf({ ...bucket, RIND_S3_PREFIX: given, RIND_S3_ENDPOINT: `${endpoint}/` })).toMatchObject({
      endpoint,
      prefix,
    });
  });

  it.each(['a//b', '..', 'a/../b', 'a/.', 'a b', 'ä', 'a\\b'])('refuses the prefix %j', (prefix) => {
    expect(problemsOf({ ...bucket, RIND_S3_PREFIX: prefix })).toEqual(['RIND_S3_PREFIX']);
  });

  it.each([
    ['RIND_STORE_KIND', 'tape'],
    ['RIND_S3_BUCKET', 'UPPER'],
    ['RIND_S3_BUCKET', 'x'],
    ['RIND_S3_ENDPOINT', 'ftp://x/'],
    ['AWS_REGION', 'eu central'],
  ])('refuses %s=%j and names it', (name, value) => {
    expect(problemsOf({ ...bucket, [name]: value })).toEqual([name]);
  });

  it('names all that a bucket needs at once, beside what else is missing', () => {
    expect(problemsOf({ RIND_STORE_KIND: 's3', RIND_REPOSITORY: 'demo' })).toEqual([
      'AWS_REGION',
      'RIND_LISTEN_PORT',
      'RIND_S3_BUCKET',
    ]);
  });

  it.each([
    ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
    ['AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID'],
  ])('refuses %s without its other half', (given, absent) => {
    expect(problemsOf({ ...bucket, [given]: 'x' })).toEqual([absent]);
    expect(problemsOf({ ...bucket, [given]: 'x', [absent]: 'y' })).toEqual([]);
  });

  it('keeps no credential', () => {
    const env = { ...bucket, AWS_ACCESS_KEY_ID: 'an-id', AWS_SECRET_ACCESS_KEY: 'a-secret' };
    expect(JSON.stringify(loadConfig(schema, env))).not.toMatch(/an-id|a-secret/);
  });
});
