import { StorageError } from '@rind/storage-port';
import { describe, expect, it } from 'vitest';
import { asStorageError, isAbsent } from './errno.ts';

const systemError = (code: string) => Object.assign(new Error('failed'), { code });

describe('system errors', () => {
  it.each([
    ['ENOSPC', 'store.full'],
    ['EDQUOT', 'store.full'],
    ['ENOTDIR', 'store.bad-key'],
    ['EISDIR', 'store.bad-key'],
    ['ENAMETOOLONG', 'store.bad-key'],
    ['EEXIST', 'store.bad-key'],
    ['EIO', 'store.unavailable'],
    ['EACCES', 'store.unavailable'],
    ['EMFILE', 'store.unavailable'],
    ['', 'store.unavailable'],
  ])('%s is %s, with its cause', (errno, code) => {
    const cause = systemError(errno);
    expect(asStorageError('metadata/a', cause)).toMatchObject({
      code,
      cause,
      details: { key: 'metadata/a' },
    });
  });

  it('leave the errors of the port as they are', () => {
    const error = new StorageError('store.conflict', 'x', { key: 'metadata/a' });
    expect(asStorageError('metadata/b', error)).toBe(error);
  });

  it.each([
    ['ENOENT', true],
    ['ENOTDIR', true],
    ['EISDIR', true],
    ['EEXIST', false],
    ['EIO', false],
    ['EACCES', false],
  ])('%s means absent: %s', (errno, absent) => {
    expect(isAbsent(systemError(errno))).toBe(absent);
  });
});
