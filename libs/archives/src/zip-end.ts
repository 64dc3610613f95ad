import type { ArchiveFile } from './archive-file.ts';
import { refused } from './errors.ts';
import { wideNumber } from './zip-extra.ts';
import { zipRefused } from './zip-reasons.ts';

const signature = Buffer.from('PK\x05\x06', 'latin1');
const endBytes = 22;
const wideEndBytes = 56;
const locatorBytes = 20;
const maxCommentBytes = 0xffff;

/** Where a zip file says that its central directory is. */
export interface ZipEnd {
  /** Where the directory begins, counted back from its end: no other place is possible in a file without gaps. */
  readonly directoryAt: number;
  readonly directoryBytes: number;
  /** Where the end record says that the directory begins. */
  readonly statedOffset: number;
  readonly records: number;
}

/**
 * The end of central directory record, found from the end of the file as installers do, with its ZIP64 forerunner
 * if there is one (APPNOTE 4.3.14 to 4.3.16). Nothing may follow it.
 * @throws ArchiveError `archive.not-zip`, `archive.zip-refused`
 */
export function findZipEnd(file: ArchiveFile): ZipEnd {
  const at = endOffset(file);
  const end = file.read(at, endBytes)!;
  if (at + endBytes + end.readUInt16LE(20) !== file.length) throw zipRefused('trailing-data');
  const plain = {
    disks: end.readUInt16LE(4) + end.readUInt16LE(6),
    recordsHere: end.readUInt16LE(8),
    records: end.readUInt16LE(10),
    directoryBytes: end.readUInt32LE(12),
    statedOffset: end.readUInt32LE(16),
  };
  const wide = wideEnd(file, at);
  if (wide === null) return checked(plain, at);
  const agrees = (stated: number, real: number, ones: number): boolean => stated === ones || stated === real;
  if (
    !agrees(plain.records, wide.records, 0xffff) ||
    !agrees(plain.directoryBytes, wide.directoryBytes, 0xffffffff) ||
    !agrees(plain.statedOffset, wide.statedOffset, 0xffffffff)
  ) {
    throw zipRefused('malformed');
  }
  return checked(wide, at - locatorBytes - wideEndBytes);
}

interface EndFields {
  readonly disks: number;
  readonly recordsHere: number;
  readonly records: number;
  readonly directoryBytes: number;
  readonly statedOffset: number;
}

function checked(fields: EndFields, directoryEnd: number): ZipEnd {
  const { disks, recordsHere, records, directoryBytes, statedOffset } = fields;
  if (disks !== 0) throw zipRefused('multi-disk');
  if (recordsHere !== records || directoryBytes > directoryEnd) throw zipRefused('malformed');
  return { directoryAt: directoryEnd - directoryBytes, directoryBytes, statedOffset, records };
}

/** The last signature of an end record that the longest comment leaves room for. */
function endOffset(file: ArchiveFile): number {
  const start = Math.max(0, file.length - endBytes - maxCommentBytes);
  const tail = file.read(start, file.length - start)!;
  const found = tail.length < endBytes ? -1 : tail.lastIndexOf(signature, tail.length - endBytes);
  if (found < 0) throw refused('archive.not-zip', 'File is not a zipfile', {});
  return start + found;
}

/** The ZIP64 end, when its locator stands right before the end record; both in their one place. */
function wideEnd(file: ArchiveFile, endAt: number): EndFields | null {
  const locator = file.read(endAt - locatorBytes, locatorBytes);
  if (locator?.readUInt32LE(0) !== 0x07064b50) return null;
  const at = endAt - locatorBytes - wideEndBytes;
  const end = file.read(at, wideEndBytes);
  if (end?.readUInt32LE(0) !== 0x06064b50) {
    // Longer than it need be, it begins further in front.
    const stated = file.read(wideNumber(locator, 8), 4);
    throw zipRefused(stated?.readUInt32LE(0) === 0x06064b50 ? 'zip64-extensible-data' : 'malformed');
  }
  if (wideNumber(end, 4) !== wideEndBytes - 12) throw zipRefused('zip64-extensible-data');
  if (wideNumber(locator, 8) !== at) throw zipRefused('malformed');
  if (locator.readUInt32LE(4) !== 0 || locator.readUInt32LE(16) > 1) throw zipRefused('multi-disk');
  return {
    disks: end.readUInt32LE(16) + end.readUInt32LE(20),
    recordsHere: wideNumber(end, 24),
    records: wideNumber(end, 32),
    directoryBytes: wideNumber(end, 40),
    statedOffset: wideNumber(end, 48),
  };
}
