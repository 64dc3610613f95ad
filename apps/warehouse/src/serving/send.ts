import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ObjectStore } from '@rind/storage-port';
import { WarehouseError } from '../errors.ts';
import { byteRangeOf } from './byte-range.ts';
import { allowsRange, isKnownTo } from './entity-tag.ts';

export interface SentHeaders {
  readonly contentType: string;
  readonly cacheControl: string;
  /** Strong entity tag; without one there are neither conditions nor ranges. */
  readonly tag?: string;
}

/** Everything signed or hashed may be read by scripts of any page. */
const openToScripts = { 'Access-Control-Allow-Origin': '*', 'X-Content-Type-Options': 'nosniff' };

/** Bytes in memory, or 304 when the client has them. */
export function sendBytes(
  request: FastifyRequest,
  reply: FastifyReply,
  bytes: Uint8Array,
  headers: SentHeaders,
): void {
  const { contentType, cacheControl, tag } = headers;
  void reply.headers({
    ...openToScripts,
    'Cache-Control': cacheControl,
    ...(tag === undefined ? {} : { ETag: tag }),
  });
  if (tag !== undefined && isKnownTo(request.headers['if-none-match'], tag)) {
    void reply.status(304).send();
    return;
  }
  // A view, not a copy.
  void reply.type(contentType).send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
}

/**
 * An object that never changes, whole or in part, as a stream. False when there is none.
 * @throws WarehouseError `file.range-not-satisfiable`, StorageError
 */
export async function sendObject(
  request: FastifyRequest,
  reply: FastifyReply,
  store: ObjectStore,
  key: string,
  headers: SentHeaders & { readonly tag: string },
): Promise<boolean> {
  const { contentType, cacheControl, tag } = headers;
  const whole = await store.open(key);
  if (whole === null) return false;
  const { length } = whole;
  const asked = allowsRange(request.headers['if-range'] as string | undefined, tag)
    ? request.headers.range
    : undefined;
  const answer = byteRangeOf(asked, length);
  const known = isKnownTo(request.headers['if-none-match'], tag);
  if (known || request.method === 'HEAD' || answer.kind !== 'whole') await leave(whole.stream);
  if (answer.kind === 'unsatisfiable' && !known) {
    void reply.header('Content-Range', `bytes */${length}`);
    throw new WarehouseError('file.range-not-satisfiable', 'the object is shorter than that', { length });
  }

  void reply.headers({
    ...openToScripts,
    'Accept-Ranges': 'bytes',
    'Cache-Control': cacheControl,
    ETag: tag,
  });
  if (known) {
    void reply.status(304).send();
    return true;
  }
  void reply.type(contentType);
  if (answer.kind === 'part' && request.method !== 'HEAD') {
    const { start, end } = answer.range;
    const part = await store.open(key, answer.range);
    if (part === null) return false;
    void reply
      .status(206)
      .headers({ 'Content-Range': `bytes ${start}-${end}/${length}`, 'Content-Length': end - start + 1 });
    void reply.send(asReadable(part.stream));
    return true;
  }
  void reply.header('Content-Length', length);
  // An empty stream, not nothing: the framework would put a length of its own.
  void reply.send(request.method === 'HEAD' ? Readable.from([]) : asReadable(whole.stream));
  return true;
}

function asReadable(stream: AsyncIterable<Uint8Array>): Readable {
  return stream instanceof Readable ? stream : Readable.from(stream, { objectMode: false });
}

/** Closes what is behind a stream that nobody will read. */
async function leave(stream: AsyncIterable<Uint8Array>): Promise<void> {
  if (stream instanceof Readable) stream.destroy();
  else await stream[Symbol.asyncIterator]().return?.();
}
