import type { IncomingMessage, ServerResponse } from 'node:http';
import { serveLocally } from './local-server.ts';
import type { LocalServer } from './local-server.ts';

/** One request that went through. */
export interface Passed {
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  /** Without parameters; empty when the answer has none. */
  readonly contentType: string;
}

export interface RecordingProxyOptions {
  /** An instance's address, with or without a slash at the end. */
  readonly url: string;
  /** What clients accept is replaced by this. */
  readonly accept?: string;
}

const passedOn = [
  ...['content-type', 'etag', 'cache-control', 'vary', 'location', 'x-pypi-last-serial'],
  ...['accept-ranges', 'content-range'],
];

/**
 * Passes an index on under another address and writes down what was asked. A client that finds its files through it
 * has followed relative URLs: absolute ones would lead it past the proxy.
 */
export class RecordingProxy {
  readonly passed: Passed[] = [];
  private readonly options: RecordingProxyOptions;
  private server: LocalServer | undefined;

  constructor(options: RecordingProxyOptions) {
    this.options = options;
  }

  async listen(): Promise<void> {
    this.server = await serveLocally((request, response) => {
      this.pass(request, response).catch(() => response.destroy());
    });
  }

  /** Where installers begin, with a slash at the end. */
  get simple(): string {
    if (this.server === undefined) throw new Error('not listening');
    return `${this.server.url}simple/`;
  }

  /** The answers with 200 whose path has this form. */
  got(path: RegExp): readonly Passed[] {
    return this.passed.filter((each) => each.status === 200 && path.test(each.path));
  }

  async close(): Promise<void> {
    await this.server?.close();
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = new Headers({ 'accept-encoding': 'identity' });
    const accept = this.options.accept ?? request.headers.accept;
    if (accept !== undefined) headers.set('accept', accept);
    for (const name of ['range', 'if-none-match'] as const) {
      const value = request.headers[name];
      if (value !== undefined) headers.set(name, value);
    }
    const path = request.url ?? '/';
    const answer = await fetch(new URL(path, this.options.url), {
      method: request.method ?? 'GET',
      headers,
      redirect: 'manual',
    });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const contentType = answer.headers.get('content-type')?.split(';')[0] ?? '';
    this.passed.push({ path: path.split('?')[0] ?? path, status: answer.status, contentType });
    for (const name of passedOn) {
      const value = answer.headers.get(name);
      if (value !== null) response.setHeader(name, value);
    }
    const length = request.method === 'HEAD' ? answer.headers.get('content-length') : String(bytes.length);
    if (length !== null) response.setHeader('content-length', length);
    response.writeHead(answer.status);
    response.end(bytes);
  }
}
