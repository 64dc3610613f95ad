import type { ArchiveFile } from './archive-file.ts';

/** Longest header that is read: name, comment and extra field together. */
const maxHeaderBytes = 131_072;

/** Where the deflate stream of a gzip member begins (RFC 1952 §2.3); null when there is no such member. */
export function gzipDataStart(file: ArchiveFile): number | null {
  const bytes = file.read(0, Math.min(maxHeaderBytes, file.length))!;
  if (bytes.length < 18 || bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) return null;
  const flags = bytes[3]!;
  if ((flags & 0xe0) !== 0) return null;
  let at = 10;
  if ((flags & 0x04) !== 0) at += 2 + bytes.readUInt16LE(at);
  // FNAME, then FCOMMENT: each ends with a NUL.
  for (const flag of [0x08, 0x10]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) return null;
    at = end + 1;
  }
  if ((flags & 0x02) !== 0) at += 2;
  return at + 8 <= file.length ? at : null;
}
