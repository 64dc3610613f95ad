import { Agent, createServer, request } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerOptions, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** Where a request goes, by path; stands for the load balancer of a real deployment. */
export interface FrontRoutes {
  readonly gate: string;
  readonly warehouse: string;
  readonly auth: string;
}

const toGate = /^\/legacy(?:\/|\?|$)/;
const toAuth = /^\/_\/(?:oidc|secrets|github)\//;
/** Spoken between processes only; never through the public address. */
const internal = /^\/(?:internal|healthz|readyz|metrics)(?:\/|\?|$)/;
/** Connection-bound headers are not passed on (RFC 9110 §7.6.1). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'upgrade',
]);

/** Gives a new certificate whenever it is asked. */
export interface FrontCertificates {
  serverCertificate(): Promise<{ readonly cert: string; readonly key: string }>;
}

/** Of a certificate for 30 days, while the front runs for longer. */
const renewalMs = 86_400_000;

/** A process behind us that says and takes nothing for this long does not answer; the gate itself waits 60 s for the warehouse. */
const silenceMs = 120_000;

/** A small reverse proxy: streams both ways, keeps reason phrases, passes early answers on while a body still arrives. */
export class Front {
  private readonly routes: FrontRoutes;
  private readonly agent = new Agent({ keepAlive: true, maxFreeSockets: 64 });
  private readonly certificates: FrontCertificates | null;
  private server: Server | undefined;
  private renewal: NodeJS.Timeout | undefined;

  /** @param certificates for https; null: http */
  constructor(routes: FrontRoutes, certificates: FrontCertificates | null) {
    this.routes = routes;
    this.certificates = certificates;
  }

  async listen(port: number): Promise<number> {
    // The check of the host is ours, so that its refusal names a code as well.
    const server = await this.createServer({ requireHostHeader: false }, (incoming, outgoing) =>
      this.forward(incoming, outgoing),
    );
    server.on('checkExpectation', (_incoming, outgoing: ServerResponse) =>
      refuse(outgoing, 417, 'Expectation Failed', 'request.refused'),
    );
    server.on('clientError', refuseBytes);
    server.requestTimeout = 0;
    server.keepAliveTimeout = 65_000;
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const { server } = this;
    clearInterval(this.renewal);
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const timer = setTimeout(() => server.closeAllConnections(), 5_000);
    await closed;
    clearTimeout(timer);
    this.agent.destroy();
  }

  private async createServer(options: ServerOptions, listener: RequestListener): Promise<Server> {
    const { certificates } = this;
    if (certificates === null) return createServer(options, listener);
    const server = createTlsServer({ ...options, ...(await certificates.serverCertificate()) }, listener);
    const renew = async (): Promise<void> => server.setSecureContext(await certificates.serverCertificate());
    // One that cannot be had leaves the one before, which is good for weeks.
    this.renewal = setInterval(() => void renew().catch(() => {}), renewalMs).unref();
    return server;
  }

  private forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const path = incoming.url ?? '/';
    if (incoming.headers.host === undefined && incoming.httpVersion === '1.1') {
      refuse(outgoing, 400, 'Bad Request', 'request.malformed');
      return;
    }
    if (internal.test(path)) {
      refuse(outgoing, 404, 'Not Found', 'route.unknown');
      return;
    }
    const target = new URL(this.originOf(path));
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).filter(([name]) => !hopByHop.has(name)),
    );
    const upstream = request({
      // A kept connection may be closed by the other side at this very moment. What has a body cannot be sent again.
      agent: hasBody(incoming) ? false : this.agent,
      host: target.hostname,
      port: target.port,
      method: incoming.method ?? 'GET',
      path,
      headers,
    });
    upstream.setTimeout(silenceMs, () => upstream.destroy(new Error('silence')));
    upstream.on('response', (answer) => {
      const answered = Object.entries(answer.headers).filter(([name]) => name !== 'keep-alive');
      outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', Object.fromEntries(answered));
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    upstream.on('error', () => {
      if (outgoing.headersSent) outgoing.destroy();
      else refuse(outgoing, 503, 'Service Unavailable', 'process.unavailable');
    });
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) upstream.destroy();
    });
    // The gate decides on headers alone: they must not wait for the first bytes of a body.
    upstream.flushHeaders();
    incoming.pipe(upstream);
    // The upstream may answer and close before it read everything: what still arrives is thrown away.
    upstream.on('close', () => {
      incoming.unpipe(upstream);
      incoming.resume();
    });
  }

  private originOf(path: string): string {
    if (toGate.test(path)) return this.routes.gate;
    if (toAuth.test(path)) return this.routes.auth;
    return this.routes.warehouse;
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

function refuse(outgoing: ServerResponse, status: number, text: string, code: string): void {
  const body = `${text}\n`;
  outgoing.writeHead(status, text, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-rind-error': code,
    ...(status === 503 ? { 'retry-after': '1' } : {}),
  });
  outgoing.end(body);
}

/** Codes of a connection that never came to speak TLS, such as one that speaks HTTP at once: no answer could be read. */
const noHandshake = /^(?:ERR_(?:SSL|TLS)_|EPROTO$)/;

/** What is no HTTP, or has headers beyond every bound: there is no request to answer, only a connection. */
function refuseBytes(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || noHandshake.test(error.code ?? '') || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'request.headers-too-large']
      : ['400 Bad Request', 'request.malformed'];
  socket.end(`HTTP/1.1 ${status}\r\nX-Rind-Error: ${code}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}
