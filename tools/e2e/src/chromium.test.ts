import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { chromiumPath } from './chromium.ts';

const folder = mkdtempSync(join(tmpdir(), 'rind-chromium-'));
const browser = join(folder, 'chromium');
writeFileSync(browser, '');
afterAll(() => rmSync(folder, { recursive: true }));

describe('the browser', () => {
  it('is the first on the path', () =>
    expect(chromiumPath({ PATH: ['/nowhere', folder].join(delimiter) })).toBe(browser));

  it('is the one that is asked for', () =>
    expect(chromiumPath({ PATH: '', RIND_CHROMIUM: browser })).toBe(browser));

  it.each([
    ['none is on the path', { PATH: '/nowhere' }],
    ['there is no path', {}],
    ['the one that is asked for does not exist', { PATH: folder, RIND_CHROMIUM: '/nowhere/chromium' }],
  ])('is missed when %s', (_when, env) => expect(() => chromiumPath(env)).toThrow(/chromium/i));
});
