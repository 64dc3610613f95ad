import { utf8Name } from './member-name.ts';
import { tarRefused } from './tar-reasons.ts';

/** Bytes of a header, and of what everything is padded to (POSIX.1-2001 "ustar Interchange Format"). */
export const tarBlockBytes = 512;

/** One header as it is, before extended headers change it. */
export interface TarHeader {
  readonly name: string;
  readonly linkName: string;
  /** One character. */
  readonly type: string;
  /** Bytes of data that follow. */
  readonly size: number;
}

/** True when the block has the checksum of a header. */
export function isTarHeader(block: Buffer): boolean {
  const stated = octal(block.subarray(148, 156));
  if (stated === null || block.every((byte) => byte === 0)) return false;
  let unsigned = 256;
  let signed = 256;
  for (let at = 0; at < tarBlockBytes; at++) {
    if (at >= 148 && at < 156) continue;
    unsigned += block[at]!;
    signed += (block[at]! << 24) >> 24;
  }
  return stated === unsigned || stated === signed;
}

/** @throws ArchiveError `archive.tar-refused` */
export function parseTarHeader(block: Buffer): TarHeader {
  const type = String.fromCharCode(block[156]!);
  const own = text(block.subarray(0, 100));
  const posix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = text(block.subarray(345, 500));
  // Other formats keep other things there, which some programs take for the beginning of the name.
  if (!posix && block.subarray(345, 500).some((byte) => byte !== 0)) throw tarRefused('malformed', own);
  const name = posix && prefix !== '' ? `${prefix}/${own}` : own;
  const size = numberOf(block.subarray(124, 136));
  if (size === null) throw tarRefused('malformed', name);
  return { name, linkName: text(block.subarray(157, 257)), type, size };
}

/** A text up to its first NUL. */
function text(field: Buffer): string {
  const end = field.indexOf(0);
  const name = utf8Name(end < 0 ? field : field.subarray(0, end));
  if (name === null) throw tarRefused('name-not-unicode', field.toString('latin1').replaceAll('\0', ''));
  return name;
}

/** Octal digits, or GNU's base-256 of large numbers; null for anything else. */
function numberOf(field: Buffer): number | null {
  if (field[0] !== 0x80) return octal(field);
  const value = BigInt(`0x${field.subarray(1).toString('hex')}`);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(value);
}

function octal(field: Buffer): number | null {
  const digits = /^ *([0-7]*)[ \0]*$/.exec(field.toString('latin1'))?.[1];
  if (digits === undefined) return null;
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}
