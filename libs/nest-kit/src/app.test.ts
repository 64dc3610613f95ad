import { FakeClock, RindError, systemRandomness } from '@rind/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import type { App } from './app.ts';
import { secret, ThingsModule } from './app.fixture.ts';
import type { Config } from './app.fixture.ts';
import { createLogger } from './logger.ts';
import { Readiness } from './readiness.ts';

let app: App;
let log = '';
async function start(): Promise<App> {
  log = '';
  const clock = new FakeClock(0);
  app = await createApp(ThingsModule, {
    config: { secret } satisfies Config,
    clock,
    randomness: systemRandomness,
    logger: createLogger({ process: 'test', clock, write: (line) => (log += line) }),
    problems: { 'thing.busy': { status: 503 } },
    bodyLimitBytes: 100,
  });
  return app;
}
afterEach(() => app.close());

const authorization = `Bearer ${secret}`;

describe('an app', () => {
  it('answers errors as problem documents with their code in a header', async () => {
    const { fastify } = await start();
    const busy = await fastify.inject('/things/busy');
    expect(busy.statusCode).toBe(503);
    expect(busy.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'x-rind-error': 'thing.busy',
      'retry-after': '3',
    });
    const broken = await fastify.inject('/things/broken');
    expect(broken.json()).toEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      code: 'internal.error',
    });
    expect(log).toContain('a stack that must not leave');
  });

  it.each([
    ['no route', { url: '/nothing', payload: '{}' }, 404, 'request.not-found'],
    ['a path that is no percent-encoding', { url: '/%e0', payload: '{}' }, 400, 'request.malformed'],
    ['broken JSON', { payload: '{' }, 400, 'request.malformed'],
    ['a body of another shape', { payload: '{"name":1}' }, 400, 'request.malformed'],
    [
      'a body that is too large',
      { payload: JSON.stringify({ name: 'x'.repeat(100) }) },
      413,
      'request.too-large',
    ],
    ['an unknown content type', { payload: 'x', type: 'text/x-odd' }, 415, 'request.unsupported-media-type'],
  ])(
    'refuses %s',
    async (_what, request: { url?: string; payload?: string; type?: string }, status, code) => {
      const { fastify } = await start();
      const answer = await fastify.inject({
        method: 'POST',
        url: request.url ?? '/things',
        headers: { authorization, 'content-type': request.type ?? 'application/json' },
        ...(request.payload === undefined ? {} : { payload: request.payload }),
      });
      expect([answer.statusCode, answer.headers['x-rind-error']]).toEqual([status, code]);
    },
  );

  it.each([
    ['no header', {}],
    ['another secret', { authorization: `Bearer ${secret}x` }],
    ['another scheme', { authorization: `Basic ${secret}` }],
    ['an empty secret', { authorization: 'Bearer ' }],
  ])('keeps a caller out that shows %s', async (_what, headers) => {
    const { fastify } = await start();
    const answer = await fastify.inject({
      method: 'POST',
      url: '/things',
      headers,
      payload: { name: 'six' },
    });
    expect([answer.statusCode, answer.headers['x-rind-error']]).toEqual([403, 'internal.denied']);
  });

  it('lets the caller with the secret in, and logs neither secret nor query', async () => {
    const { fastify } = await start();
    const request = { method: 'POST', url: '/things?token=query-value', headers: { authorization } } as const;
    const answer = await fastify.inject({ ...request, payload: { name: 'six' } });
    expect([answer.statusCode, answer.json()]).toEqual([201, { hello: 'six' }]);
    expect(log).toContain('"route":"/things"');
    expect(log).not.toContain(secret);
    expect(log).not.toContain('query-value');
  });

  it('is ready when every check passes, and says which does not', async () => {
    const { fastify, nest } = await start();
    expect((await fastify.inject('/readyz')).json()).toEqual({ ready: true, checks: {} });
    nest.get(Readiness).register('database', () => {
      throw new RindError('database.unavailable', 'host 10.0.0.1 is down', {});
    });
    const answer = await fastify.inject('/readyz');
    expect([answer.statusCode, answer.json()]).toEqual([
      503,
      { ready: false, checks: { database: 'database.unavailable' } },
    ]);
    expect((await fastify.inject('/healthz')).statusCode).toBe(200);
  });

  it('shows its own metrics and the delay of the event loop', async () => {
    const { fastify } = await start();
    const answer = await fastify.inject('/metrics');
    expect(answer.headers['content-type']).toContain('text/plain; version=0.0.4');
    expect(answer.body).toContain('rind_things_total 1');
    expect(answer.body).toMatch(/rind_event_loop_delay_seconds\{quantile="0\.99"\} [0-9.e-]+/);
  });
});

describe('a route', () => {
  it('is found with and without a slash at the end: Nest cuts it off', async () => {
    const { fastify } = await start();
    for (const url of ['/things/busy', '/things/busy/']) {
      expect((await fastify.inject(url)).headers['x-rind-error']).toBe('thing.busy');
    }
  });
});
