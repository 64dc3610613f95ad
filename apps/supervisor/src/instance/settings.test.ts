import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataDir } from './data-dir.ts';
import { parseOptions } from './options.ts';
import { decideSettings, keepSettings } from './settings.ts';
import type { InstanceSettings } from './settings.ts';

const bucket = {
  RIND_S3_ENDPOINT: 'http://127.0.0.1:7070/',
  RIND_S3_BUCKET: 'index',
  RIND_S3_PREFIX: 'of/ours',
  AWS_REGION: 'eu-central-1',
};
const located = {
  kind: 's3',
  endpoint: 'http://127.0.0.1:7070',
  region: 'eu-central-1',
  bucket: 'index',
  prefix: 'of/ours/',
};
const failsWith = (code: string, details: object) => expect.objectContaining({ code, details });

let data: DataDir;
beforeEach(() => {
  data = new DataDir(mkdtempSync(join(tmpdir(), 'rind-settings-')));
});
afterEach(() => rmSync(data.path, { recursive: true }));

function decide(args: string[], environment: Record<string, string> = {}): InstanceSettings {
  const options = parseOptions(['--data', data.path, ...args], '/', '/', environment);
  return decideSettings(data, options, () => 'a-name');
}

/** A first start that got as far as keeping its settings. */
function begin(args: string[], environment: Record<string, string> = {}): void {
  keepSettings(data, decide(args, environment));
}

describe('the store of a first start', () => {
  it('is a folder unless it is asked for otherwise', () => {
    expect(decide([], bucket).store).toEqual({ kind: 'fs', path: data.store });
  });

  it('is the bucket that the environment names', () => {
    expect(decide(['--store', 's3'], bucket).store).toEqual(located);
  });

  it('is at AWS, at the top of the bucket, when nothing else is said', () => {
    const { AWS_REGION, RIND_S3_BUCKET } = bucket;
    expect(decide(['--store', 's3'], { AWS_REGION, RIND_S3_BUCKET }).store).toMatchObject({
      endpoint: null,
      prefix: '',
    });
  });

  it.each([
    ['RIND_S3_BUCKET', ''],
    ['RIND_S3_BUCKET', 'Not_A_Bucket'],
    ['AWS_REGION', ''],
    ['AWS_REGION', 'a region'],
    ['RIND_S3_ENDPOINT', 'ftp://x/'],
    ['RIND_S3_PREFIX', 'a/../b'],
  ])('is refused with %s=%j', (name, value) => {
    expect(() => decide(['--store', 's3'], { ...bucket, [name]: value })).toThrow(
      failsWith('option.invalid', { option: 'store' }),
    );
  });

  it('is refused when it is of no kind that there is', () => {
    expect(() => decide(['--store', 'tape'])).toThrow(failsWith('option.invalid', { option: 'store' }));
  });

  it('is not remembered before it is kept', () => {
    decide(['--store', 's3'], bucket);
    expect(decide([]).store.kind).toBe('fs');
  });
});

describe('the store of a later start', () => {
  it('is the bucket of the first, whatever the environment says or not', () => {
    begin(['--store', 's3'], bucket);
    expect(decide([]).store).toEqual(located);
    expect(decide(['--store', 's3'], { ...bucket, RIND_S3_PREFIX: '/of/ours/' }).store).toEqual(located);
  });

  it('is the folder of the first, wherever the data folder lies now', () => {
    begin([]);
    expect(readFileSync(data.settingsFile, 'utf8')).not.toContain(data.path);
    expect(decide([], bucket).store).toEqual({ kind: 'fs', path: data.store });
  });

  it('is a folder in settings that were written before there was a choice', () => {
    const old = { repository: 'old', bins: 64, binEncoding: 'succinct' };
    writeFileSync(data.settingsFile, JSON.stringify(old));
    expect(decide([])).toEqual({ ...old, store: { kind: 'fs', path: data.store } });
  });

  it('may have moved to another address', () => {
    begin(['--store', 's3'], bucket);
    const moved = { RIND_S3_ENDPOINT: 'https://s3.example', AWS_REGION: 'eu-west-1' };
    expect(decide([], moved).store).toEqual({
      ...located,
      endpoint: 'https://s3.example',
      region: 'eu-west-1',
    });
  });

  it.each([
    [['--store', 'fs'], bucket, { given: 'fs', existing: 's3' }],
    [['--store', 's3'], { ...bucket, RIND_S3_BUCKET: 'other' }, { given: 'other', existing: 'index' }],
    [['--store', 's3'], { ...bucket, RIND_S3_PREFIX: '' }, { given: '', existing: 'of/ours/' }],
    [[], { RIND_S3_BUCKET: 'other' }, { given: 'other', existing: 'index' }],
    [[], { RIND_S3_PREFIX: 'other' }, { given: 'other/', existing: 'of/ours/' }],
  ])('is never another: %j %j', (args, environment, details) => {
    begin(['--store', 's3'], bucket);
    expect(() => decide(args, environment)).toThrow(
      failsWith('data.contradicts', { option: 'store', ...details }),
    );
  });

  it('is never a bucket where it was a folder', () => {
    begin([]);
    expect(() => decide(['--store', 's3'], bucket)).toThrow(
      failsWith('data.contradicts', { option: 'store', given: 's3', existing: 'fs' }),
    );
  });
});
