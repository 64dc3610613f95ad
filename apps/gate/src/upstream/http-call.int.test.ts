import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { call, SilenceError } from './http-call.ts';
import type { HttpAnswer, HttpCall } from './http-call.ts';

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** Far more than what sockets hold. */
const fileBytes = 24 * 1_048_576;
let dir: string;
let server: Server;
let serve: Serve = () => {};
let received = 0;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'rind-http-call-'));
  writeFileSync(join(dir, 'large'), new Uint8Array(fileBytes));
  writeFileSync(join(dir, 'small'), 'x');
  server = createServer((request, response) => {
    received++;
    void serve(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  received = 0;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true, force: true });
});

function options(change: Partial<HttpCall>): HttpCall {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { method: 'POST', url, secret: 's'.repeat(32), idleMs: 1_500, connection: 'fresh', ...change };
}

function sendFile(name: 'large' | 'small', stallMs: number): Promise<HttpAnswer> {
  const length = name === 'large' ? fileBytes : 1;
  const headers = { 'Content-Length': String(length) };
  return call(options({ headers, file: { path: join(dir, name), stallMs } }));
}

async function readAll(request: IncomingMessage): Promise<void> {
  for await (const chunk of request) void chunk;
}

describe('a call with a file', () => {
  it('waits for an answer as long as there are signs of life', async () => {
    serve = async (request, response) => {
      await readAll(request);
      for (let i = 0; i < 20; i++) {
        await pause(100);
        response.writeProcessing();
      }
      response.end('done');
    };
    expect(await sendFile('small', 30_000)).toMatchObject({ status: 200 });
  });

  it('waits for a side that takes it slowly and says nothing', async () => {
    serve = async (request, response) => {
      let taken = 0;
      for await (const chunk of request as AsyncIterable<Buffer>) {
        taken += chunk.length;
        if (taken < 1_048_576) continue;
        taken = 0;
        await pause(80);
      }
      response.end('done');
    };
    expect(await sendFile('large', 30_000)).toMatchObject({ status: 200 });
  });

  it.each(['large', 'small'] as const)(
    'gives up a side that takes nothing and says nothing: %s',
    async (name) => {
      serve = () => {};
      await expect(sendFile(name, 30_000)).rejects.toBeInstanceOf(SilenceError);
    },
  );

  it('gives up a side that lives and gets nowhere', async () => {
    serve = (request, response) => {
      const beat = setInterval(() => response.writeProcessing(), 50);
      response.once('close', () => clearInterval(beat));
      request.resume();
    };
    await expect(sendFile('small', 2_000)).rejects.toBeInstanceOf(SilenceError);
  });
});

describe('a call without a file', () => {
  it('counts the wait for a connection that other calls hold', async () => {
    serve = () => {};
    const kept = (): Promise<HttpAnswer> => call(options({ connection: 'kept', body: new Uint8Array([1]) }));
    const silenced: string[] = [];
    const note = (name: string) => (error: unknown) => {
      expect(error).toBeInstanceOf(SilenceError);
      silenced.push(name);
    };
    const holders = Array.from({ length: 64 }, () => kept().catch(note('holder')));
    await expect.poll(() => received).toBe(64);
    await pause(500);
    const waiting = kept().catch(note('waiting'));
    await pause(100);
    const later = call(options({ body: new Uint8Array([1]) })).catch(note('later'));
    await Promise.all([...holders, waiting, later]);
    // The later one waited for nobody, and yet it is the last whose time is over.
    expect(silenced).toEqual([...holders.map(() => 'holder'), 'waiting', 'later']);
  });
});
