/** Tokens that look right to everybody but the one who can check them. */

const prefix = 'pypi-';

/** The token with one bit of its signature, its last 32 bytes, turned. */
export function withBrokenSignature(token: string): string {
  const bytes = bytesOf(token);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return tokenOf(bytes);
}

/**
 * The token with another identifier of the same form: the last letter or digit of it is another one.
 * Binary macaroon, version 2: `02`, location (field `01`), identifier (field `02`), each as length and bytes.
 */
export function withOtherIdentifier(token: string): string {
  const bytes = bytesOf(token);
  let at = 1;
  if (bytes[0] !== 2) throw new Error('not a macaroon of version 2');
  if (bytes[at] === 1) at += 2 + (bytes[at + 1] ?? 0);
  if (bytes[at] !== 2) throw new Error('no identifier where one belongs');
  const last = at + 1 + (bytes[at + 1] ?? 0);
  bytes[last] = bytes[last] === 0x61 ? 0x62 : 0x61;
  return tokenOf(bytes);
}

function bytesOf(token: string): Buffer {
  if (!token.startsWith(prefix)) throw new Error('not a token');
  return Buffer.from(token.slice(prefix.length), 'base64url');
}

function tokenOf(bytes: Uint8Array): string {
  return `${prefix}${Buffer.from(bytes).toString('base64url')}`;
}
