import { gzipSync } from 'node:zlib';
import { concatBytes, utf8 } from '@rind/kernel';

/** A member of a tar file. */
export interface TarMember {
  readonly name: string | Uint8Array;
  readonly data?: string | Uint8Array;
  /** One letter of POSIX.1-2001 or GNU; `0` is a file. */
  readonly type?: string;
  readonly linkName?: string;
  /** As the header says it, where that is not the length of the data. */
  readonly size?: number;
  /** Beginning of the name in ustar form. */
  readonly prefix?: string;
  /** A raw field for the size (12 bytes). */
  readonly rawSize?: Uint8Array;
  /** Added to the right checksum. */
  readonly checksumError?: number;
}

const block = 512;

/** A tar file in ustar form, two blocks of zeros at its end. */
export function tarBytes(members: readonly TarMember[], end = new Uint8Array(2 * block)): Uint8Array {
  return concatBytes(...members.map(tarMember), end);
}

export function tarMember(member: TarMember): Uint8Array {
  const data = bytesOf(member.data ?? '');
  const bytes = new Uint8Array(block + Math.ceil(data.length / block) * block);
  const field = (offset: number, value: string | Uint8Array): void => bytes.set(bytesOf(value), offset);
  field(0, bytesOf(member.name).subarray(0, 100));
  field(100, '0000644\0');
  field(108, '0000000\0');
  field(116, '0000000\0');
  field(124, member.rawSize ?? `${(member.size ?? data.length).toString(8).padStart(11, '0')}\0`);
  field(136, '00000000000\0');
  field(148, ' '.repeat(8));
  field(156, member.type ?? '0');
  field(157, utf8(member.linkName ?? '').subarray(0, 100));
  field(257, 'ustar\x0000');
  field(345, member.prefix ?? '');
  const sum = bytes.subarray(0, block).reduce((total, byte) => total + byte, member.checksumError ?? 0);
  field(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  bytes.set(data, block);
  return bytes;
}

/** A pax header for the next member (`x`) or for all that follow (`g`). */
export function paxHeader(records: Readonly<Record<string, string>>, type: 'x' | 'g' = 'x'): TarMember {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = utf8(` ${key}=${value}\n`).length;
    let length = rest + 1;
    while (String(length).length + rest !== length) length++;
    return `${length} ${key}=${value}\n`;
  });
  return { name: 'PaxHeader', type, data: lines.join('') };
}

/** One gzip member, always the same bytes; level 0 keeps the size. */
export function gzipped(bytes: Uint8Array, level = 9): Uint8Array {
  return new Uint8Array(gzipSync(bytes, { level }));
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? utf8(data) : data;
}
