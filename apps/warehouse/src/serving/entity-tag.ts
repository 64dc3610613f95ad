/** A strong entity tag of bytes whose checksum, or another name that they alone have, is `name`. */
export function entityTag(name: string): string {
  return `"${name}"`;
}

/** True when `If-None-Match` names the tag: the client has it (RFC 9110 §13.1.2, weak comparison). */
export function isKnownTo(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((given) => given.trim().replace(/^W\//, '') === tag);
}

/** True when a range may be answered: no `If-Range`, or one with this very tag (RFC 9110 §13.1.5, strong comparison). */
export function allowsRange(header: string | undefined, tag: string): boolean {
  return header === undefined || header.trim() === tag;
}
