import { BadRequestException, NotFoundException } from '@nestjs/common';
import { RindError } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { KitError } from './errors.ts';
import { toProblem } from './problem.ts';

const table = {
  'file.exists': { status: 400, expose: ['filename'] },
  'spool.full': { status: 503 },
  'account.slow-down': { status: 429, retryAfterSeconds: 60 },
};

describe('toProblem', () => {
  it('shows of a listed code what the table exposes and no more', () => {
    const error = new RindError('file.exists', 'File already exists', { filename: 'a.whl', path: '/secret' });
    expect(toProblem(error, table)).toEqual({
      problem: {
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        detail: 'File already exists',
        code: 'file.exists',
        filename: 'a.whl',
      },
    });
  });

  it('does not send a megabyte back that somebody sent', () => {
    const name = 'x'.repeat(1_048_576);
    const error = new RindError('file.exists', `File already exists ('${name}')`, { filename: name });
    const { problem } = toProblem(error, table);
    expect(problem.detail).toMatch(/^File already exists \('x+ … x+'\)$/);
    expect(JSON.stringify(problem).length).toBeLessThan(2_500);
  });

  it('does not let a detail replace a registered member', () => {
    const error = new RindError('x.y', 'text', { status: 200, code: 'ok' });
    expect(toProblem(error, { 'x.y': { status: 403, expose: ['status', 'code'] } }).problem).toMatchObject({
      status: 403,
      code: 'x.y',
    });
  });

  it.each([
    ['the default', new RindError('spool.full', 'full', {}), 5],
    ['the error', new RindError('spool.full', 'full', { retryAfterSeconds: 2 }), 2],
    ['the table', new RindError('account.slow-down', 'slow', {}), 60],
  ])('takes Retry-After from %s', (_from, error, seconds) => {
    expect(toProblem(error, table).retryAfterSeconds).toBe(seconds);
  });

  it.each([
    ['an unlisted code', new RindError('secret.thing', 'leak', { leak: 1 })],
    ['a plain error', new Error('leak')],
    ['a string', 'leak'],
    ['a framework 5xx', Object.assign(new Error('leak'), { statusCode: 500 })],
  ])('says nothing about %s', (_what, error) => {
    expect(toProblem(error, table)).toEqual({
      problem: { type: 'about:blank', title: 'Internal Server Error', status: 500, code: 'internal.error' },
    });
  });

  it.each([
    [new NotFoundException(), 404, 'request.not-found'],
    [new BadRequestException('x'), 400, 'request.malformed'],
    [Object.assign(new Error('x'), { statusCode: 413 }), 413, 'request.too-large'],
    [new KitError('internal.denied', 'x', {}), 403, 'internal.denied'],
  ])('gives %s the status %i and the code %s', (error, status, code) => {
    expect(toProblem(error, {}).problem).toMatchObject({ status, code });
  });
});
