import type { Browser } from 'playwright-core';
import { visit } from './visit.ts';

const settings = { viewport: { width: 1280, height: 900 } };

/** With scripts off: the same text, the same boxes that unfold, and a search that finds. */
export async function scriptlessFaults(browser: Browser, url: string): Promise<string[]> {
  const withScripts = await visit(browser, url, settings, ({ page }) => page.locator('body').innerText());
  return visit(browser, url, { ...settings, javaScriptEnabled: false }, async ({ page }) => {
    const faults: string[] = [];
    if ((await page.locator('body').innerText()) !== withScripts)
      faults.push('another text than with scripts');
    const summary = page.locator('summary').first();
    if ((await summary.count()) > 0) {
      await summary.click();
      if ((await page.locator('details[open]').count()) === 0) faults.push('nothing unfolds');
    }
    await page.locator('input#q').fill('orbits');
    await page.locator('button[type=submit]').first().click();
    await page.waitForURL(/q=orbits/);
    if ((await page.locator('main a[href="/project/pelican-orbits/"]').count()) !== 1) {
      faults.push('the search does not find');
    }
    return faults;
  });
}
