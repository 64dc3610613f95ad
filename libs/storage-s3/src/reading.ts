import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { createHasher } from '@rind/crypto';
import { concatBytes, toHex } from '@rind/kernel';
import { StorageError } from '@rind/storage-port';
import type { ByteRange, ObjectStat, OpenedObject, StoredObject, Tag } from '@rind/storage-port';
import { address } from './bucket.ts';
import type { Bucket } from './bucket.ts';
import { BrokenAnswer, faultOf } from './faults.ts';
import { withoutStalls } from './stall.ts';

/** Content-Range of a part: `bytes 0-9/100`. */
const CONTENT_RANGE = /^bytes \d+-\d+\/(\d+)$/;
const SHA256_BYTES = 32;

/** The whole object, or null when there is none. More than `maxBytes`: `store.too-large`, and nothing is read. */
export async function readObject(
  bucket: Bucket,
  key: string,
  maxBytes: number,
): Promise<StoredObject | null> {
  const answer = await getObject(bucket, key);
  if (answer === null) return null;
  if (answer.length > maxBytes) {
    answer.body.destroy();
    throw new StorageError('store.too-large', 'the object is larger than asked for', { key, maxBytes });
  }
  return { bytes: await readAll(bucket, answer), tag: answer.tag };
}

/** The present state of an object, or null when there is none; its bytes only if there are `length` of them. */
export async function readState(
  bucket: Bucket,
  key: string,
  length: number,
): Promise<{ tag: Tag; bytes: Uint8Array | null } | null> {
  const answer = await getObject(bucket, key);
  if (answer === null) return null;
  if (answer.length === length) return { tag: answer.tag, bytes: await readAll(bucket, answer) };
  answer.body.destroy();
  return { tag: answer.tag, bytes: null };
}

/** A stream of the object or of a part of it, or null when there is none. */
export async function openObject(
  bucket: Bucket,
  key: string,
  range: ByteRange | undefined,
): Promise<OpenedObject | null> {
  try {
    const answer = await getObject(bucket, key, range);
    return (
      answer && {
        length: answer.wholeLength,
        stream: withoutStalls(answer.body, answer.length, bucket.stallMs),
      }
    );
  } catch (error) {
    if (range === undefined || faultOf(error) !== 'range') throw error;
    // The range begins behind the end.
    const found = await headObject(bucket, key);
    return found && { length: found.length, stream: nothing() };
  }
}

/** Length and SHA-256: the checksum that the store keeps, or computed when it keeps none. */
export async function statObject(bucket: Bucket, key: string): Promise<ObjectStat | null> {
  const found = await headObject(bucket, key);
  if (found === null) return null;
  if (found.sha256 !== null) return { length: found.length, sha256: found.sha256 };
  const answer = await getObject(bucket, key);
  if (answer === null) return null;
  const hasher = createHasher('sha256');
  for await (const chunk of withoutStalls(answer.body, answer.length, bucket.stallMs)) hasher.update(chunk);
  return { length: answer.length, sha256: toHex(hasher.digest()) };
}

interface Answer {
  /** Bytes that the body must have. */
  readonly length: number;
  readonly wholeLength: number;
  readonly tag: Tag;
  readonly body: Readable;
}

async function getObject(bucket: Bucket, key: string, range?: ByteRange): Promise<Answer | null> {
  const part = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` };
  const answer = await orAbsent(
    bucket.client.send(new GetObjectCommand({ ...address(bucket, key), ...part })),
  );
  if (answer === null) return null;
  // Without an entity tag the object can be read but not replaced: no condition names an empty one.
  const { Body: body, ContentLength: length, ContentRange: contentRange, ETag: tag = '' } = answer;
  if (!(body instanceof Readable)) throw new BrokenAnswer('no body');
  const wholeLength = range === undefined ? length : Number(CONTENT_RANGE.exec(contentRange ?? '')?.[1]);
  if (length === undefined || !Number.isSafeInteger(wholeLength)) {
    body.destroy();
    throw new BrokenAnswer('no length, or not the range that was asked for');
  }
  return { length, wholeLength: wholeLength!, tag: tag as Tag, body };
}

async function readAll(bucket: Bucket, answer: Answer): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of withoutStalls(answer.body, answer.length, bucket.stallMs)) chunks.push(chunk);
  return concatBytes(...chunks);
}

async function headObject(
  bucket: Bucket,
  key: string,
): Promise<{ length: number; sha256: string | null } | null> {
  const found = await orAbsent(
    bucket.client.send(new HeadObjectCommand({ ...address(bucket, key), ChecksumMode: 'ENABLED' })),
  );
  if (found === null) return null;
  if (found.ContentLength === undefined) throw new BrokenAnswer('no length');
  // A checksum of parts, as multipart uploads get, is not the hash of the bytes.
  const checksum = Buffer.from(found.ChecksumSHA256 ?? '', 'base64');
  const usable = found.ChecksumType !== 'COMPOSITE' && checksum.length === SHA256_BYTES;
  return { length: found.ContentLength, sha256: usable ? toHex(checksum) : null };
}

async function orAbsent<Result>(request: Promise<Result>): Promise<Result | null> {
  try {
    return await request;
  } catch (error) {
    if (faultOf(error) === 'absent') return null;
    throw error;
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
