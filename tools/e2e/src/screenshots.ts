import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { schemes, visit, windows } from './visit.ts';

/** Bytes; pictures are kept with the sources. */
const maxPictureBytes = 150_000;

/** By the name of the file. */
export type Pictured = readonly (readonly [name: string, path: string])[];

export const picturedPages: Pictured = [
  ['home', '/'],
  ['project', '/project/ferret-tables/'],
  ['search', '/search/?q=tables'],
  ['state', '/state/'],
];

/** Writes `<page>-<window>-<scheme>.png`, as much as a window shows at first. @returns those that are too large */
export async function takeScreenshots(
  browser: Browser,
  origin: string,
  folder: string,
  pictured: Pictured = picturedPages,
  profile: BrowserContextOptions = {},
): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const faults: string[] = [];
  for (const [name, path] of pictured) {
    for (const [windowName, viewport] of windows) {
      for (const colorScheme of schemes) {
        const file = join(folder, `${name}-${windowName}-${colorScheme}.png`);
        await visit(browser, origin + path, { ...profile, viewport, colorScheme }, ({ page }) =>
          page.screenshot({ path: file, animations: 'disabled' }),
        );
        const { size } = statSync(file);
        if (size > maxPictureBytes) faults.push(`${file}: ${size} bytes`);
      }
    }
  }
  return faults;
}
