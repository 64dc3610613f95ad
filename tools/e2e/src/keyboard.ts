import type { Page } from 'playwright-core';

interface Focused {
  readonly what: string;
  readonly seen: boolean;
  readonly marked: boolean;
}

/** More than any page here has to be walked through. */
const maxSteps = 120;

/** Without a mouse: the way past the header, the focus seen wherever it goes, and the search. */
export async function keyboardFaults(page: Page): Promise<string[]> {
  return [...(await skipping(page)), ...(await walking(page)), ...(await searching(page))];
}

/** The first thing that Tab reaches leads past the header. */
export async function skipping(page: Page): Promise<string[]> {
  await page.keyboard.press('Tab');
  const link = await focused(page);
  if (link?.what !== 'a.skip') return [`Tab goes to ${link?.what} first, not to the skip link`];
  if (!link.seen) return ['the skip link is not seen when it has the focus'];
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  const inside = await page.evaluate(() => document.activeElement?.closest('main, footer') !== null);
  return inside ? [] : ['the skip link does not lead past the header'];
}

/** Everything that can be reached is in sight, and shows that it has the focus. */
export async function walking(page: Page): Promise<string[]> {
  await anew(page);
  const faults = new Set<string>();
  const walked: string[] = [];
  for (let step = 0; step < maxSteps; step++) {
    await page.keyboard.press('Tab');
    const here = await focused(page);
    if (here === null) break;
    walked.push(here.what);
    if (!here.seen) faults.add(`${here.what} has the focus out of sight`);
    if (!here.marked) faults.add(`${here.what} does not show that it has the focus`);
  }
  if (walked.length < 5) faults.add(`only ${walked.length} places can be reached`);
  return [...faults];
}

async function searching(page: Page): Promise<string[]> {
  await anew(page);
  for (let step = 0; step < 10; step++) {
    await page.keyboard.press('Tab');
    if ((await focused(page))?.what === 'input#q') break;
  }
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('orbits');
  await Promise.all([page.waitForURL(/q=orbits/), page.keyboard.press('Enter')]);
  const found = await page.locator('main a[href="/project/pelican-orbits/"]').count();
  return found === 1 ? [] : [`a search by keyboard ends at ${page.url()} with ${found} finds`];
}

/** As if it had just been opened: a reload keeps the place to which a link led. */
async function anew(page: Page): Promise<void> {
  const { origin, pathname, search } = new URL(page.url());
  await page.goto('about:blank');
  await page.goto(origin + pathname + search);
}

/** What has the focus; null outside of the page. */
function focused(page: Page): Promise<Focused | null> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return null;
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const name = element.tagName.toLowerCase();
    return {
      what: element.id !== '' ? `${name}#${element.id}` : [name, ...element.classList].join('.'),
      seen:
        box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
      marked: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    };
  });
}
