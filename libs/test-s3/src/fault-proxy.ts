import { Agent, createServer, request } from 'node:http';
import type { ClientRequest, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededFaults } from './seeded-faults.ts';
import type { RandomFaults } from './seeded-faults.ts';

/** What a match may look at. */
export interface ProxiedRequest {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

export type Match = (request: ProxiedRequest) => boolean;

/**
 * `fail`: an error answer of the proxy; the server hears nothing. `cut-before`: the connection is cut; the server
 * hears nothing. `drop-reply`: the server does the work, then the connection is cut. `late`: the connection is cut,
 * and the server gets the request later. `stall`: the request waits before the server gets it, for a time or until it
 * is released. `slow-body`: the answer's body trickles. `cut-body`: the connection is cut within the answer's body.
 * `cut-upload`: both connections are cut within the request's body.
 */
export type FaultKind =
  'fail' | 'cut-before' | 'drop-reply' | 'late' | 'stall' | 'slow-body' | 'cut-body' | 'cut-upload';

/** A proxy between store and server that does harm when told to. Each command is for the next request that matches. */
export interface FaultProxy {
  readonly endpoint: string;
  /** How often each fault was done; `forwarded` counts the requests that the server got. */
  readonly counts: Readonly<Record<FaultKind | 'forwarded', number>>;
  /** Answers with an error of S3 form; `code` is by default that of the status. */
  failNext(match: Match, answer: { status: number; code?: string }): void;
  dropReply(match: Match): void;
  cutBefore(match: Match): void;
  /** `deliver` hands the request on, and gives the status of the server's answer, which nobody else hears. */
  late(match: Match): { readonly taken: Promise<void>; deliver(): Promise<number> };
  stall(match: Match, ms: number): void;
  /** Stalls the request until `release` is called. */
  hold(match: Match): { readonly taken: Promise<void>; release(): void };
  cutUpload(match: Match, afterBytes: number): void;
  /** One byte of the body every `ms`. */
  slowBody(match: Match, ms: number): void;
  cutBody(match: Match, afterBytes: number): void;
  /** Each request that no command is for has a fault with this chance, the same ones for the same seed and order. */
  random(faults: RandomFaults | null): void;
  /** Forgets all commands that were not used. */
  clear(): void;
  stop(): Promise<void>;
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** The client's connection; a request that was read to its end, or given up, forgets it. */
  readonly socket: Socket;
}

type Act = (exchange: Exchange) => Promise<void>;

/**
 * Starts a proxy on 127.0.0.1 before the server at `target` (an http URL). Requests go on as they came, the Host
 * header with them: it is part of what was signed.
 */
export async function startFaultProxy(options: { readonly target: string }): Promise<FaultProxy> {
  const proxy = new Proxy(new URL(options.target));
  await proxy.listen();
  return proxy;
}

class Proxy implements FaultProxy {
  readonly counts = {
    forwarded: 0,
    fail: 0,
    'cut-before': 0,
    'drop-reply': 0,
    late: 0,
    stall: 0,
    'slow-body': 0,
    'cut-body': 0,
    'cut-upload': 0,
  };
  private readonly target: URL;
  private readonly agent = new Agent({ keepAlive: true });
  private readonly server: Server;
  private readonly stopping = new AbortController();
  private commands: { match: Match; act: Act }[] = [];
  private chance: SeededFaults | null = null;

  constructor(target: URL) {
    this.target = target;
    this.server = createServer((incoming, outgoing) => {
      // Cut connections are what this is for.
      incoming.on('error', () => {});
      outgoing.on('error', () => {});
      const { socket } = incoming;
      this.actFor(incoming)({ incoming, outgoing, socket }).catch(() => socket.destroy());
    });
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', resolve);
    });
  }

  failNext(match: Match, answer: { status: number; code?: string }): void {
    this.command(match, (exchange) => this.fail(exchange, answer));
  }

  dropReply(match: Match): void {
    this.command(match, (exchange) => this.dropTheReply(exchange));
  }

  cutBefore(match: Match): void {
    this.command(match, (exchange) => this.cut(exchange));
  }

  late(match: Match): { taken: Promise<void>; deliver(): Promise<number> } {
    const { promise, resolve } = Promise.withResolvers<() => Promise<number>>();
    this.command(match, async ({ incoming, socket }) => {
      const body = await readAll(incoming);
      socket.destroy();
      this.counts.late++;
      resolve(async () => {
        const answer = await this.forward(incoming, body);
        await readAll(answer);
        return answer.statusCode ?? 0;
      });
    });
    return { taken: promise.then(() => {}), deliver: async () => (await promise)() };
  }

  stall(match: Match, ms: number): void {
    this.command(match, (exchange) => this.stallFor(exchange, ms));
  }

  hold(match: Match): { taken: Promise<void>; release(): void } {
    const taken = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    this.command(match, async (exchange) => {
      this.counts.stall++;
      taken.resolve();
      await released.promise;
      await this.pass(exchange);
    });
    return { taken: taken.promise, release: released.resolve };
  }

  cutUpload(match: Match, afterBytes: number): void {
    this.command(match, async ({ incoming, socket }) => {
      const onward = this.onward(incoming);
      onward.on('error', () => {});
      let left = afterBytes;
      for await (const chunk of incoming) {
        onward.write((chunk as Buffer).subarray(0, left));
        left -= (chunk as Buffer).length;
        if (left <= 0) break;
      }
      this.counts['cut-upload']++;
      onward.destroy();
      socket.destroy();
    });
  }

  slowBody(match: Match, ms: number): void {
    this.command(match, async ({ incoming, outgoing }) => {
      const answer = await this.forward(incoming);
      this.counts['slow-body']++;
      outgoing.writeHead(answer.statusCode ?? 0, answer.rawHeaders);
      for (const byte of await readAll(answer)) {
        if (outgoing.destroyed) return;
        outgoing.write(Uint8Array.of(byte));
        await sleep(ms, undefined, { signal: this.stopping.signal });
      }
      outgoing.end();
    });
  }

  cutBody(match: Match, afterBytes: number): void {
    this.command(match, (exchange) => this.cutTheBody(exchange, afterBytes));
  }

  random(faults: RandomFaults | null): void {
    this.chance = faults && new SeededFaults(faults);
  }

  clear(): void {
    this.commands = [];
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    this.agent.destroy();
    await closed;
  }

  private command(match: Match, act: Act): void {
    this.commands.push({ match, act });
  }

  private actFor(incoming: IncomingMessage): Act {
    const seen = { method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers };
    const index = this.commands.findIndex(({ match }) => match(seen));
    if (index >= 0) return this.commands.splice(index, 1)[0]!.act;
    const fault = this.chance?.next();
    switch (fault) {
      case 'fail':
        return (exchange) => this.fail(exchange, { status: 503 });
      case 'cut-before':
        return (exchange) => this.cut(exchange);
      case 'drop-reply':
        return (exchange) => this.dropTheReply(exchange);
      case 'stall':
        return (exchange) => this.stallFor(exchange, this.chance?.stallMs ?? 0);
      case 'cut-body':
        return (exchange) => this.cutTheBody(exchange, 1);
      default:
        return (exchange) => this.pass(exchange);
    }
  }

  private async pass({ incoming, outgoing }: Exchange): Promise<void> {
    const answer = await this.forward(incoming);
    outgoing.writeHead(answer.statusCode ?? 0, answer.rawHeaders);
    // What breaks on one side is broken on the other.
    answer.on('error', () => outgoing.destroy());
    outgoing.on('close', () => answer.destroy());
    answer.pipe(outgoing);
  }

  private async fail(
    { incoming, outgoing }: Exchange,
    { status, code = CODE_OF_STATUS[status] ?? 'InternalError' }: { status: number; code?: string },
  ): Promise<void> {
    await readAll(incoming);
    this.counts.fail++;
    const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>fault</Message></Error>`;
    outgoing.writeHead(status, { 'content-type': 'application/xml', 'content-length': body.length });
    outgoing.end(incoming.method === 'HEAD' ? undefined : body);
  }

  private async cut({ socket }: Exchange): Promise<void> {
    this.counts['cut-before']++;
    socket.destroy();
  }

  private async dropTheReply({ incoming, socket }: Exchange): Promise<void> {
    const answer = await this.forward(incoming);
    await readAll(answer);
    this.counts['drop-reply']++;
    socket.destroy();
  }

  private async stallFor(exchange: Exchange, ms: number): Promise<void> {
    this.counts.stall++;
    await sleep(ms, undefined, { signal: this.stopping.signal });
    if (!exchange.socket.destroyed) await this.pass(exchange);
  }

  private async cutTheBody({ incoming, outgoing, socket }: Exchange, afterBytes: number): Promise<void> {
    const answer = await this.forward(incoming);
    const body = await readAll(answer);
    this.counts['cut-body']++;
    outgoing.writeHead(answer.statusCode ?? 0, answer.rawHeaders);
    outgoing.write(body.subarray(0, afterBytes), () => socket.destroy());
    if (body.length === 0) socket.destroy();
  }

  /** Hands a request on, its body as it comes or as it was read, and gives the answer once its head is there. */
  private async forward(incoming: IncomingMessage, body?: Uint8Array): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const onward = this.onward(incoming);
      onward.on('response', resolve);
      onward.on('error', reject);
      if (body !== undefined) return void onward.end(body);
      incoming.on('error', (error) => onward.destroy(error));
      incoming.pipe(onward);
    });
  }

  private onward(incoming: IncomingMessage): ClientRequest {
    this.counts.forwarded++;
    return request({
      host: this.target.hostname,
      port: this.target.port,
      method: incoming.method,
      path: incoming.url,
      headers: incoming.rawHeaders,
      agent: this.agent,
    });
  }
}

const CODE_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'InvalidRequest',
  403: 'AccessDenied',
  404: 'NoSuchKey',
  409: 'ConditionalRequestConflict',
  412: 'PreconditionFailed',
  500: 'InternalError',
  503: 'SlowDown',
  507: 'QuotaExceeded',
};

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
