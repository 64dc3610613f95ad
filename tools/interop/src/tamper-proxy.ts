import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendBytes, serveLocally } from './local-server.ts';
import type { LocalServer } from './local-server.ts';

/** Lies by path: `metadata/FILE` or `targets/PATH`, and the bytes served instead of the real ones. */
export type Lies = ReadonlyMap<string, Uint8Array>;

/** The man in the middle: passes a repository on as it is, but for what it is told to lie about. */
export class TamperProxy {
  private readonly upstream: { readonly metadata: string; readonly targets: string };
  private server: LocalServer | undefined;
  private lies: Lies = new Map();
  private told = new Set<string>();

  /** @param upstream base URLs with a slash at the end */
  constructor(upstream: { readonly metadata: string; readonly targets: string }) {
    this.upstream = upstream;
  }

  async listen(): Promise<void> {
    this.server = await serveLocally((request, response) => void this.answer(request, response));
  }

  get url(): string {
    if (this.server === undefined) throw new Error('not listening');
    return this.server.url;
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
    await this.server?.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').slice(1);
    const lie = this.lies.get(path);
    if (lie !== undefined) {
      this.told.add(path);
      sendBytes(response, 200, lie);
      return;
    }
    try {
      const real = await fetch(this.urlOf(path));
      sendBytes(response, real.status, new Uint8Array(await real.arrayBuffer()));
    } catch {
      sendBytes(response, 502, new Uint8Array());
    }
  }

  private urlOf(path: string): string {
    const { metadata, targets } = this.upstream;
    if (path.startsWith('metadata/')) return metadata + path.slice('metadata/'.length);
    if (path.startsWith('targets/')) return targets + path.slice('targets/'.length);
    throw new Error(`no such path ${path}`);
  }
}
