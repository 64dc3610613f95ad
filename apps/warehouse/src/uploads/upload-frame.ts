import { concatBytes } from '@rind/kernel';
import { malformedUpload, parseUploadHeader } from './upload-header.ts';
import type { UploadHeader } from './upload-header.ts';

/** 4 bytes big-endian length of the header, the header in JSON, the bytes of the file. */
export const uploadMediaType = 'application/vnd.rind.upload';
const maxHeaderBytes = 16_777_216;
const lengthBytes = 4;

export interface UploadFrame {
  readonly header: UploadHeader;
  /** The file, not read yet. */
  readonly file: AsyncIterable<Uint8Array>;
}

/**
 * Reads a body up to the file.
 * @throws WarehouseError `upload.malformed`; what `body` throws
 */
export async function openFrame(body: AsyncIterable<Uint8Array>): Promise<UploadFrame> {
  const chunks = body[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let heldBytes = 0;
  const hold = async (bytes: number): Promise<Uint8Array> => {
    while (heldBytes < bytes) {
      const { done, value } = await chunks.next();
      if (done === true) throw malformedUpload('the body ends within the header');
      held.push(value);
      heldBytes += value.length;
    }
    const joined = held.length === 1 ? held[0]! : concatBytes(...held);
    held.splice(0, held.length, joined);
    return joined;
  };

  const lead = await hold(lengthBytes);
  const headerBytes = new DataView(lead.buffer, lead.byteOffset).getUint32(0);
  if (headerBytes > maxHeaderBytes) throw malformedUpload('the header is too long');
  const start = await hold(lengthBytes + headerBytes);
  const header = parseUploadHeader(start.subarray(lengthBytes, lengthBytes + headerBytes));
  return { header, file: rest(start.subarray(lengthBytes + headerBytes), chunks) };
}

async function* rest(first: Uint8Array, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}
