import type { ArchiveFile } from './archive-file.ts';
import { hasUnprintable, utf8Name } from './member-name.ts';
import type { ZipDirectory, ZipMember } from './zip-directory.ts';
import type { ZipEnd } from './zip-end.ts';
import { parseZipExtra, wideNumber } from './zip-extra.ts';
import { zipRefused } from './zip-reasons.ts';

const headerBytes = 30;

/** Where the data of a member lies. */
export interface ZipData {
  readonly member: ZipMember;
  readonly start: number;
  readonly end: number;
}

/**
 * Walks over the local headers from the first byte of the file to the central directory, without a gap, as programs
 * do that read a stream (APPNOTE 4.3.7). They must find what those find that read the directory.
 * @throws ArchiveError `archive.zip-refused`
 */
export function walkLocalHeaders(
  file: ArchiveFile,
  directory: ZipDirectory,
  end: ZipEnd,
): readonly ZipData[] {
  const found = new Map<string, ZipData>();
  let at = 0;
  while (at < end.directoryAt) {
    const data = localMember(file, at, directory);
    if (found.has(data.member.name)) throw zipRefused('duplicate-local', data.member.name);
    if (data.end > end.directoryAt) throw zipRefused('malformed', data.member.name);
    found.set(data.member.name, data);
    at = data.end;
  }
  const seen = new Set<string>();
  for (const { name } of directory.members) {
    if (seen.has(name)) throw zipRefused('duplicate-in-directory', name);
    if (!found.has(name)) throw zipRefused('missing-local', name);
    seen.add(name);
  }
  if (end.statedOffset !== end.directoryAt) throw zipRefused('mismatched-offset');
  return [...found.values()];
}

function localMember(file: ArchiveFile, at: number, directory: ZipDirectory): ZipData {
  if (file.read(at, 4)?.readUInt32LE(0) !== 0x04034b50) throw zipRefused('unknown-record');
  const header = file.read(at, headerBytes);
  if (header === null) throw zipRefused('malformed');
  const nameBytes = header.readUInt16LE(26);
  const extraBytes = header.readUInt16LE(28);
  const rest = file.read(at + headerBytes, nameBytes + extraBytes);
  if (rest === null) throw zipRefused('malformed');
  const rawName = rest.subarray(0, nameBytes);
  if (hasUnprintable(rawName)) throw zipRefused('unprintable-name', rawName.toString('latin1'));
  const name = utf8Name(rawName);
  const extra = parseZipExtra(rest.subarray(nameBytes), name);
  const flags = header.readUInt16LE(6);
  if ((flags & 0x08) !== 0) throw zipRefused('data-descriptor', name);
  if (name === null) throw zipRefused('name-not-unicode', rawName.toString('latin1'));
  const sizes = sizesOf(header, extra.wide, name);
  const member = directory.byName.get(name);
  if (member === undefined) throw zipRefused('not-in-directory', name);
  if (member.compressedSize !== sizes.compressed) throw zipRefused('mismatched-data-size', name);
  if (member.size !== sizes.unpacked) throw zipRefused('mismatched-file-size', name);
  if (
    member.offset !== at ||
    member.method !== header.readUInt16LE(8) ||
    member.crc !== header.readUInt32LE(14) ||
    member.utf8 !== ((flags & 0x800) !== 0) ||
    (flags & 0x2041) !== 0 ||
    (extra.unicodeName !== null && extra.unicodeName !== name)
  ) {
    throw zipRefused('mismatched-headers', name);
  }
  const start = at + headerBytes + rest.length;
  return { member, start, end: start + sizes.compressed };
}

/** Both sizes, from the ZIP64 extra field where there is one (APPNOTE 4.5.3). */
function sizesOf(
  header: Buffer,
  wide: Buffer | null,
  name: string,
): { compressed: number; unpacked: number } {
  const compressed = header.readUInt32LE(18);
  const unpacked = header.readUInt32LE(22);
  if (wide === null) {
    if (compressed === 0xffffffff || unpacked === 0xffffffff) throw zipRefused('malformed', name);
    return { compressed, unpacked };
  }
  if (wide.length === 0) {
    if (compressed === 0xffffffff || unpacked === 0xffffffff) throw zipRefused('malformed', name);
    return { compressed, unpacked };
  }
  if (![8, 16, 24, 28].includes(wide.length)) throw zipRefused('malformed', name);
  if (wide.length === 8) {
    // One size is enough where both are the same.
    if (header.readUInt16LE(8) !== 0) throw zipRefused('malformed', name);
    const both = wideNumber(wide, 0);
    return { compressed: both, unpacked: unpacked === 0xffffffff ? both : unpacked };
  }
  return {
    compressed: wideNumber(wide, 8),
    unpacked: unpacked === 0xffffffff ? wideNumber(wide, 0) : unpacked,
  };
}
