import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ByteRange, ObjectStore } from '@rind/storage-port';
import { WarehouseError } from '../errors.ts';
import { byteRangeOf } from './byte-range.ts';
import { allowsRange, isKnownTo } from './entity-tag.ts';

export interface SentHeaders {
  readonly contentType: string;
  readonly cacheControl: string;
  /** Strong entity tag; without one there are neither conditions nor ranges. */
  readonly tag?: string;
}

/** The least that tells how long an object is. */
const firstByte: ByteRange = { start: 0, end: 0 };

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
  const isHead = request.method === 'HEAD';
  const { range, 'if-range': ifRange, 'if-none-match': ifNoneMatch } = request.headers;
  // Who asks for a part or for nothing of it is answered by the length: no store begins a body that nobody reads.
  const wantsWhole = !isHead && range === undefined && ifNoneMatch === undefined;
  const found = await store.open(key, wantsWhole ? undefined : firstByte);
  if (found === null) return false;
  const { length } = found;
  if (!wantsWhole) await leave(found.stream);
  const answer = byteRangeOf(allowsRange(ifRange as string | undefined, tag) ? range : undefined, length);
  const known = isKnownTo(ifNoneMatch, tag);
  if (answer.kind === 'unsatisfiable' && !known) {
    void reply.header('Content-Range', `bytes */${length}`);
    throw new WarehouseError('file.range-not-satisfiable', 'the object is shorter than that', { length });
  }

  let body = found;
  if (!wantsWhole && !known && !isHead) {
    const opened = await store.open(key, answer.kind === 'part' ? answer.range : undefined);
    if (opened === null) return false;
    body = opened;
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
  if (answer.kind === 'part' && !isHead) {
    const { start, end } = answer.range;
    void reply
      .status(206)
      .headers({ 'Content-Range': `bytes ${start}-${end}/${length}`, 'Content-Length': end - start + 1 });
  } else {
    void reply.header('Content-Length', length);
  }
  // An empty stream, not nothing: the framework would put a length of its own.
  void reply.send(isHead ? Readable.from([]) : asReadable(body.stream));
  return true;
}

function asReadable(stream: AsyncIterable<Uint8Array>): Readable {
  return stream instanceof Readable ? stream : Readable.from(stream, { objectMode: false });
}

/** Closes what is behind a stream that nobody will read on. */
async function leave(stream: AsyncIterable<Uint8Array>): Promise<void> {
  const chunks = stream[Symbol.asyncIterator]();
  // A generator that was never asked for anything has nothing open that its end would close.
  await chunks.next();
  await chunks.return?.();
}
