import { createServer } from 'node:http';
import type { RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on a free port of this machine. */
export interface LocalServer {
  /** With a slash at the end. */
  readonly url: string;
  /** Also ends the connections that are open. */
  close(): Promise<void>;
}

/** Idle connections stay open until `close`, so that no client ever meets one that ends as it is used again. */
export async function serveLocally(answer: RequestListener): Promise<LocalServer> {
  const server = createServer({ keepAliveTimeout: 0 }, answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function sendBytes(response: ServerResponse, status: number, bytes: Uint8Array): void {
  response.writeHead(status, { 'content-type': 'application/octet-stream', 'content-length': bytes.length });
  response.end(bytes);
}
