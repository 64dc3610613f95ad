import type { IncomingMessage } from 'node:http';
import Fastify from 'fastify';
import { FakeClock } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { currentRequestId, handedOnRequestId, logRequests, noteInAccessLog } from './access-log.ts';
import { createLogger } from './logger.ts';

const id = '347c905f-bad5-4da3-aa04-31e9f7ab8c42';
const request = (url: string, given?: string) =>
  ({ url, headers: { 'x-request-id': given } }) as unknown as IncomingMessage;

describe('the id of a request', () => {
  it.each<[string, IncomingMessage, string | undefined]>([
    ['is taken over from another process', request('/internal/uploads', id), id],
    ['is not taken over from the world', request('/legacy/', id), undefined],
    ['is not taken over when it is no id', request('/internal/uploads', `${id}\n`), undefined],
    ['is not taken over when there is none', request('/internal/uploads'), undefined],
  ])('%s', (_what, incoming, expected) => {
    expect(handedOnRequestId(incoming)).toBe(expected);
  });

  it('is on every line that is logged while it is answered, and on no other', async () => {
    const lines: Record<string, unknown>[] = [];
    const logger = createLogger({
      process: 'gate',
      clock: new FakeClock(0),
      write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
    });
    const fastify = Fastify({ genReqId: () => id });
    logRequests(fastify, logger);
    let seen: string | undefined;
    fastify.post('/things', async () => {
      await Promise.resolve();
      seen = currentRequestId();
      logger.info('thing.made');
      noteInAccessLog({ thing: 7 });
      return {};
    });
    logger.info('before');
    const answer = await fastify.inject({ method: 'POST', url: '/things', payload: { with: 'a body' } });
    logger.info('after');
    expect([seen, answer.headers['x-request-id'], currentRequestId()]).toEqual([id, id, undefined]);
    expect(lines).toMatchObject([
      { event: 'before' },
      { event: 'thing.made', requestId: id },
      { event: 'request.answered', requestId: id, thing: 7, route: '/things', status: 200 },
      { event: 'after' },
    ]);
    expect([lines[0], lines[3]].map((line) => 'requestId' in line!)).toEqual([false, false]);
    await fastify.close();
  });

  it('is not needed in order to note something', () => {
    expect(() => noteInAccessLog({ thing: 7 })).not.toThrow();
  });
});
