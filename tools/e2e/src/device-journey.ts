import type { Browser, Page } from 'playwright-core';
import { says, submit } from './account-forms.ts';
import { checkLooks } from './checks.ts';
import type { Factor } from './factor-journey.ts';
import { linkFrom } from './mailbox.ts';
import type { Results } from './results.ts';
import { takeScreenshots } from './screenshots.ts';
import { windows } from './visit.ts';

const [, phone] = windows[1];
const subject = 'Confirm that you are signing in';

export interface DevicePerson {
  readonly auth: string;
  /** The development mailbox. */
  readonly mail: string;
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly factor: Factor;
}

/** A browser that the account does not know: a code is confirmed by the mailed link there, and nowhere else. */
export async function checkDevices(
  browser: Browser,
  person: DevicePerson,
  results: Results,
  pictures: string | null,
): Promise<void> {
  const { auth, mail, email, factor } = person;
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: phone });
  const other = await browser.newContext({ javaScriptEnabled: false, viewport: phone });
  const page = await context.newPage();
  const looks = async (name: string, path: string, status: number): Promise<void> => {
    const profile = { storageState: await context.storageState() };
    await checkLooks(browser, auth, { name, path, status }, results, new Map(), profile);
    if (pictures === null) return;
    await results.run(`pictures of ${name}`, () =>
      takeScreenshots(browser, auth, pictures, [[name, path]], profile),
    );
  };
  try {
    await results.run('a device: a code from an unknown one waits for a mail', async () => {
      await givePassword(page, person);
      await page.locator('#code').fill(factor.codes[2] ?? '');
      await submit(page);
      const told = await says(page, 'h1', 'Read your mail');
      await page.goto(`${auth}/account/`);
      return [...told, ...(await says(page, 'h1', 'Sign in'))];
    });
    const link = await linkFrom(mail, email, subject);
    await looks('confirm-device-mailed', '/account/confirm-device/', 200);
    await looks('confirm-device', link.replace(auth, ''), 200);
    await results.run('a device: the link works in no other browser', async () => {
      const elsewhere = await other.newPage();
      await elsewhere.goto(link);
      return says(elsewhere, 'h1', 'Open the link where you are signing in');
    });
    await results.run('a device: the link signs in where the code was typed', async () => {
      await page.goto(link);
      const asked = await says(page, 'h1', 'Is it you who is signing in?');
      await submit(page);
      return [...asked, ...(await says(page, 'h1', 'Your account'))];
    });
    await results.run('a device: the next time it is known', async () => {
      await page.locator('header button').click();
      await givePassword(page, person);
      await page.locator('#code').fill(factor.codes[3] ?? '');
      await submit(page);
      return says(page, 'h1', 'Your account');
    });
    await results.run('a device: forgotten, it is not listed any more', async () => {
      await page.goto(`${auth}/account/devices/`);
      const before = await page.locator('ul.rows li').count();
      await Promise.all([page.waitForNavigation(), page.locator('li:has(.tag) button').click()]);
      const after = await page.locator('ul.rows li').count();
      return after === before - 1 ? [] : [`${before} devices before, ${after} after`];
    });
  } finally {
    await context.close();
    await other.close();
  }
}

async function givePassword(page: Page, { auth, username, password }: DevicePerson): Promise<void> {
  await page.goto(`${auth}/account/login/`);
  await page.locator('#username').fill(username);
  await page.locator('#password').fill(password);
  await submit(page);
}
