import type { Page } from 'playwright-core';

/** Sends the form of the page by its button. */
export async function submit(page: Page): Promise<void> {
  await Promise.all([page.waitForNavigation(), page.locator('main button[type=submit]').first().click()]);
}

/** @returns a fault unless the element's text is `wanted` */
export async function says(page: Page, selector: string, wanted: string): Promise<string[]> {
  const found = await page
    .locator(selector)
    .first()
    .innerText({ timeout: 5_000 })
    .catch(() => 'nothing');
  return found === wanted ? [] : [`${selector} says “${found}”, not “${wanted}”`];
}
