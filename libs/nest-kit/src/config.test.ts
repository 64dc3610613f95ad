import { isRindError } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commonVariables, httpUrl, loadConfig, sharedSecret, wholeNumberFrom } from './config.ts';
import type { ConfigProblem } from './errors.ts';

const schema = z.object({
  ...commonVariables,
  RIND_AUTH_URL: httpUrl,
  RIND_SECRET: sharedSecret,
  RIND_MAX_FILE_BYTES: wholeNumberFrom(1).default(104_857_600),
});
const good = {
  RIND_LISTEN_PORT: '0',
  RIND_REPOSITORY: 'demo',
  RIND_AUTH_URL: 'http://127.0.0.1:1/',
  RIND_SECRET: 's'.repeat(32),
};

function problemsOf(env: Record<string, string | undefined>): readonly ConfigProblem[] {
  try {
    loadConfig(schema, env);
  } catch (error) {
    if (isRindError(error, 'config.invalid'))
      return (error.details as { problems: ConfigProblem[] }).problems;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('gives a frozen object with defaults and numbers', () => {
    const config = loadConfig(schema, { ...good, RIND_CLOCK_OFFSET_MS: '-5' });
    expect(config).toMatchObject({
      RIND_LISTEN_HOST: '127.0.0.1',
      RIND_LISTEN_PORT: 0,
      RIND_AUTH_URL: 'http://127.0.0.1:1',
      RIND_MAX_FILE_BYTES: 104_857_600,
      RIND_CLOCK_OFFSET_MS: -5,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('names every problem at once and repeats no value', () => {
    const secret = 'short-secret-value';
    const problems = problemsOf({
      RIND_LISTEN_PORT: '99999999',
      RIND_SECRET: secret,
      RIND_AUTH_URL: 'ftp://x/',
    });
    expect(problems.map(({ name }) => name).sort()).toEqual([
      'RIND_AUTH_URL',
      'RIND_LISTEN_PORT',
      'RIND_REPOSITORY',
      'RIND_SECRET',
    ]);
    expect(JSON.stringify(problems)).not.toContain(secret);
  });

  it('takes an empty variable as absent', () => {
    expect(problemsOf({ ...good, RIND_SECRET: '' })).toEqual([
      { name: 'RIND_SECRET', problem: 'is missing' },
    ]);
  });

  it.each(['RIND_CRASH_AT', 'RIND_STOP_AT', 'RIND_FAULTS', 'RIND_CLOCK_OFFSET_MS'])(
    'refuses %s in production',
    (name) => {
      expect(problemsOf({ ...good, [name]: '1', NODE_ENV: 'production' })).toEqual([
        { name, problem: 'is for development only' },
      ]);
      expect(problemsOf({ ...good, [name]: '1' })).toEqual([]);
    },
  );

  it.each(['1.5', '1e3', '0x10', ' 1', 'NaN'])('refuses the number %j', (text) => {
    expect(problemsOf({ ...good, RIND_MAX_FILE_BYTES: text }).map(({ name }) => name)).toEqual([
      'RIND_MAX_FILE_BYTES',
    ]);
  });
});
