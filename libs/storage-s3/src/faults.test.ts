import { StorageError } from '@rind/storage-port';
import { describe, expect, it } from 'vitest';
import { BrokenAnswer, asStorageError, faultOf } from './faults.ts';

const answer = (status: number, name = 'Unknown') =>
  Object.assign(new Error('failed'), { name, $metadata: { httpStatusCode: status } });

describe('what a failed request says', () => {
  it.each([
    [412, 'PreconditionFailed', 'unmet'],
    [412, 'Unknown', 'unmet'],
    [404, 'NoSuchKey', 'absent'],
    [404, 'NotFound', 'absent'],
    [404, 'NoSuchBucket', 'refused'],
    [416, 'InvalidRange', 'range'],
    [403, 'AccessDenied', 'refused'],
    [403, 'SignatureDoesNotMatch', 'refused'],
    [403, 'InvalidAccessKeyId', 'refused'],
    [401, 'Unknown', 'refused'],
    [301, 'PermanentRedirect', 'refused'],
    [400, 'AuthorizationHeaderMalformed', 'refused'],
    [405, 'MethodNotAllowed', 'refused'],
    [501, 'NotImplemented', 'refused'],
    [403, 'RequestTimeTooSkewed', 'passing'],
    [400, 'ExpiredToken', 'passing'],
    [409, 'ConditionalRequestConflict', 'passing'],
    [409, 'OperationAborted', 'passing'],
    [400, 'RequestTimeout', 'passing'],
    [400, 'BadDigest', 'passing'],
    [400, 'IncompleteBody', 'passing'],
    [429, 'Unknown', 'passing'],
    [500, 'InternalError', 'passing'],
    [503, 'SlowDown', 'passing'],
    [504, 'Unknown', 'passing'],
    [507, 'Unknown', 'full'],
    [400, 'QuotaExceeded', 'full'],
    [400, 'KeyTooLongError', 'bad-key'],
    // A body that does not parse comes as an error with the status of success.
    [200, 'Unknown', 'passing'],
  ])('%i %s is %s', (status, name, fault) => {
    expect(faultOf(answer(status, name))).toBe(fault);
  });

  it.each([
    Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
    Object.assign(new Error('refused'), { code: 'ECONNREFUSED', $metadata: { attempts: 1 } }),
    Object.assign(new Error('slow'), { name: 'TimeoutError' }),
    new BrokenAnswer('ended early'),
    'a string',
    null,
  ])('no answer (%s) is passing', (thrown) => {
    expect(faultOf(thrown)).toBe('passing');
  });
});

describe('the error that callers see', () => {
  it.each([
    [answer(403), 'store.refused'],
    [answer(507), 'store.full'],
    [answer(400, 'KeyTooLongError'), 'store.bad-key'],
    [answer(500), 'store.unavailable'],
    [new Error('no answer'), 'store.unavailable'],
    [Object.assign(new Error('none'), { name: 'CredentialsProviderError' }), 'store.unavailable'],
  ])('of %s is %s, with its cause', (cause, code) => {
    expect(asStorageError('metadata/a', cause)).toMatchObject({
      code,
      cause,
      details: { key: 'metadata/a' },
    });
  });

  it('is the one that was decided already', () => {
    const error = new StorageError('store.conflict', 'x', { key: 'metadata/a' });
    expect(asStorageError('metadata/b', error)).toBe(error);
  });
});
