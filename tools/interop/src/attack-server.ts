import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RepositorySimulator } from '@rind/testkit';
import { sendBytes, serveLocally } from './local-server.ts';
import type { LocalServer } from './local-server.ts';

/** How a path is answered instead of with its file: a body that never ends, or one of a byte every half second. */
export type Misbehaviour = 'endless' | 'slow';

const endlessChunk = Buffer.alloc(65_536, 0x20);
const slowEveryMs = 500;

/** A web server before a simulated repository: serves whatever that serves now, and notes what was asked for. */
export class AttackServer {
  private readonly server: LocalServer;
  private readonly misbehaviours = new Map<string, Misbehaviour>();
  private asked = new Set<string>();

  private constructor(server: LocalServer) {
    this.server = server;
  }

  static async listen(repository: RepositorySimulator): Promise<AttackServer> {
    const listener: { answer: (request: IncomingMessage, response: ServerResponse) => void } = {
      answer: (_request, response) => sendBytes(response, 503, new Uint8Array()),
    };
    const local = await serveLocally((request, response) => listener.answer(request, response));
    const server = new AttackServer(local);
    listener.answer = (request, response) => server.answer(repository, request, response);
    return server;
  }

  get metadataUrl(): string {
    return `${this.server.url}metadata/`;
  }

  get targetsUrl(): string {
    return `${this.server.url}targets/`;
  }

  misbehave(path: string, how: Misbehaviour): void {
    this.misbehaviours.set(path, how);
  }

  /** Every path is answered with its file again. */
  behave(): void {
    this.misbehaviours.clear();
  }

  /** What was asked for since the last call, below the server's root. */
  takeAsked(): ReadonlySet<string> {
    const asked = this.asked;
    this.asked = new Set();
    return asked;
  }

  close(): Promise<void> {
    return this.server.close();
  }

  private answer(repository: RepositorySimulator, request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(request.url ?? '/').slice(1);
    this.asked.add(path);
    const how = this.misbehaviours.get(path);
    if (how === 'endless') flood(response);
    else if (how === 'slow') trickle(response);
    else {
      const bytes = repository.served.get(path);
      sendBytes(response, bytes === null ? 404 : 200, bytes ?? new Uint8Array());
    }
  }
}

/** White space for as long as somebody reads; no length is announced. */
function flood(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  const pour = (): void => {
    while (!response.destroyed && response.write(endlessChunk));
  };
  response.on('drain', pour);
  response.on('error', () => response.destroy());
  pour();
}

function trickle(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  const timer = setInterval(() => response.write(' '), slowEveryMs);
  response.on('error', () => response.destroy());
  response.on('close', () => clearInterval(timer));
}
