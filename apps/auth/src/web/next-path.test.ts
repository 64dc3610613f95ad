import { describe, expect, it } from 'vitest';
import { nextPath } from './next-path.ts';

describe('where signing in leads to', () => {
  it.each([
    '/account/',
    '/account/recovery-codes/prove/',
    '/manage/project/zope.interface/release/1.0rc1%2Blocal.2/',
    '/manage/project/six/release/1%211.0/',
    `/account/verify-email/?token=${'a'.repeat(64)}`,
  ])('may be %s', (path) => {
    expect(nextPath(path)).toBe(path);
  });

  it.each([
    '',
    '/',
    '//evil.test/',
    '/account//evil.test',
    '/account/../internal/',
    '/account/..',
    '/account/./',
    '/account/%2e%2e/x',
    '/account/%2F%2Fevil.test',
    '/accounts/',
    '/mailbox/',
    '/account/\\evil.test',
    '/account/x?next=//evil.test',
    '/account/ ',
    'https://evil.test/account/',
    'javascript:alert(1)',
  ])('is never %j', (path) => {
    expect(nextPath(path)).toBe('/account/');
  });
});
