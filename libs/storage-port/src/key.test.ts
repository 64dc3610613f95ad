import { describe, expect, it } from 'vitest';
import { checkStoreKey, checkStorePrefix, isStoreKey } from './index.ts';

describe('store keys', () => {
  it.each([
    'metadata/timestamp.json',
    'metadata/1.root.json',
    'targets/packages/six/0a.six-1.0+local.tar.gz',
    'targets/packages/six/0a.six-1!2.0.zip',
    'targets/..dots',
    'metadata/.hidden',
  ])('takes %j', (key) => {
    expect(checkStoreKey(key)).toBe(key);
  });

  it.each([
    '',
    'metadata',
    'metadata/',
    '/metadata/a',
    'other/a',
    'metadata//a',
    'metadata/./a',
    'metadata/../a',
    'metadata/..',
    'metadata/a/',
    'metadata/a b',
    'metadata/a\\b',
    'metadata/a\0',
    'metadata/a\n',
    'metadata/é',
    'metadata/a%2Fb',
  ])('refuses %j', (key) => {
    expect(isStoreKey(key)).toBe(false);
    expect(() => checkStoreKey(key)).toThrow(expect.objectContaining({ code: 'store.bad-key' }));
  });

  it.each(['', 'm', 'metadata/', 'metadata/12.', 'targets/simple/s'])(
    'lists under the prefix %j',
    (prefix) => {
      expect(checkStorePrefix(prefix)).toBe(prefix);
    },
  );

  it.each(['/', '../', 'metadata/../', 'metadata//', 'metadata/\\'])('refuses the prefix %j', (prefix) => {
    expect(() => checkStorePrefix(prefix)).toThrow(expect.objectContaining({ code: 'store.bad-key' }));
  });
});
