import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** By the name that pictures and reports have for it. */
export const windows = [
  ['desktop', { width: 1280, height: 900 }],
  ['phone', { width: 390, height: 844 }],
] as const;

export const schemes = ['light', 'dark'] as const;

/** A page that was opened, and what went wrong meanwhile. */
export interface Visit {
  readonly page: Page;
  readonly status: number;
  /** Console messages of level warning and error (refusals of the content security policy are), uncaught errors. */
  readonly noise: readonly string[];
  /** Addresses of other origins that were asked for, of any kind. */
  readonly foreign: readonly string[];
  /** Requests that failed or were refused, but for the document itself. */
  readonly broken: readonly string[];
}

/** Opens `url` in a profile of its own, and closes it after `look`. */
export async function visit<Result>(
  browser: Browser,
  url: string,
  options: BrowserContextOptions,
  look: (visit: Visit) => Promise<Result>,
  prepare: (page: Page) => Promise<void> = async () => {},
): Promise<Result> {
  const context = await browser.newContext({ serviceWorkers: 'block', ...options });
  try {
    const page = await context.newPage();
    const noise: string[] = [];
    const foreign: string[] = [];
    const broken: string[] = [];
    const { origin } = new URL(url);
    page.on('console', (message) => {
      // The browser's own word about a 404 that was asked for.
      const own = message.location().url === url && message.text().startsWith('Failed to load resource');
      if (['error', 'warning'].includes(message.type()) && !own) noise.push(message.text());
    });
    page.on('pageerror', (error) => noise.push(error.message));
    page.on('request', (request) => {
      const { protocol, origin: to } = new URL(request.url());
      if (protocol !== 'data:' && to !== origin) foreign.push(request.url());
    });
    page.on('requestfailed', (request) => broken.push(request.url()));
    page.on('response', (response) => {
      if (response.status() >= 400 && response.url() !== url) {
        broken.push(`${response.status()} ${response.url()}`);
      }
    });
    await prepare(page);
    const response = await page.goto(url, { waitUntil: 'load' });
    return await look({ page, status: response?.status() ?? 0, noise, foreign, broken });
  } finally {
    await context.close();
  }
}
