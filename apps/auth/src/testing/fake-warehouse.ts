import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { parseSignedGrant } from '@rind/index-model';
import type { SignedGrant } from '@rind/index-model';
import { systemRandomness, uuidV4 } from '@rind/kernel';

/** `deaf` takes a grant and hangs up without a word; `slow` answers late. */
export type WarehouseMood = 'up' | 'down' | 'refuse' | 'deaf' | 'slow';

/** The warehouse's door for grants, which can be anything but right. Takes a grant once, as the real one does. */
export class FakeWarehouse {
  mood: WarehouseMood = 'up';
  /** Grants that were taken, in their order. */
  readonly taken: SignedGrant[] = [];
  /** Requests, whatever became of them. */
  requests = 0;
  private readonly receipts = new Map<string, string>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Of the grants about a project. */
  verbs(project: string): string[] {
    return this.of(project).map(({ grant }) => `${grant.verb} ${grant.filename ?? grant.status}`);
  }

  of(project: string): SignedGrant[] {
    return this.taken.filter(({ grant }) => grant.project === project);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.mood === 'down') return say(response, 503, { code: 'database.unavailable' });
    if (this.mood === 'refuse') return say(response, 403, { code: 'grant.unknown-key' });
    if (this.mood === 'slow') await pause(300);
    const signed = read(Buffer.concat(chunks));
    if (signed === null) return say(response, 400, { code: 'grant.malformed' });
    const { id } = signed.grant;
    if (!this.receipts.has(id)) {
      this.receipts.set(id, uuidV4(systemRandomness));
      this.taken.push(signed);
    }
    if (this.mood === 'deaf') response.destroy();
    else say(response, 202, { id: this.receipts.get(id) });
  }
}

function read(body: Buffer): SignedGrant | null {
  try {
    return parseSignedGrant(new Uint8Array(body));
  } catch {
    return null;
  }
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
