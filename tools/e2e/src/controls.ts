import type { Browser, Page } from 'playwright-core';
import { axeFindings } from './accessibility.ts';
import { skipping, walking } from './keyboard.ts';
import { headingOrder, places, sidewaysScroll } from './layout.ts';
import type { Results } from './results.ts';
import { visit } from './visit.ts';

/** A page with everything wrong that the checks look for. */
const flawed = `<!DOCTYPE html><html><head><title>Flawed</title><style>a { outline: none }</style></head><body>
<h1>One</h1><h4>Four</h4><p id="same">a</p><p id="same">b</p><main><a href="#nowhere">x</a></main>
<p style="color: #ccc; background: #fff">Hardly seen</p><input type="text"><div style="width: 3000px">wide</div>
<img src="http://127.0.0.1:1/elsewhere.png"><script>console.error('noise')</script></body></html>`;

/** Whether each check sees what it is for: one that finds nothing in the flawed page has failed. */
export async function checkTheChecks(browser: Browser, origin: string, results: Results): Promise<void> {
  const path = `${origin}/flawed`;
  const serve =
    (headers: Readonly<Record<string, string>>) =>
    async (page: Page): Promise<void> => {
      await page.route(path, (route) => route.fulfill({ contentType: 'text/html', headers, body: flawed }));
    };
  const sees = (what: string, faults: readonly string[], expected: RegExp): void =>
    results.add(
      `control: ${what}`,
      faults.some((fault) => expected.test(fault)) ? [] : [`not seen: ${faults.join('; ')}`],
    );
  const settings = { viewport: { width: 390, height: 844 }, bypassCSP: true };
  await visit(
    browser,
    path,
    settings,
    async ({ page, noise, foreign, broken }) => {
      sees('a page that is too wide', await sidewaysScroll(page), /3\d\d\d px wide in 390/);
      sees('a level of headings left out', await headingOrder(page), /h4 “Four” after h1/);
      sees('an id that is there twice', await places(page), /id same/);
      sees('a link to nowhere', await places(page), /no #nowhere/);
      sees('noise of a script', noise, /^noise$/);
      sees('a request to elsewhere', foreign, /elsewhere\.png/);
      sees('a request that failed', broken, /elsewhere\.png/);
      const found = await axeFindings(page);
      for (const rule of ['color-contrast', 'label', 'image-alt', 'html-has-lang', 'heading-order']) {
        sees(`axe, ${rule}`, found, new RegExp(`^${rule}:`));
      }
      sees('no skip link', await skipping(page), /not to the skip link/);
      sees('a focus that does not show', await walking(page), /a does not show/);
    },
    serve({}),
  );
  await visit(
    browser,
    path,
    { viewport: settings.viewport },
    async ({ noise }) => sees('what a policy refuses', noise, /Content Security Policy/),
    serve({ 'content-security-policy': "default-src 'none'" }),
  );
}
