import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TamperProxy } from './tamper-proxy.ts';

let real: Server;
let proxy: TamperProxy;

beforeAll(async () => {
  real = createServer((request, response) => {
    const found = request.url === '/m/timestamp.json' || request.url === '/t/packages/a/file';
    response.writeHead(found ? 200 : 404).end(found ? `real ${request.url}` : 'none');
  });
  await new Promise<void>((resolve) => real.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(real.address() as AddressInfo).port}`;
  proxy = new TamperProxy({ metadata: `${base}/m/`, targets: `${base}/t/` });
  await proxy.listen();
});

afterAll(async () => {
  await proxy.close();
  real.close();
});

const read = async (url: string): Promise<string> => (await fetch(url)).text();

describe('the man in the middle', () => {
  it('passes everything on when he has nothing to say', async () => {
    proxy.tell(new Map());
    expect(await read(`${proxy.metadataUrl}timestamp.json`)).toBe('real /m/timestamp.json');
    expect(await read(`${proxy.targetsUrl}packages/a/file`)).toBe('real /t/packages/a/file');
    expect((await fetch(`${proxy.metadataUrl}2.root.json`)).status).toBe(404);
    expect((await fetch(`${proxy.url}elsewhere`)).status).toBe(502);
    expect(proxy.heard.size).toBe(0);
  });

  it('lies about one path, knows who heard it, and stops when told so', async () => {
    proxy.tell(new Map([['metadata/timestamp.json', new TextEncoder().encode('a lie')]]));
    expect(await read(`${proxy.targetsUrl}packages/a/file`)).toBe('real /t/packages/a/file');
    expect(proxy.heard.size).toBe(0);
    expect(await read(`${proxy.metadataUrl}timestamp.json`)).toBe('a lie');
    expect([...proxy.heard]).toEqual(['metadata/timestamp.json']);
    proxy.tell(new Map());
    expect(await read(`${proxy.metadataUrl}timestamp.json`)).toBe('real /m/timestamp.json');
  });
});
