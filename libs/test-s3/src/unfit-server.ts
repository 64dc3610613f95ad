import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What is wrong with a server. `none`: nothing. `ignores-if-none-match`, `ignores-if-match`: it accepts such a write
 * whatever is there. `checks-then-writes`: it checks, and writes later, so that many pass at the same time.
 * `hides`: it keeps what was written and shows
 * nothing. `constant-tag`: all states have one entity tag.
 */
export type Flaw =
  'none' | 'ignores-if-none-match' | 'ignores-if-match' | 'checks-then-writes' | 'hides' | 'constant-tag';

/** A server of the few requests that conditional writes are proven with, in memory, without signatures. */
export interface UnfitServer {
  readonly endpoint: string;
  /** Paths of the objects it has. */
  readonly paths: readonly string[];
  stop(): Promise<void>;
}

export async function startUnfitServer(flaw: Flaw): Promise<UnfitServer> {
  const objects = new Map<string, Buffer>();
  const server = createServer((incoming, outgoing) => {
    answer(flaw, objects, incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get paths() {
      return [...objects.keys()];
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  flaw: Flaw,
  objects: Map<string, Buffer>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const path = new URL(incoming.url ?? '', 'http://unfit').pathname;
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const found = objects.get(path);
  switch (incoming.method) {
    case 'PUT': {
      const body = Buffer.concat(chunks);
      if (!isMet(flaw, incoming, found)) return fail(outgoing, 412, 'PreconditionFailed');
      if (flaw === 'checks-then-writes') await sleep(20);
      objects.set(path, body);
      return void outgoing.writeHead(200, { etag: tagOf(flaw, body) }).end();
    }
    case 'GET':
      if (found === undefined || flaw === 'hides') return fail(outgoing, 404, 'NoSuchKey');
      outgoing.writeHead(200, { etag: tagOf(flaw, found), 'content-length': found.length });
      return void outgoing.end(found);
    case 'DELETE':
      objects.delete(path);
      return void outgoing.writeHead(204).end();
    default:
      return fail(outgoing, 405, 'MethodNotAllowed');
  }
}

function isMet(flaw: Flaw, { headers }: IncomingMessage, found: Buffer | undefined): boolean {
  if (headers['if-none-match'] === '*' && flaw !== 'ignores-if-none-match') return found === undefined;
  const tag = headers['if-match'];
  if (tag === undefined || flaw === 'ignores-if-match') return true;
  return found !== undefined && tag === tagOf(flaw, found);
}

function tagOf(flaw: Flaw, body: Buffer): string {
  return flaw === 'constant-tag' ? '"1"' : `"${createHash('md5').update(body).digest('hex')}"`;
}

function fail(outgoing: ServerResponse, status: number, code: string): void {
  outgoing.writeHead(status, { 'content-type': 'application/xml' });
  outgoing.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`);
}
