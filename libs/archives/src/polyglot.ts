import type { ArchiveFile } from './archive-file.ts';
import { isTarHeader } from './tar-header.ts';

const endSignature = Buffer.from('PK\x05\x06', 'latin1');
const endBytes = 22;

/** True when the file begins as a plain tar file, or as one in a gzip stream. */
export function looksLikeTar(file: ArchiveFile): boolean {
  const start = file.read(0, Math.min(512, file.length))!;
  return (start[0] === 0x1f && start[1] === 0x8b) || (start.length === 512 && isTarHeader(start));
}

/**
 * True when an installer may open the file as a zip file: an end record whose central directory is where it says,
 * whatever stands before it.
 */
export function looksLikeZip(file: ArchiveFile): boolean {
  const from = Math.max(0, file.length - endBytes - 0xffff);
  const tail = file.read(from, file.length - from)!;
  for (
    let at = tail.lastIndexOf(endSignature);
    at >= 0;
    at = at === 0 ? -1 : tail.lastIndexOf(endSignature, at - 1)
  ) {
    if (at + endBytes > tail.length) continue;
    const [records, size, offset] = [
      tail.readUInt16LE(at + 10),
      tail.readUInt32LE(at + 12),
      tail.readUInt32LE(at + 16),
    ];
    if (records === 0 && size === 0 && offset === 0) return true;
    if (records === 0xffff || file.read(from + at - size, 4)?.readUInt32LE(0) === 0x02014b50) return true;
  }
  return false;
}
