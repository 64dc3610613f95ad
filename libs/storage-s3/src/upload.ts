import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { hash } from '@rind/crypto';
import { fromHex, toHex } from '@rind/kernel';
import { StorageError } from '@rind/storage-port';
import type { ObjectBody } from '@rind/storage-port';
import { address } from './bucket.ts';
import type { Bucket } from './bucket.ts';

/** Under which condition an object is written: nothing under the key, or the state with this entity tag. */
export type WriteCondition = { readonly IfNoneMatch: '*' } | { readonly IfMatch: string };

/** A body with the SHA-256 under which it is sent. */
export interface Upload {
  readonly key: string;
  readonly body: ObjectBody;
  /** In bytes. */
  readonly length: number;
  /** 32 bytes. */
  readonly sha256: Uint8Array;
}

export function describeUpload(key: string, body: ObjectBody): Upload {
  const sha256 = body instanceof Uint8Array ? hash('sha256', body) : fromHex(body.sha256);
  return { key, body, length: body.length, sha256 };
}

/**
 * One PutObject, whatever the length: the checksum of a multipart upload is not that of the bytes.
 * The server compares what arrives with the SHA-256, which is also what the signature covers.
 * Returns the entity tag of the new state. A file that is not as announced: `store.unavailable`.
 */
export async function putObject(bucket: Bucket, upload: Upload, condition: WriteCondition): Promise<string> {
  const aborting = new AbortController();
  const body = await openBody(upload, aborting);
  try {
    const command = new PutObjectCommand({
      ...address(bucket, upload.key),
      ...condition,
      Body: body,
      ContentLength: upload.length,
      ChecksumSHA256: Buffer.from(upload.sha256).toString('base64'),
    });
    command.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { headers: Record<string, string> };
        request.headers['x-amz-content-sha256'] = toHex(upload.sha256);
        return next(args);
      },
      { step: 'build', name: 'signTheKnownHash' },
    );
    const { ETag } = await bucket.client.send(command, { abortSignal: aborting.signal });
    return ETag ?? '';
  } catch (error) {
    throw aborting.signal.aborted ? aborting.signal.reason : error;
  } finally {
    if (!(body instanceof Uint8Array)) body.destroy();
  }
}

/** The bytes, or a fresh stream of the file: a try that failed has used up the one before. */
async function openBody(upload: Upload, aborting: AbortController): Promise<Uint8Array | Readable> {
  const { key, body, length } = upload;
  if (body instanceof Uint8Array) return body;
  const unreadable = (cause: unknown) =>
    new StorageError('store.unavailable', 'the file to store cannot be read', { key }, { cause });
  const file = await open(body.path, 'r').catch((cause: unknown) => {
    throw unreadable(cause);
  });
  const found = await file.stat();
  if (!found.isFile() || found.size !== length) {
    await file.close();
    throw unreadable(new Error(`not a local file of ${length} bytes`));
  }
  if (length === 0) {
    await file.close();
    return new Uint8Array();
  }
  const stream = file.createReadStream({ end: length - 1, highWaterMark: 1 << 18 });
  // Nobody else hears of it: the request would wait for bytes that never come.
  stream.on('error', (cause) => aborting.abort(unreadable(cause)));
  stream.on('end', () => {
    if (stream.bytesRead !== length) aborting.abort(unreadable(new Error('the file became shorter')));
  });
  return stream;
}
