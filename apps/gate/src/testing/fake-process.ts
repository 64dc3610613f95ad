import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call that a fake process received whole. */
export interface ReceivedCall {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** `cut` closes the connection without an answer. */
export type FakeAnswer = { status: number; body?: unknown; headers?: Record<string, string> } | 'cut';
export type FakeHandler = (call: ReceivedCall) => FakeAnswer | Promise<FakeAnswer>;

/** A real HTTP server in place of auth or the warehouse; records every call. */
export class FakeProcess {
  readonly calls: ReceivedCall[] = [];
  private readonly server: Server;
  private handler: FakeHandler;

  constructor(handler: FakeHandler) {
    this.handler = handler;
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  answer(handler: FakeHandler): void {
    this.handler = handler;
  }

  callsTo(part: string): readonly ReceivedCall[] {
    return this.calls.filter(({ url }) => url.includes(part));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch {
      return;
    }
    const { method = '', url = '', headers } = request;
    const call = { method, url, headers, body: Buffer.concat(chunks) };
    this.calls.push(call);
    const answer = await this.handler(call);
    if (answer === 'cut') {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { 'Content-Type': 'application/json', ...answer.headers });
    response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
  }
}

/** The header and the file of an upload as the warehouse receives them. */
export function unpackUpload(body: Buffer): { header: Record<string, unknown>; file: Buffer } {
  const length = body.readUInt32BE(0);
  const header = JSON.parse(body.subarray(4, 4 + length).toString('utf8')) as Record<string, unknown>;
  return { header, file: body.subarray(4 + length) };
}
