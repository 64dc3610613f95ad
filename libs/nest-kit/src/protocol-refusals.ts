import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** What the parser of Node says, as the status and code that a client gets. */
function refusalOf(error: NodeJS.ErrnoException): readonly [status: number, code: string] {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return [431, 'request.headers-too-large'];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, 'request.timeout'];
    default:
      return [400, 'request.malformed'];
  }
}

/** Refusals that no route sees carry `X-Rind-Error` as well: here an `Expect` that nobody understands. */
export function refuseExpectations(server: Server): void {
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(417, { 'X-Rind-Error': 'request.refused', 'Content-Length': 0, Connection: 'close' });
    response.end();
  });
}

/** HTTP/1.1 without `Host` (RFC 9112 §3.2): Node's own refusal, which this replaces, has no code. */
export function refuseMissingHost(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.raw.headers.host !== undefined || request.raw.httpVersion !== '1.1') return done();
    void reply.code(400).headers({ 'X-Rind-Error': 'request.malformed', Connection: 'close' }).send();
  });
}

/** For `clientError` of a server: bytes that are no HTTP, headers beyond every bound. A connection that is gone, or already has half an answer, is only closed. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || (socket.bytesWritten > 0 && isAnswering(socket))) {
    socket.destroy();
    return;
  }
  const [status, code] = refusalOf(error);
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nX-Rind-Error: ${code}\r\n`;
  socket.end(`${head}Cache-Control: no-store\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}

/** Node keeps the answer that a connection is sending where no type shows it. */
function isAnswering(socket: Socket): boolean {
  const { _httpMessage: answer } = socket as { _httpMessage?: ServerResponse | null };
  return answer?.headersSent === true;
}
