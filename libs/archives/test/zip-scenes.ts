import { concatBytes, utf8 } from '@rind/kernel';
import { int64, zipBytes, zipExtra } from './made.ts';
import type { ZipRecord } from './made.ts';

export const plain: ZipRecord = { name: 'a.txt', data: 'alpha' };
export const packed: ZipRecord = { name: 'b/b.txt', data: 'beta '.repeat(100), deflated: true };
export const ones = 0xffffffff;

export function wide(record: ZipRecord, size: number, compressedSize: number): ZipRecord {
  const extra = zipExtra(1, concatBytes(int64(size), int64(compressedSize)));
  return { ...record, header: { size: ones, compressedSize: ones, extra } };
}

export function odd(length: number): Uint8Array {
  return zipBytes([{ ...plain, local: { extra: zipExtra(1, new Uint8Array(length)) } }]);
}

export function twice(id: number): Uint8Array {
  const data = id === 0x7075 ? unicodePath(utf8('a.txt')) : zipExtra(id, new Uint8Array());
  return concatBytes(data, data);
}

/** Version, checksum (of nothing), name. */
export function unicodePath(name: Uint8Array): Uint8Array {
  return zipExtra(0x7075, concatBytes(Uint8Array.of(1, 0, 0, 0, 0), name));
}

export function mode(bits: number): ZipRecord {
  return { ...plain, header: { externalAttributes: (bits << 16) >>> 0 } };
}

export function hiddenInComment(): Uint8Array {
  return zipBytes([plain], { comment: zipBytes([packed]) });
}

export function twiceInDirectory(): Uint8Array {
  const [central] = [centralOf(zipBytes([plain]))];
  return withDirectory(zipBytes([plain]), concatBytes(central, central), 2);
}

export function onlyInDirectory(): Uint8Array {
  const ghost = centralOf(zipBytes([{ name: 'ghost' }]));
  return withDirectory(zipBytes([plain]), concatBytes(centralOf(zipBytes([plain])), ghost), 2);
}

/** The member says that it is longer than the room before the directory. */
export function reachesIntoDirectory(): Uint8Array {
  return zipBytes([{ ...plain, header: { compressedSize: 9, size: 9 } }]);
}

/** The central directory of an archive without comment or ZIP64 end. */
function centralOf(zip: Uint8Array): Uint8Array {
  const end = new DataView(zip.buffer, zip.byteOffset + zip.length - 22);
  const offset = end.getUint32(16, true);
  return zip.slice(offset, offset + end.getUint32(12, true));
}

function withDirectory(zip: Uint8Array, directory: Uint8Array, records: number): Uint8Array {
  const end = zip.slice(zip.length - 22);
  const view = new DataView(end.buffer);
  view.setUint16(8, records, true);
  view.setUint16(10, records, true);
  view.setUint32(12, directory.length, true);
  return concatBytes(zip.slice(0, view.getUint32(16, true)), directory, end);
}

export function packedBytes(data: string | Uint8Array): Uint8Array {
  const zip = zipBytes([{ name: 'x', data, deflated: true }]);
  const length = new DataView(zip.buffer).getUint32(18, true);
  return zip.slice(31, 31 + length);
}

/** Bytes that do not compress, always the same. */
export function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => (state = (state * 48_271) % 2_147_483_647) & 0xff);
}
