import { FakeClock, RindError } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';
import { redactText } from './redaction.ts';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): {
  line: string;
  value: Record<string, unknown>;
} {
  let line = '';
  write(createLogger({ process: 'gate', clock: new FakeClock(1_000), write: (text) => (line += text) }));
  return { line, value: JSON.parse(line) as Record<string, unknown> };
}

describe('createLogger', () => {
  it('writes one JSON object a line', () => {
    const { line, value } = logged((logger) =>
      logger.info('upload.accepted', { text: 'two\nlines', size: 7n }),
    );
    expect(line.match(/\n/g)).toHaveLength(1);
    expect(value).toEqual({
      at: '1970-01-01T00:00:01.000Z',
      level: 'info',
      process: 'gate',
      event: 'upload.accepted',
      text: 'two\nlines',
      size: '7',
    });
  });

  it.each([
    'authorization',
    'Authorization',
    'token',
    'accessToken',
    'password',
    'passphrase',
    'clientSecret',
    'cookie',
  ])('hides the value of a field named %s', (name) => {
    expect(logged((logger) => logger.info('a.b', { deep: [{ [name]: 'hunter2' }] })).line).not.toContain(
      'hunter2',
    );
  });

  it('keeps the id of a token', () => {
    expect(logged((logger) => logger.info('a.b', { tokenId: 'abc' })).value['tokenId']).toBe('abc');
  });

  it('describes errors with their causes, and finds secrets by their shape', () => {
    const cause = new Error('refused pypi-AgEIcHlwaS5vcmcCJDEyMzQ');
    const error = new RindError('auth.unavailable', 'sent Bearer abcdefghijkl', {}, { cause });
    const { line, value } = logged((logger) => logger.error('request.failed', { error }));
    expect(value['error']).toMatchObject({ code: 'auth.unavailable', cause: { name: 'Error' } });
    expect(line).not.toContain('AgEIcHlwaS5vcmc');
    expect(line).not.toContain('abcdefghijkl');
  });

  it('survives a value that refers to itself', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(() => logged((logger) => logger.info('a.b', { loop }))).not.toThrow();
  });
});

describe('redactText', () => {
  it.each([
    ['pypi-AgEIcHlwaS5vcmcCJDEyMzQ', 'pypi-[redacted]'],
    ['Authorization: Basic X190b2tlbl9fOnB5cGk=', 'Authorization: Basic [redacted]'],
    ['postgres://user:hunter2@127.0.0.1/db', 'postgres://user:[redacted]@127.0.0.1/db'],
    ['the token was fine', 'the token was fine'],
  ])('%s → %s', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });
});
