import type { Page } from 'playwright-core';

/** What stands out of the window to the side; one may scroll a table or code by itself, never the page. */
export function sidewaysScroll(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const wide = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().right > root.clientWidth + 1,
    );
    const names = wide.slice(0, 3).map((element) => `${element.tagName.toLowerCase()}.${element.className}`);
    return [`${root.scrollWidth} px wide in ${root.clientWidth}: ${names.join(', ')}`];
  });
}

/** One first heading, at the beginning, and no level left out on the way down. */
export function headingOrder(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const headings = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')];
    const levels = headings.map(({ tagName }) => Number(tagName.slice(1)));
    const faults = levels.flatMap((level, index) => {
      const before = levels[index - 1] ?? 0;
      return level > before + 1
        ? [
            `h${level} “${headings[index]?.textContent.trim()}” after ${before === 0 ? 'nothing' : `h${before}`}`,
          ]
        : [];
    });
    const first = levels.filter((level) => level === 1).length;
    return first === 1 ? faults : [`${first} headings of level 1`, ...faults];
  });
}

/** Links whose place on this page does not exist, ids that are there twice. */
export function places(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    const twice = ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `id ${id} is there twice`);
    const lost = [...document.querySelectorAll('main a[href^="#"], body > a[href^="#"], nav a[href^="#"]')]
      .filter((link) => link.closest('.description') === null)
      .map((link) => decodeURIComponent(link.getAttribute('href')!.slice(1)))
      .filter((id) => !ids.includes(id))
      .map((id) => `there is no #${id}`);
    return [...twice, ...lost];
  });
}

/** Other paths of this index that the page leads to. */
export function ownLinks(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLAnchorElement | HTMLLinkElement>('a[href], link[href]')]
      .map(({ href }) => new URL(href))
      .filter(({ origin, pathname }) => origin === location.origin && pathname !== location.pathname)
      .map(({ pathname, search }) => pathname + search),
  );
}

/** Opens all that can be unfolded, so that it is looked at too. */
export async function unfold(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const each of document.querySelectorAll('details')) each.open = true;
  });
}
