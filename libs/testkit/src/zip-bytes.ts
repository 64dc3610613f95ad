import { crc32, deflateRawSync } from 'node:zlib';
import { concatBytes, utf8 } from '@rind/kernel';

/** A record of a zip file. Whatever is not given follows from name and data; what is given is written as it is. */
export interface ZipRecord {
  readonly name: string | Uint8Array;
  readonly data?: string | Uint8Array;
  /** Raw deflate when true; stored otherwise. */
  readonly deflated?: boolean;
  /** Goes into the archive in place of the data. */
  readonly payload?: Uint8Array;
  /** Changes in both headers. */
  readonly header?: ZipHeader;
  /** Changes in the local header alone. */
  readonly local?: ZipHeader;
  /** Changes in the central directory alone; null leaves the record out of it. */
  readonly central?: (ZipHeader & { readonly comment?: string; readonly offset?: number }) | null;
  /** Written before the local header, after the payload. */
  readonly before?: Uint8Array;
  readonly after?: Uint8Array;
}

export interface ZipHeader {
  readonly name?: string | Uint8Array;
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  readonly compressedSize?: number;
  readonly size?: number;
  readonly extra?: Uint8Array;
  /** Upper half: the UNIX mode. */
  readonly externalAttributes?: number;
  readonly disk?: number;
}

export interface ZipEnd {
  readonly records?: number;
  readonly recordsOnDisk?: number;
  readonly directorySize?: number;
  readonly directoryOffset?: number;
  readonly disk?: number;
  readonly comment?: string | Uint8Array;
  /** Between central directory and its end. */
  readonly before?: Uint8Array;
  readonly after?: Uint8Array;
  /** With a ZIP64 end and its locator; the fields of the plain end are all ones. */
  readonly zip64?: boolean;
  /** Size that the ZIP64 end says of itself. */
  readonly zip64Size?: number;
  readonly zip64Offset?: number;
}

/** A zip file, record by record (APPNOTE 6.3.10), right or as wrong as a test wants it. */
export function zipBytes(records: readonly ZipRecord[], end: ZipEnd = {}): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  const push = (bytes: Uint8Array): void => {
    parts.push(bytes);
    offset += bytes.length;
  };
  for (const record of records) {
    if (record.before) push(record.before);
    const data = bytesOf(record.data ?? '');
    const payload =
      record.payload ?? (record.deflated === true ? new Uint8Array(deflateRawSync(data)) : data);
    const fields = {
      name: record.name,
      flags: 0x800,
      method: record.deflated === true ? 8 : 0,
      crc: crc32(data),
      compressedSize: payload.length,
      size: data.length,
      extra: new Uint8Array(),
      externalAttributes: (0o100644 << 16) >>> 0,
      disk: 0,
      ...record.header,
    };
    const at = offset;
    push(localHeader({ ...fields, ...record.local }));
    push(payload);
    if (record.after) push(record.after);
    if (record.central !== null) directory.push(centralHeader({ ...fields, offset: at, ...record.central }));
  }
  const directoryOffset = offset;
  for (const each of directory) push(each);
  push(endOf(end, { records: directory.length, directoryOffset, directorySize: offset - directoryOffset }));
  const archive = new Uint8Array(offset);
  let at = 0;
  // One by one: there may be more of them than a call has room for.
  for (const part of parts) {
    archive.set(part, at);
    at += part.length;
  }
  return archive;
}

function localHeader(fields: Required<ZipHeader>): Uint8Array {
  const name = bytesOf(fields.name);
  return concatBytes(
    int32(0x04034b50),
    int16(20),
    sharedFields(fields),
    int16(name.length),
    int16(fields.extra.length),
    name,
    fields.extra,
  );
}

function centralHeader(fields: Required<ZipHeader> & { comment?: string; offset: number }): Uint8Array {
  const name = bytesOf(fields.name);
  const comment = utf8(fields.comment ?? '');
  return concatBytes(
    int32(0x02014b50),
    int16(0x0314),
    int16(20),
    sharedFields(fields),
    int16(name.length),
    int16(fields.extra.length),
    int16(comment.length),
    int16(fields.disk),
    int16(0),
    int32(fields.externalAttributes),
    int32(fields.offset),
    name,
    fields.extra,
    comment,
  );
}

/** Flags, method, a fixed date (1980-01-01), checksum and sizes. */
function sharedFields(fields: Required<ZipHeader>): Uint8Array {
  return concatBytes(
    int16(fields.flags),
    int16(fields.method),
    int16(0),
    int16(0x21),
    int32(fields.crc),
    int32(fields.compressedSize),
    int32(fields.size),
  );
}

function endOf(
  end: ZipEnd,
  counted: { records: number; directoryOffset: number; directorySize: number },
): Uint8Array {
  const { records, directoryOffset, directorySize, recordsOnDisk } = {
    ...counted,
    recordsOnDisk: null,
    ...end,
  };
  const comment = bytesOf(end.comment ?? '');
  const zip64 = end.zip64 === true;
  const plain = concatBytes(
    int32(0x06054b50),
    int16(end.disk ?? 0),
    int16(0),
    int16(zip64 ? 0xffff : (recordsOnDisk ?? records)),
    int16(zip64 ? 0xffff : records),
    int32(zip64 ? 0xffffffff : directorySize),
    int32(zip64 ? 0xffffffff : directoryOffset),
    int16(comment.length),
    comment,
  );
  const before = end.before ?? new Uint8Array();
  const after = end.after ?? new Uint8Array();
  if (!zip64) return concatBytes(before, plain, after);
  const wide = concatBytes(
    int32(0x06064b50),
    int64(end.zip64Size ?? 44),
    int16(45),
    int16(45),
    int32(0),
    int32(0),
    int64(recordsOnDisk ?? records),
    int64(records),
    int64(directorySize),
    int64(directoryOffset),
  );
  const wideOffset = end.zip64Offset ?? counted.directoryOffset + counted.directorySize + before.length;
  const locator = concatBytes(int32(0x07064b50), int32(0), int64(wideOffset), int32(1));
  return concatBytes(before, wide, locator, plain, after);
}

/** An extra field: id, length, data. */
export function zipExtra(id: number, data: Uint8Array): Uint8Array {
  return concatBytes(int16(id), int16(data.length), data);
}

/** Little-endian, 8 bytes. */
export function int64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}

function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function int16(value: number): Uint8Array {
  const bytes = new Uint8Array(2);
  new DataView(bytes.buffer).setUint16(0, value, true);
  return bytes;
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? utf8(data) : data;
}
