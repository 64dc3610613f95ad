import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** The browser of `RIND_CHROMIUM`, or the first on the path. @throws when there is none, saying what is missing */
export function chromiumPath(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const wanted = env['RIND_CHROMIUM'];
  if (wanted !== undefined && wanted !== '') {
    if (existsSync(wanted)) return wanted;
    throw new Error(`RIND_CHROMIUM: there is no ${wanted}`);
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
  if (found !== undefined) return found;
  throw new Error(
    `Chromium is missing: none of ${names.join(', ')} is on the path. On Debian: apt-get install chromium; ` +
      'elsewhere set RIND_CHROMIUM to its path.',
  );
}

/** Chromium has no sandbox for root; what it opens here is our own instance alone. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-background-networking', '--force-color-profile=srgb', '--font-render-hinting=none'],
  });
}
