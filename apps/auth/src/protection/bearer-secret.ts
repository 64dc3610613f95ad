import { concatBytes, fromBase64Url, fromHex, toBase64Url, toHex } from '@rind/kernel';
import type { Randomness } from '@rind/kernel';

/**
 * What a cookie or a link carries: the row that it speaks of, and 32 bytes of chance. Stored is its MAC alone, so the
 * row is named by the secret itself and not by whoever can write the table.
 */
export interface BearerSecret {
  /** Of the row, a UUID. */
  readonly subject: string;
  /** As it travels: 64 characters of base64url. */
  readonly text: string;
}

const uuidBytes = 16;
const secretBytes = 32;
const shape = /^[A-Za-z0-9_-]{64}$/;

export function newSecret(subject: string, randomness: Randomness): BearerSecret {
  const name = fromHex(subject.replaceAll('-', ''));
  return { subject, text: toBase64Url(concatBytes(name, randomness.bytes(secretBytes))) };
}

/** Null for anything that cannot be one. */
export function readSecret(text: string): BearerSecret | null {
  if (!shape.test(text)) return null;
  const name = toHex(fromBase64Url(text).subarray(0, uuidBytes));
  const subject = [8, 12, 16, 20].map((end, i, ends) => name.slice(ends[i - 1] ?? 0, end));
  return { subject: [...subject, name.slice(20)].join('-'), text };
}
