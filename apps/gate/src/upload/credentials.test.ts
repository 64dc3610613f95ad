import { describe, expect, it } from 'vitest';
import { tokenOf } from './credentials.ts';

const token = 'pypi-AgEIcHlwaS5vcmc';
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('tokenOf', () => {
  it.each([
    ['Basic with __token__', basic(`__token__:${token}`)],
    ['Basic in lower case', basic(`__token__:${token}`).replace('Basic', 'basic')],
    ['Basic with white space around the password', basic(`__token__: ${token}\n`)],
    ['Bearer', `Bearer ${token}`],
    ['bearer', `bearer  ${token}`],
    ['token', `token ${token}`],
    ['Token', `Token ${token} `],
  ])('finds the token in %s', (_how, header) => {
    expect(tokenOf(header)).toBe(token);
  });

  it('keeps a colon inside the password', () => {
    expect(tokenOf(basic('__token__:a:b'))).toBe('a:b');
  });

  it.each([
    ['no header', undefined, 'token.missing'],
    ['an empty header', '', 'token.missing'],
    ['a scheme without a value', 'Bearer', 'token.missing'],
    ['an unknown scheme', `Digest ${token}`, 'token.missing'],
    ['Basic without a colon', basic('__token__'), 'token.missing'],
    ['an empty password', basic('__token__: '), 'token.missing'],
    ['broken base64', 'Basic %%%', 'token.missing'],
    ['a header of 20 KB', `Bearer ${'x'.repeat(20_000)}`, 'token.missing'],
    ['another user', basic('alice:hunter2'), 'token.password-login'],
    ['another user with a token', basic(`alice:${token}`), 'token.password-login'],
    ['an empty user', basic(`:${token}`), 'token.password-login'],
  ])('refuses %s', (_what, header, code) => {
    expect(() => tokenOf(header)).toThrow(expect.objectContaining({ code, details: { status: 403 } }));
  });
});
