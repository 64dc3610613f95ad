import type { Browser, BrowserContextOptions } from 'playwright-core';
import { axeFindings } from './accessibility.ts';
import { keyboardFaults } from './keyboard.ts';
import { headingOrder, ownLinks, places, sidewaysScroll, unfold } from './layout.ts';
import type { Results } from './results.ts';
import { pages } from './sample-projects.ts';
import { scriptlessFaults } from './scriptless.ts';
import { schemes, visit, windows } from './visit.ts';

const [, desktop] = windows[0];
/** 1280 px at a zoom of 400 %: WCAG 2.2, success criterion 1.4.10. */
const narrowest = { width: 320, height: 640 };

/** Pages that are looked at at a time. */
const lanes = 2;

/** Every page in every window and scheme, then by keyboard and without scripts; all links within the index last. */
export async function checkPages(browser: Browser, origin: string, results: Results): Promise<void> {
  const links = new Map<string, string>();
  const waiting = [...pages];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await checkPage(browser, origin, next, results, links);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  for (const [link, from] of links) {
    await results.run(`link to ${link}`, async () => {
      const { status } = await fetch(origin + link, { method: 'HEAD' });
      return status < 400 ? [] : [`${status}, from ${from}`];
    });
  }
}

/** @param links gets the paths of this index that the page leads to, with the name of the page */
async function checkPage(
  browser: Browser,
  origin: string,
  checked: CheckedPage,
  results: Results,
  links: Map<string, string>,
): Promise<void> {
  await checkLooks(browser, origin, checked, results, links);
  const { name, path } = checked;
  const url = origin + path;
  await results.run(`${name}: by keyboard`, () =>
    visit(browser, url, { viewport: desktop }, ({ page }) => keyboardFaults(page)),
  );
  await results.run(`${name}: without scripts`, () => scriptlessFaults(browser, url));
}

export interface CheckedPage {
  readonly name: string;
  readonly path: string;
  readonly status: number;
}

/** What holds of any page, in every window and scheme. @param profile such as the cookies of somebody signed in */
export async function checkLooks(
  browser: Browser,
  origin: string,
  { name, path, status }: CheckedPage,
  results: Results,
  links: Map<string, string>,
  profile: BrowserContextOptions = {},
): Promise<void> {
  const url = origin + path;
  for (const [windowName, viewport] of windows) {
    for (const colorScheme of schemes) {
      const where = `${name}, ${windowName}, ${colorScheme}`;
      await results.run(`${where}: opens and reads well`, () =>
        visit(browser, url, { ...profile, viewport, colorScheme }, async (seen) => {
          for (const link of await ownLinks(seen.page)) links.set(link, name);
          await unfold(seen.page);
          return [
            ...(seen.status === status ? [] : [`status ${seen.status}`]),
            ...[...seen.noise, ...seen.foreign, ...seen.broken].map((each) => `heard: ${each}`),
            ...(await sidewaysScroll(seen.page)),
            ...(await headingOrder(seen.page)),
            ...(await places(seen.page)),
          ];
        }),
      );
      await results.run(`${where}: axe`, () =>
        visit(browser, url, { ...profile, viewport, colorScheme, bypassCSP: true }, async ({ page }) => {
          await unfold(page);
          return axeFindings(page);
        }),
      );
    }
  }
  await results.run(`${name}, 320 px: no scroll to the side`, () =>
    visit(browser, url, { ...profile, viewport: narrowest }, async ({ page }) => {
      await unfold(page);
      return sidewaysScroll(page);
    }),
  );
}
