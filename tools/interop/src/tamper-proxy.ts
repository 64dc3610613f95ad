import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Lies by path: `metadata/FILE` or `targets/PATH`, and the bytes served instead of the real ones. */
export type Lies = ReadonlyMap<string, Uint8Array>;

/** The man in the middle: passes a repository on as it is, but for what it is told to lie about. */
export class TamperProxy {
  private readonly upstream: { readonly metadata: string; readonly targets: string };
  private server: Server | undefined;
  private lies: Lies = new Map();
  private told = new Set<string>();

  /** @param upstream base URLs with a slash at the end */
  constructor(upstream: { readonly metadata: string; readonly targets: string }) {
    this.upstream = upstream;
  }

  async listen(): Promise<void> {
    const server = createServer((request, response) => void this.answer(request, response));
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
  }

  get url(): string {
    if (this.server === undefined) throw new Error('not listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  get metadataUrl(): string {
    return `${this.url}metadata/`;
  }

  get targetsUrl(): string {
    return `${this.url}targets/`;
  }

  /** Lies from now on as told here; an empty map: no more lies. */
  tell(lies: Lies): void {
    this.lies = lies;
    this.told = new Set();
  }

  /** The lies that a client has heard since `tell`. */
  get heard(): ReadonlySet<string> {
    return this.told;
  }

  async close(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').slice(1);
    const lie = this.lies.get(path);
    if (lie !== undefined) {
      this.told.add(path);
      send(response, 200, lie);
      return;
    }
    try {
      const real = await fetch(this.urlOf(path));
      send(response, real.status, new Uint8Array(await real.arrayBuffer()));
    } catch {
      send(response, 502, new Uint8Array());
    }
  }

  private urlOf(path: string): string {
    const { metadata, targets } = this.upstream;
    if (path.startsWith('metadata/')) return metadata + path.slice('metadata/'.length);
    if (path.startsWith('targets/')) return targets + path.slice('targets/'.length);
    throw new Error(`no such path ${path}`);
  }
}

function send(response: ServerResponse, status: number, bytes: Uint8Array): void {
  response.writeHead(status, { 'content-type': 'application/octet-stream', 'content-length': bytes.length });
  response.end(bytes);
}
