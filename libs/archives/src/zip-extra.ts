import { hasUnprintable, utf8Name } from './member-name.ts';
import { zipRefused } from './zip-reasons.ts';

/** Extra fields that programs act on (APPNOTE 4.5.3, 4.6.9): each at most once. */
const wide = 0x0001;
const unicodePath = 0x7075;

export interface ZipExtra {
  /** Data of the ZIP64 field; null without one. */
  readonly wide: Buffer | null;
  /** The name of the Info-ZIP Unicode Path field, which some programs take instead of the header's. */
  readonly unicodeName: string | null;
}

/** @throws ArchiveError `archive.zip-refused` */
export function parseZipExtra(extra: Buffer, member: string | null): ZipExtra {
  let wideData: Buffer | null = null;
  let unicodeName: string | null = null;
  for (let at = 0; at < extra.length;) {
    if (at + 4 > extra.length) throw zipRefused('malformed', member);
    const id = extra.readUInt16LE(at);
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (end > extra.length) throw zipRefused('malformed', member);
    const data = extra.subarray(at + 4, end);
    if (id === wide) {
      if (wideData !== null) throw zipRefused('duplicate-extra', member);
      wideData = data;
    } else if (id === unicodePath) {
      if (unicodeName !== null) throw zipRefused('duplicate-extra', member);
      unicodeName = unicodePathOf(data, member);
    }
    at = end;
  }
  return { wide: wideData, unicodeName };
}

/** Version (1 byte), CRC-32 of the header's name (4 bytes), name. */
function unicodePathOf(data: Buffer, member: string | null): string {
  const name = data.subarray(5);
  if (hasUnprintable(name)) throw zipRefused('unprintable-name', member);
  const text = utf8Name(name);
  if (text === null) throw zipRefused('unicode-path', member);
  return text;
}

/** An 8-byte number, as long as it can be exact. */
export function wideNumber(bytes: Buffer, at: number): number {
  if (at + 8 > bytes.length) throw zipRefused('malformed');
  const value = bytes.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw zipRefused('malformed');
  return Number(value);
}
