import { describe, expect, it } from 'vitest';
import { HttpAuthLog } from './auth-log.ts';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

interface Sent {
  readonly url: string;
  readonly method: string;
  readonly authorization: string | null;
  readonly body: unknown;
}

function authThat(answer: (sent: Sent) => Response | Promise<Response>) {
  const sent: Sent[] = [];
  const request = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const one = {
      url: String(url),
      method: init.method ?? 'GET',
      authorization: new Headers(init.headers).get('authorization'),
      body: init.body === undefined ? null : (JSON.parse(String(init.body)) as unknown),
    };
    sent.push(one);
    const aborted = new Promise<never>((_, reject) => {
      init.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
    });
    return Promise.race([answer(one), aborted]);
  };
  const settings = { url: 'http://auth', secret: 'secret', liveTimeoutMs: 20, voidedTimeoutMs: 20 };
  return { log: new HttpAuthLog(settings, request), sent };
}

describe('auth’s log', () => {
  const live = {
    id: id(1),
    seq: 5,
    targetPath: 'packages/demo/demo-1.tar.gz',
    verb: 'add',
    issuedAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2026-01-08T00:00:00.000Z',
  };

  it('is read from a number on, with the secret of the signer', async () => {
    const { log, sent } = authThat(() => Response.json({ grants: [live] }));
    expect(await log.live(4, 10)).toEqual([live]);
    expect(sent).toEqual([
      {
        url: 'http://auth/internal/grants/live?after=4&limit=10',
        method: 'GET',
        authorization: 'Bearer secret',
        body: null,
      },
    ]);
  });

  it('is asked for voided grants a thousand at a time', async () => {
    const ids = Array.from({ length: 1_001 }, (_, n) => id(n));
    const { log, sent } = authThat(({ body }) => {
      const asked = (body as { ids: string[] }).ids;
      return Response.json({ voided: asked.slice(-1) });
    });
    expect([...(await log.voided(ids))]).toEqual([id(999), id(1_000)]);
    expect(sent.map(({ method, body }) => [method, (body as { ids: string[] }).ids.length])).toEqual([
      ['POST', 1_000],
      ['POST', 1],
    ]);
  });

  it.each<[string, () => Response | Promise<Response>]>([
    ['refuses', () => new Response('{}', { status: 403 })],
    ['answers something else', () => Response.json({ other: [] })],
    ['answers no JSON', () => new Response('<html>')],
    ['cannot be reached', () => Promise.reject(new TypeError('fetch failed'))],
    ['says nothing', () => new Promise<Response>(() => {})],
  ])('is unavailable when auth %s', async (_name, answer) => {
    const { log } = authThat(answer);
    await expect(log.voided([id(1)])).rejects.toMatchObject({ code: 'auth.unavailable' });
    await expect(log.live(0, 1)).rejects.toMatchObject({ code: 'auth.unavailable' });
  });
});
