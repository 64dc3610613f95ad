import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LegacyAnswer } from './legacy-answer.ts';

export interface LingerBounds {
  readonly maxMs: number;
  readonly maxBytes: number;
}

/**
 * Answers a request whose body may not have been read.
 *
 * Closing such a connection at once makes the kernel reset it, and the sender, still writing, sees a broken pipe
 * instead of the answer. So the whole answer is sent first; then the body is read and thrown away within bounds;
 * only then is the connection closed. A body that was read to its end keeps the connection.
 */
export function replyAndLinger(
  request: IncomingMessage,
  response: ServerResponse,
  answer: LegacyAnswer,
  headers: Readonly<Record<string, string>>,
  bounds: LingerBounds,
): void {
  if (response.headersSent || response.destroyed) return;
  response.on('error', () => {});
  request.on('error', () => {});
  const body = Buffer.from(answer.body, 'utf8');
  response.writeHead(answer.status, answer.reason, {
    ...headers,
    'Content-Type': answer.contentType,
    'Content-Length': String(body.length),
    'Cache-Control': 'no-store',
    ...(request.complete ? {} : { Connection: 'close' }),
  });
  if (request.complete) {
    response.end(body);
    return;
  }
  response.write(body);
  let read = 0;
  const finish = () => {
    clearTimeout(timer);
    request.off('data', count).off('end', finish).off('close', finish);
    response.end();
  };
  const count = (chunk: Buffer) => {
    read += chunk.length;
    if (read > bounds.maxBytes) finish();
  };
  const timer = setTimeout(finish, bounds.maxMs);
  request.on('data', count).on('end', finish).on('close', finish);
  request.resume();
}
