import type { ArchiveFile } from './archive-file.ts';
import type { ArchiveLimits } from './archive.ts';
import { refused } from './errors.ts';
import { hasUnprintable, leadsOut, utf8Name } from './member-name.ts';
import type { ZipEnd } from './zip-end.ts';
import { parseZipExtra, wideNumber } from './zip-extra.ts';
import { zipRefused } from './zip-reasons.ts';

const headerBytes = 46;
/** Longest mean record, name and extra fields included. */
const maxMeanRecordBytes = 400;

/** A member as the central directory has it. */
export interface ZipMember {
  readonly name: string;
  readonly kind: 'file' | 'directory';
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Where its local header is said to be. */
  readonly offset: number;
  /** Bit 11: the name is UTF-8. */
  readonly utf8: boolean;
}

export interface ZipDirectory {
  readonly members: readonly ZipMember[];
  /** The last member of each name: what installers see. */
  readonly byName: ReadonlyMap<string, ZipMember>;
}

/**
 * The central directory, read as installers read it (APPNOTE 4.3.12).
 * @throws ArchiveError `archive.zip-refused`, `archive.too-many-members`
 */
export function readZipDirectory(file: ArchiveFile, end: ZipEnd, limits: ArchiveLimits): ZipDirectory {
  const { maxMembers } = limits;
  if (end.records > maxMembers || end.directoryBytes > maxMembers * maxMeanRecordBytes) {
    throw refused('archive.too-many-members', `File has more than ${maxMembers} members`, { maxMembers });
  }
  const bytes = file.read(end.directoryAt, end.directoryBytes);
  if (bytes === null) throw zipRefused('malformed');
  const members: ZipMember[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + headerBytes > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) {
      throw zipRefused('malformed');
    }
    const nameEnd = at + headerBytes + bytes.readUInt16LE(at + 28);
    const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
    if (extraEnd > bytes.length) throw zipRefused('malformed');
    if (bytes.readUInt16LE(at + 32) !== 0) throw zipRefused('member-comment');
    members.push(
      memberOf(
        bytes.subarray(at, at + headerBytes),
        bytes.subarray(at + headerBytes, nameEnd),
        bytes.subarray(nameEnd, extraEnd),
      ),
    );
    at = extraEnd;
  }
  if (members.length !== end.records) throw zipRefused('mismatched-records');
  return { members, byName: new Map(members.map((member) => [member.name, member])) };
}

function memberOf(header: Buffer, rawName: Buffer, rawExtra: Buffer): ZipMember {
  const flags = header.readUInt16LE(8);
  const utf8 = (flags & 0x800) !== 0;
  const name = nameOf(rawName, utf8);
  // Bit 0: encrypted; bit 6: strongly; bit 13: the local headers are masked.
  if ((flags & 0x2041) !== 0) throw zipRefused('encrypted', name);
  const extra = parseZipExtra(rawExtra, name);
  if (extra.unicodeName !== null && extra.unicodeName !== name) throw zipRefused('mismatched-headers', name);
  const widened = wideFields(extra.wide, name);
  const size = widened(header.readUInt32LE(24));
  const compressedSize = widened(header.readUInt32LE(20));
  const offset = widened(header.readUInt32LE(42));
  if (header.readUInt16LE(34) !== 0) throw zipRefused('multi-disk', name);
  const kind = kindOf(name, header.readUInt32LE(38) >>> 16);
  if (kind === 'directory' && size !== 0) throw zipRefused('directory-with-data', name);
  return {
    name,
    kind,
    method: header.readUInt16LE(10),
    crc: header.readUInt32LE(16),
    compressedSize,
    size,
    offset,
    utf8,
  };
}

function nameOf(raw: Buffer, utf8: boolean): string {
  if (hasUnprintable(raw)) throw zipRefused('unprintable-name', raw.toString('latin1'));
  const name = utf8Name(raw);
  if (name === null) throw zipRefused('name-not-unicode', raw.toString('latin1'));
  // Without bit 11, installers read other letters out of the same bytes.
  if (!utf8 && raw.some((byte) => byte > 0x7f)) throw zipRefused('not-in-directory', name);
  if (leadsOut(name) || name.includes('\\')) throw zipRefused('unsafe-name', name);
  return name;
}

/** Fields of all ones are in the ZIP64 extra field, in order. */
function wideFields(wide: Buffer | null, name: string): (field: number) => number {
  let at = 0;
  return (field) => {
    if (field !== 0xffffffff) return field;
    if (wide === null) throw zipRefused('malformed', name);
    at += 8;
    return wideNumber(wide, at - 8);
  };
}

/** @param mode of UNIX; 0 where the archive comes from another system */
function kindOf(name: string, mode: number): 'file' | 'directory' {
  const format = mode & 0o170000;
  const directory = name.endsWith('/');
  if (format !== 0 && format !== (directory ? 0o040000 : 0o100000)) throw zipRefused('not-a-file', name);
  return directory ? 'directory' : 'file';
}
