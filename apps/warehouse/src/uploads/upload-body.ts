import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { uploadMediaType } from './upload-frame.ts';

/** Leaves bodies of uploads alone: they are read as a stream, after the guard. */
export function leaveUploadsUnread(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(uploadMediaType, (_request, _payload, done) => done(null));
}

/**
 * Runs `work` on a body. However it ends, the body is read to its end before the answer goes out: a connection that is
 * closed over unread bytes takes the answer with it. A sender that falls silent is cut off.
 */
export async function readingWhole<Result>(
  request: IncomingMessage,
  idleMs: number,
  work: (body: AsyncIterable<Uint8Array>) => Promise<Result>,
): Promise<Result> {
  request.setTimeout(idleMs, () => {
    if (!request.readableEnded) request.destroy(new Error('the sender fell silent'));
  });
  // Who has sent everything may wait: the server itself closes connections whose time-out nobody answers.
  request.once('end', () => request.setTimeout(0));
  const chunks: AsyncIterator<Uint8Array> = request.iterator();
  // Without `return`: who stops reading must not end the stream for what comes after.
  const body = { [Symbol.asyncIterator]: () => ({ next: () => chunks.next() }) };
  try {
    return await work(body);
  } finally {
    await readToEnd(chunks);
    request.setTimeout(0);
  }
}

async function readToEnd(chunks: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    while ((await chunks.next()).done !== true);
  } catch {
    // The sender went away: there is nobody to answer.
  }
}
