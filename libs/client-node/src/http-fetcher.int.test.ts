import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { monotonicMs } from '@rind/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpFetcher } from './http-fetcher.ts';
import type { HttpFetcherOptions } from './http-fetcher.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let base: string;
let handler: Handler;
let requests: number;
let closed: number;

beforeEach(async () => {
  requests = 0;
  closed = 0;
  server = createServer((request, response) => {
    requests++;
    response.on('close', () => void (response.writableFinished || closed++));
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const retry = { retries: 2, basePauseMs: 5, maxPauseMs: 10 };

async function outcome(options: HttpFetcherOptions = {}, maxBytes = 1_000_000) {
  const fetcher = new HttpFetcher({ retry, ...options });
  return fetcher.fetch(`${base}file`, maxBytes).then(
    (bytes) => bytes?.length ?? null,
    (error: { code: string }) => error.code,
  );
}

describe('against a server that', () => {
  it('answers, gets the bytes', async () => {
    handler = (request, response) => {
      expect(request.headers['accept-encoding']).toBe('identity');
      response.end(Buffer.alloc(300_000, 1));
    };
    expect(await outcome()).toBe(300_000);
    expect(requests).toBe(1);
  });

  it('compresses though nobody asked, gets the bytes that were meant, and counts those', async () => {
    handler = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000)));
    };
    expect(await outcome({}, 1_000_000)).toBe('fetch.too-large');
    expect(await outcome({}, 50_000_000)).toBe(50_000_000);
  });

  it('never ends, reads to the limit and hangs up', async () => {
    handler = (_, response) => {
      const piece = Buffer.alloc(65_536);
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', more);
      more();
    };
    expect(await outcome({}, 200_000)).toBe('fetch.too-large');
    await expect.poll(() => closed).toBe(1);
    expect(requests).toBe(1);
  });

  it('breaks off, tries again', async () => {
    handler = (_, response) => {
      if (requests < 3)
        response.writeHead(200, { 'content-length': '10' }).write('12345', () => response.destroy());
      else response.end('1234567890');
    };
    expect(await outcome()).toBe(10);
    expect(requests).toBe(3);
  });

  it('breaks off always, gives up', async () => {
    handler = (request) => request.socket.destroy();
    expect(await outcome()).toBe('fetch.failed');
    expect(requests).toBe(3);
  });

  it('is not there, says so', async () => {
    handler = (_, response) => response.end();
    const gone = new HttpFetcher({ retry: { retries: 0 } });
    await new Promise((resolve) => server.close(resolve));
    await expect(gone.fetch(base, 10)).rejects.toMatchObject({
      code: 'fetch.failed',
      details: { url: base, status: null },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  it('accepts and then says nothing, waits for the head as long as it should', async () => {
    handler = () => {};
    const started = monotonicMs();
    expect(await outcome({ patience: { headTimeoutMs: 100 } })).toBe('fetch.timeout');
    expect(monotonicMs() - started).toBeLessThan(5_000);
    await expect.poll(() => closed).toBe(1);
  });

  it('trickles, gives up after the first slow window', async () => {
    handler = (_, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    };
    const patience = { minBytesPerSecond: 1_000, slowWindowMs: 200 };
    expect(await outcome({ patience })).toBe('fetch.slow');
    await expect.poll(() => closed).toBe(1);
  });

  it('falls silent in the middle, gives up too', async () => {
    handler = (_, response) => void response.write(Buffer.alloc(100_000));
    expect(await outcome({ patience: { minBytesPerSecond: 1_000, slowWindowMs: 100 } })).toBe('fetch.slow');
  });

  it('is just fast enough, waits until the total is over', async () => {
    handler = (_, response) => {
      const timer = setInterval(() => response.write('x'.repeat(200)), 20);
      response.on('close', () => clearInterval(timer));
    };
    const patience = { minBytesPerSecond: 1_000, slowWindowMs: 150, totalTimeoutMs: 700 };
    expect(await outcome({ patience })).toBe('fetch.timeout');
  });

  it('is never well, stops in the pause when the total is over', async () => {
    handler = (_, response) => response.writeHead(503).end();
    const started = monotonicMs();
    const patience = { totalTimeoutMs: 100 };
    expect(await outcome({ patience, retry: { retries: 9, basePauseMs: 60_000, maxPauseMs: 60_000 } })).toBe(
      'fetch.timeout',
    );
    expect(monotonicMs() - started).toBeLessThan(5_000);
  });

  it('redirects within itself, follows; elsewhere, does not', async () => {
    handler = (request, response) => {
      if (request.url === '/file') response.writeHead(301, { location: '/real' }).end('moved');
      else response.end('real');
    };
    expect(await outcome()).toBe(4);
    handler = (_, response) => response.writeHead(301, { location: 'http://localhost:1/' }).end('moved');
    expect(await outcome()).toBe('fetch.failed');
  });
});
