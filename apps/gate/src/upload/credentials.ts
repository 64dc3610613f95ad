import { GateError } from '../errors.ts';

export const invalidTokenText =
  'Invalid or non-existent authentication information. See /help/#invalid-auth for more information.';
const passwordText =
  'Username/Password authentication is no longer supported. Migrate to API Tokens or Trusted Publishers instead. See /help/#apitoken for more information.';

/** A header longer than any token that can be valid is not decoded. */
const maxHeaderLength = 16_384;

/**
 * The API token of an `Authorization` header: Basic with the user `__token__`, or the schemes `bearer` and `token`.
 * It is given to auth as it is, without white space around it, and to nobody else.
 * @throws GateError `token.missing`, `token.password-login`
 */
export function tokenOf(authorization: string | undefined): string {
  const [, scheme = '', value = ''] = /^([A-Za-z]+) +(\S.*)$/.exec(authorization ?? '') ?? [];
  const token = value.length > maxHeaderLength ? '' : tokenIn(scheme.toLowerCase(), value);
  if (token === '') throw new GateError('token.missing', invalidTokenText, { status: 403 });
  return token;
}

function tokenIn(scheme: string, value: string): string {
  if (scheme === 'bearer' || scheme === 'token') return value.trim();
  if (scheme !== 'basic') return '';
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon === -1) return '';
  if (decoded.slice(0, colon) !== '__token__') {
    throw new GateError('token.password-login', passwordText, { status: 403 });
  }
  return decoded.slice(colon + 1).trim();
}
