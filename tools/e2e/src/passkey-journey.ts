import type { Browser, BrowserContext, Page } from 'playwright-core';
import { says, submit } from './account-forms.ts';
import { checkLooks } from './checks.ts';
import type { Factor } from './factor-journey.ts';
import type { Results } from './results.ts';
import { takeScreenshots } from './screenshots.ts';
import { addAuthenticator } from './virtual-authenticator.ts';
import type { VirtualAuthenticator } from './virtual-authenticator.ts';
import { windows } from './visit.ts';

const keyName = 'key in the drawer';
const [, phone] = windows[1];

export interface PasskeyPerson {
  readonly auth: string;
  readonly username: string;
  readonly password: string;
  /** What is set up already. */
  readonly factor: Factor;
  /** The cookies of somebody signed in, with a fresh proof of who they are. */
  readonly storageState: Awaited<ReturnType<BrowserContext['storageState']>>;
}

/** With scripts, and a security key that the browser believes in: added, used, refused, removed. */
export async function checkPasskeys(
  browser: Browser,
  person: PasskeyPerson,
  results: Results,
  pictures: string | null,
): Promise<void> {
  const context = await browser.newContext({ viewport: phone, storageState: person.storageState });
  const page = await context.newPage();
  const noise = listen(page);
  const step = (name: string, act: () => Promise<readonly string[]>): Promise<void> =>
    results.run(`a passkey: ${name}`, async () => [...(await act()), ...noise.splice(0)]);
  const looks = async (name: string, path: string): Promise<void> => {
    const profile = { storageState: await context.storageState() };
    await checkLooks(browser, person.auth, { name, path, status: 200 }, results, new Map(), profile);
    if (pictures === null) return;
    await results.run(`pictures of ${name}`, () =>
      takeScreenshots(browser, person.auth, pictures, [[name, path]], profile),
    );
  };
  try {
    const key = await addAuthenticator(page);
    await looks('add-passkey', '/account/passkeys/');
    await step('is added by the page', () => add(page, person, key));
    await step('is not added twice on one device', () => addAgain(page, person, key));
    await looks('factors-with-passkey', '/account/factors/');
    await step('is asked for after the password', () => givePassword(page, person));
    await looks('second-step-with-passkey', '/account/second-factor/');
    await step('opens the account', () => signIn(page, person));
    await step('that is not at hand is said to be so, and a code still works', async () => {
      await key.remove();
      const other = await addAuthenticator(page);
      const faults = await refused(page, person);
      await other.remove();
      return faults;
    });
    await step('is removed', () => remove(page, person));
  } finally {
    await context.close();
  }
}

/** What a browser complains of: console messages, errors, and answers that are refused without the page saying so. */
function listen(page: Page): string[] {
  const noise: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) noise.push(`heard: ${message.text()}`);
  });
  page.on('pageerror', (error) => noise.push(`heard: ${error.message}`));
  return noise;
}

async function add(page: Page, { auth }: PasskeyPerson, key: VirtualAuthenticator): Promise<string[]> {
  await page.goto(`${auth}/account/factors/`);
  await page.locator('main a[href="/account/passkeys/"]').click();
  await page.locator('#name').fill(keyName);
  await submit(page);
  return [
    ...(await says(page, 'ul.rows strong', keyName)),
    ...((await key.count()) === 1 ? [] : [`the device has ${await key.count()} passkeys`]),
  ];
}

async function addAgain(page: Page, { auth }: PasskeyPerson, key: VirtualAuthenticator): Promise<string[]> {
  await page.goto(`${auth}/account/passkeys/`);
  await page.locator('#name').fill('another name');
  await page.locator('main button[type=submit]').click();
  return [
    ...(await says(page, '[role=alert]:not([hidden])', 'This device has a passkey of your account already.')),
    ...((await page.locator('main button[type=submit]').isEnabled()) ? [] : ['it cannot be tried again']),
    ...((await key.count()) === 1 ? [] : [`the device has ${await key.count()} passkeys`]),
  ];
}

async function givePassword(page: Page, { auth, username, password }: PasskeyPerson): Promise<string[]> {
  await page.locator('header button').click();
  await page.goto(`${auth}/account/login/`);
  await page.locator('#username').fill(username);
  await page.locator('#password').fill(password);
  await submit(page);
  return says(page, 'h1', 'Second factor');
}

async function signIn(page: Page, person: PasskeyPerson): Promise<string[]> {
  await submit(page);
  const opened = await says(page, 'h1', 'Your account');
  await page.goto(`${person.auth}/account/factors/`);
  const row = await page.locator('ul.rows li').first().innerText();
  return [...opened, ...(row.includes('last used') ? [] : ['its use is not shown'])];
}

async function refused(page: Page, person: PasskeyPerson): Promise<string[]> {
  const asked = await givePassword(page, person);
  await page.locator('form[data-passkey] button').click();
  const said = await says(
    page,
    '[role=alert]:not([hidden])',
    'No passkey came: it was cancelled, or took too long. Try again.',
  );
  await page.locator('#code').fill(person.factor.codes[1] ?? '');
  await page.locator('form:has(#code) button').click();
  return [...asked, ...said, ...(await says(page, 'h1', 'Your account'))];
}

async function remove(page: Page, { auth }: PasskeyPerson): Promise<string[]> {
  await page.goto(`${auth}/account/factors/`);
  await page.locator('ul.rows a').click();
  await submit(page);
  const left = await page.locator('ul.rows li').count();
  return [...(await says(page, 'h1', 'Second factor')), ...(left === 0 ? [] : ['it is still there'])];
}
