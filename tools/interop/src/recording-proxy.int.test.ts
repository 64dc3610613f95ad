import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendBytes, serveLocally } from './local-server.ts';
import type { LocalServer } from './local-server.ts';
import { RecordingProxy } from './recording-proxy.ts';

let upstream: LocalServer;
const proxies: RecordingProxy[] = [];

beforeEach(async () => {
  upstream = await serveLocally((request, response) => {
    if (request.url === '/simple/six') {
      response.writeHead(301, { location: '/simple/six/' });
      response.end();
    } else if (request.url === '/simple/six/') {
      response.writeHead(200, { 'content-type': `${request.headers.accept}; charset=utf-8` });
      response.end(request.headers.accept);
    } else sendBytes(response, 404, new Uint8Array());
  });
});

afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  await upstream.close();
});

async function started(options: { readonly accept?: string } = {}): Promise<RecordingProxy> {
  const proxy = new RecordingProxy({ url: upstream.url, ...options });
  proxies.push(proxy);
  await proxy.listen();
  return proxy;
}

describe('the recording proxy', () => {
  it('passes on what was asked, and writes it down', async () => {
    const proxy = await started();
    const answer = await fetch(`${proxy.simple}six/?a=b`, { headers: { accept: 'text/html' } });
    expect(answer.status).toBe(404);
    await fetch(`${proxy.simple}six/`, { headers: { accept: 'text/html' } });
    expect(proxy.passed.map(({ path, status }) => [path, status])).toEqual([
      ['/simple/six/', 404],
      ['/simple/six/', 200],
    ]);
    expect(proxy.got(/six/)).toEqual([{ path: '/simple/six/', status: 200, contentType: 'text/html' }]);
  });

  it('follows no redirect in the place of the client', async () => {
    const proxy = await started();
    const answer = await fetch(`${proxy.simple}six`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([301, '/simple/six/']);
  });

  it('can say for the client what it accepts', async () => {
    const proxy = await started({ accept: 'application/json' });
    const answer = await fetch(`${proxy.simple}six/`, { headers: { accept: 'text/html' } });
    expect(await answer.text()).toBe('application/json');
  });
});
