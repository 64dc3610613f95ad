import { createHash } from 'node:crypto';

/** Room for the suffix and a temporary file's name within the 255 bytes that file systems have. */
const maxNameBytes = 180;

/**
 * The file of a role, e.g. `root.json`, `bin-0a3f.json`. Role names are other people's strings: everything but lower-case
 * letters, digits, `_`, `-` and inner dots is percent-encoded, upper-case letters too, since some file systems do not
 * tell them from lower-case ones. A name too long for a file becomes `%sha256-<hex>.json`, which no encoded name is.
 */
export function metadataFileName(role: string): string {
  const encoded = Array.from(new TextEncoder().encode(role), encodeByte).join('').replace(/^\./, '%2E');
  if (encoded.length <= maxNameBytes) return `${encoded}.json`;
  return `%sha256-${createHash('sha256').update(role).digest('hex')}.json`;
}

function encodeByte(byte: number): string {
  const char = String.fromCharCode(byte);
  return /[a-z0-9_.-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
