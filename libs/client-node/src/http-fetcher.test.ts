import type { Randomness } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { HttpFetcher } from './http-fetcher.ts';
import type { HttpFetcherOptions } from './http-fetcher.ts';

const url = 'https://index.test/metadata/timestamp.json';
const randomness: Randomness = { bytes: (length) => new Uint8Array(length) };
const retry = { retries: 2, basePauseMs: 2, maxPauseMs: 4 };

type Answer = Response | Error;

/** A fetcher to which the network answers this, the last answer again and again. */
function answering(answers: readonly (() => Answer)[], options: HttpFetcherOptions = {}) {
  const asked: string[] = [];
  const headers: Headers[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)]!();
    asked.push(String(input));
    headers.push(new Headers(init?.headers));
    expect(init?.redirect).toBe('manual');
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { fetcher: new HttpFetcher({ randomness, retry, fetch, ...options }), asked, headers };
}

const status =
  (code: number, headers: Record<string, string> = {}) =>
  () =>
    new Response(null, { status: code, headers });
const body =
  (text: string, headers: Record<string, string> = {}) =>
  () =>
    new Response(text, { headers });
const to = (location: string, code = 302) => status(code, { location });
const broken = () => new TypeError('fetch failed');

async function outcome(answers: readonly (() => Answer)[], maxBytes = 100, options: HttpFetcherOptions = {}) {
  const { fetcher, asked } = answering(answers, options);
  const result = await fetcher.fetch(url, maxBytes).then(
    (bytes) => (bytes === null ? null : new TextDecoder().decode(bytes)),
    (error: { code: string; details: { status?: number | null } }) =>
      error.details.status === undefined ? error.code : `${error.code} ${error.details.status}`,
  );
  return [result, asked.length];
}

describe('a download', () => {
  it.each<[string, readonly (() => Answer)[], string | null, number]>([
    ['a body', [body('text')], 'text', 1],
    ['an empty body', [body('')], '', 1],
    ['no body at all', [() => new Response(null)], '', 1],
    ['404', [status(404)], null, 1],
    ['403', [status(403)], null, 1],
    ['another refusal', [status(401)], 'fetch.failed 401', 1],
    ['gone', [status(410)], 'fetch.failed 410', 1],
    ['no content', [status(204)], 'fetch.failed 204', 1],
    ['not modified, which nobody asked for', [status(304)], 'fetch.failed 304', 1],
    ['a server that recovers', [status(503), status(500), body('text')], 'text', 3],
    ['a server that does not', [status(503)], 'fetch.failed 503', 3],
    ['too many requests', [status(429), body('text')], 'text', 2],
    ['a request that took too long', [status(408), body('text')], 'text', 2],
    ['a broken connection that recovers', [broken, body('text')], 'text', 2],
    ['a broken connection', [broken], 'fetch.failed null', 3],
    ['a broken connection, then 404', [broken, status(404)], null, 2],
    ['an announced length over the limit', [body('text', { 'content-length': '101' })], 'fetch.too-large', 1],
    ['an announced length that is none', [body('text', { 'content-length': 'x' })], 'text', 1],
    [
      'the announced length of a coded body',
      [body('text', { 'content-length': '101', 'content-encoding': 'gzip' })],
      'text',
      1,
    ],
  ])('of %s', async (_, answers, result, requests) => {
    expect(await outcome(answers)).toEqual([result, requests]);
  });

  it('ends at the limit, and not before', async () => {
    expect(await outcome([body('1234')], 4)).toEqual(['1234', 1]);
    expect(await outcome([body('12345')], 4)).toEqual(['fetch.too-large', 1]);
    expect(await outcome([body('')], 0)).toEqual(['', 1]);
  });

  it('of an endless body reads no more than one piece over the limit, and closes the connection', async () => {
    let pulled = 0;
    let cancelled = false;
    const endless = () =>
      new Response(
        new ReadableStream<Uint8Array>(
          {
            pull: (controller) => (pulled++, controller.enqueue(new Uint8Array(10))),
            cancel: () => void (cancelled = true),
          },
          { highWaterMark: 0 },
        ),
      );
    expect(await outcome([endless], 25)).toEqual(['fetch.too-large', 1]);
    expect([pulled, cancelled]).toEqual([3, true]);
  });

  it('asks for bytes as they are, under its name', async () => {
    const { fetcher, headers } = answering([body('text')], { userAgent: 'rind/1' });
    await fetcher.fetch(url, 10);
    expect(headers[0]?.get('accept-encoding')).toBe('identity');
    expect(headers[0]?.get('user-agent')).toBe('rind/1');
  });
});

describe('a redirect', () => {
  it.each<[string, readonly (() => Answer)[], string | null, number]>([
    ['within the origin', [to('/other'), body('text')], 'text', 2],
    ['relative', [to('2.json'), body('text')], 'text', 2],
    ['absolute', [to('https://index.test/x'), body('text')], 'text', 2],
    ['of each kind', [to('a', 301), to('b', 307), to('c', 308), body('text')], 'text', 4],
    ['of the third kind', [to('a', 303), status(404)], null, 2],
    ['too many', [to('a')], 'fetch.failed 302', 4],
    ['to another host', [to('https://elsewhere.test/'), body('text')], 'fetch.failed 302', 1],
    ['to another port', [to('https://index.test:444/'), body('text')], 'fetch.failed 302', 1],
    ['out of TLS', [to('http://index.test/'), body('text')], 'fetch.failed 302', 1],
    ['to no address', [to('http://['), body('text')], 'fetch.failed 302', 1],
    ['to nowhere', [status(302), body('text')], 'fetch.failed 302', 1],
  ])('%s', async (_, answers, result, requests) => {
    expect(await outcome(answers)).toEqual([result, requests]);
  });

  it('is followed from where the last one led', async () => {
    const { fetcher, asked } = answering([to('a/'), to('b'), body('text')]);
    await fetcher.fetch(url, 10);
    expect(asked).toEqual([url, 'https://index.test/metadata/a/', 'https://index.test/metadata/a/b']);
  });

  it('is refused altogether where none is allowed', async () => {
    expect(await outcome([to('/other'), body('text')], 10, { maxRedirects: 0 })).toEqual([
      'fetch.failed 302',
      1,
    ]);
  });
});
