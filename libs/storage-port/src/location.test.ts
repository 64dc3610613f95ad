import { describe, expect, it } from 'vitest';
import { bucketPrefix, describeLocation, isBucketName } from './index.ts';

describe('a place in a bucket', () => {
  it.each([
    ['', ''],
    ['/', ''],
    ['a', 'a/'],
    ['a/', 'a/'],
    ['/a/b.c/', 'a/b.c/'],
    ['..a', '..a/'],
  ])('written %j stands before keys as %j', (given, prefix) => {
    expect(bucketPrefix(given)).toBe(prefix);
  });

  it.each(['///', 'a//b', '.', '..', 'a/..', 'a b', 'ä', 'a\\b', 'a%2Fb'])('is never %j', (given) => {
    expect(bucketPrefix(given)).toBeNull();
  });

  it.each([
    ['abc', true],
    ['a.b-c.1', true],
    ['a'.repeat(63), true],
    ['a'.repeat(64), false],
    ['ab', false],
    ['-ab', false],
    ['ab.', false],
    ['a_b', false],
    ['A-b', false],
  ])('has the bucket name %j: %j', (name, holds) => {
    expect(isBucketName(name)).toBe(holds);
  });

  it('is shown as people write it', () => {
    const location = { kind: 's3', endpoint: null, region: 'r', bucket: 'index', prefix: 'a/' } as const;
    expect(describeLocation(location)).toBe('s3://index/a/');
    expect(describeLocation({ kind: 'fs', path: '/data/store' })).toBe('/data/store');
  });
});
