import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRindError } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { loadConfig } from './config.ts';

const checkout = fileURLToPath(new URL('../../../', import.meta.url));

describe('the environment of the command', () => {
  it('has the instance in the checkout, wherever the command was typed', () => {
    expect(loadConfig({})).toEqual({ dataDir: resolve(checkout, '.rind'), clockOffsetMs: 0 });
    expect(loadConfig({ RIND_DATA: '', RIND_CLOCK_OFFSET_MS: '' })).toEqual(loadConfig({}));
  });

  it('names another folder, and another time', () => {
    expect(loadConfig({ RIND_DATA: '/srv/rind', RIND_CLOCK_OFFSET_MS: '-5' })).toEqual({
      dataDir: '/srv/rind',
      clockOffsetMs: -5,
    });
  });

  it.each([
    { RIND_CLOCK_OFFSET_MS: '5', NODE_ENV: 'production' },
    { RIND_CLOCK_OFFSET_MS: 'soon' },
    { RIND_CLOCK_OFFSET_MS: '1.5' },
  ])('refuses %j', (environment) => {
    expect(codeOf(() => loadConfig(environment))).toBe('usage.invalid');
  });
});

function codeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return isRindError(error) ? error.code : 'another error';
  }
}
