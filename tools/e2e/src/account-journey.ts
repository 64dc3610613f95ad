import { dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { InstanceFile } from '@rind/system-tests';
import { says, submit } from './account-forms.ts';
import { checkLooks } from './checks.ts';
import type { CheckedPage } from './checks.ts';
import { secondStep, setUpFactor } from './factor-journey.ts';
import type { Factor } from './factor-journey.ts';
import { checkDevices } from './device-journey.ts';
import { linkFrom } from './mailbox.ts';
import { checkPasskeys } from './passkey-journey.ts';
import type { Results } from './results.ts';
import { takeScreenshots } from './screenshots.ts';
import { checkTokens, strengthMeter } from './token-journey.ts';
import { visit, windows } from './visit.ts';

const person = { username: 'ann-author', email: 'ann@example.org', password: 'ferrets like ragged tables' };
const chosen = 'pelicans like round orbits';
const [, phone] = windows[1];

const forStrangers: readonly CheckedPage[] = [
  { name: 'sign-in', path: '/account/login/', status: 200 },
  { name: 'sign-up', path: '/account/register/', status: 200 },
  { name: 'second-step', path: '/account/second-factor/', status: 200 },
  { name: 'mailbox', path: '/mailbox/', status: 200 },
];
const forPeople: readonly CheckedPage[] = [
  { name: 'account', path: '/account/', status: 200 },
  { name: 'account-log', path: '/account/log/', status: 200 },
  { name: 'factors', path: '/account/factors/', status: 200 },
  { name: 'devices', path: '/account/devices/', status: 200 },
  { name: 'change-password', path: '/account/password/', status: 200 },
];

/** The pages of auth: the life of an account without a single script, then how each page looks. */
export async function checkAccounts(
  browser: Browser,
  instance: InstanceFile,
  results: Results,
  pictures: string | null,
): Promise<void> {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: phone });
  const step = (name: string, act: (page: Page) => Promise<readonly string[]>): Promise<void> =>
    results.run(`an account: ${name}`, () => act(page));
  const page = await context.newPage();
  try {
    await step('sign-up says where the mail went', (at) => signUp(at, instance.auth));
    await step('a wrong password is refused in words', (at) => refusedSignIn(at, instance.auth));
    await step('the link leads over signing in to the confirmation', (at) => confirm(at, instance));
    await step('a changed password is the one that counts', (at) => changePassword(at, instance.auth));
    await step('a forgotten password is replaced by mail', (at) => reset(at, instance));
    await step('what happened stands in the log', (at) => log(at, instance.auth));
    await step('the demo author of rind.json signs in', (at) => demoSignIn(at, instance));
    await signIn(page, `${instance.auth}/account/login/`, person.password);
    const factor: Factor = { secret: '', usedCode: '', codes: [] };
    await step('an app is set up by the QR code on the screen', (at) =>
      setUpFactor(at, instance.auth, person.password, factor),
    );
    await step('signing in asks for its code, and takes none twice', async (at) => {
      await at.locator('header button').click();
      await signIn(at, `${instance.auth}/account/login/`, person.password);
      return secondStep(at, factor);
    });
    const storageState = await context.storageState();
    const links = new Map<string, string>();
    for (const each of forStrangers) await checkLooks(browser, instance.auth, each, results, links);
    for (const each of forPeople)
      await checkLooks(browser, instance.auth, each, results, links, { storageState });
    await results.run('an account: a form refuses beside the field', () =>
      refusedField(browser, instance.auth),
    );
    const { auth } = instance;
    const shown = pictures === null ? null : join(dirname(pictures), 'auth');
    const { username, password, email } = person;
    await checkTokens(browser, { instance, email, storageState }, results, shown);
    await results.run('an account: a meter follows a new password', () => strengthMeter(browser, auth));
    // Before the passkeys: their journey signs out.
    if (pictures !== null) {
      const folder = join(dirname(pictures), 'auth');
      const named = (pages: readonly CheckedPage[]) => pages.map(({ name, path }) => [name, path] as const);
      await results.run('pictures of auth', async () => [
        ...(await takeScreenshots(browser, instance.auth, folder, named(forStrangers))),
        ...(await takeScreenshots(browser, instance.auth, folder, named(forPeople), { storageState })),
      ]);
    }
    const { mail } = instance;
    await checkDevices(browser, { auth, mail, ...person, factor }, results, shown);
    await checkPasskeys(browser, { auth, username, password, factor, storageState }, results, shown);
  } finally {
    await context.close();
  }
}

async function signUp(page: Page, auth: string): Promise<string[]> {
  await page.goto(`${auth}/account/register/`);
  for (const [name, value] of Object.entries(person)) await page.locator(`#${name}`).fill(value);
  await submit(page);
  return says(page, 'h1', 'Read your mail');
}

async function refusedSignIn(page: Page, auth: string): Promise<string[]> {
  await signIn(page, `${auth}/account/login/`, `${person.password}!`);
  return [
    ...(await says(page, '[role=alert]', 'The user name or the password is not right.')),
    ...((await page.locator('#password').inputValue()) === '' ? [] : ['the password is sent back']),
  ];
}

async function confirm(page: Page, { mail }: Pick<InstanceFile, 'mail'>): Promise<string[]> {
  await signIn(page, await linkFrom(mail, person.email, 'Confirm your e-mail address'), person.password);
  const asked = await says(page, 'h1', 'Confirm your address');
  await submit(page);
  return [...asked, ...(await says(page, 'h1', 'Your address is confirmed'))];
}

async function changePassword(page: Page, auth: string): Promise<string[]> {
  await page.goto(`${auth}/account/password/`);
  await page.locator('#old').fill(person.password);
  await page.locator('#password').fill(chosen);
  await submit(page);
  const changed = await says(page, 'h1', 'Your password was changed');
  await page.locator('header button').click();
  await signIn(page, `${auth}/account/login/`, person.password);
  const refused = await says(page, '[role=alert]', 'The user name or the password is not right.');
  await signIn(page, `${auth}/account/login/`, chosen);
  return [...changed, ...refused, ...(await says(page, 'h1', 'Your account'))];
}

async function reset(page: Page, { auth, mail }: Pick<InstanceFile, 'auth' | 'mail'>): Promise<string[]> {
  await page.goto(`${auth}/account/forgot/`);
  await page.locator('#account').fill(person.email);
  await submit(page);
  await page.goto(await linkFrom(mail, person.email, 'Choose a new password'));
  await page.locator('#password').fill(person.password);
  await submit(page);
  const changed = await says(page, 'h1', 'Your password was changed');
  await page.goto(`${auth}/account/`);
  const out = await says(page, 'h1', 'Sign in');
  await signIn(page, `${auth}/account/login/`, person.password);
  return [...changed, ...out, ...(await says(page, 'h1', 'Your account'))];
}

async function log(page: Page, auth: string): Promise<string[]> {
  await page.goto(`${auth}/account/log/`);
  const entries = await page.locator('main li strong').allInnerTexts();
  const wanted = ['The account was created', 'A sign-in was refused', 'The e-mail address was confirmed'];
  const changes = entries.filter((entry) => entry === 'The password was changed').length;
  return [
    ...wanted.filter((entry) => !entries.includes(entry)).map((entry) => `no entry: ${entry}`),
    ...(changes === 2 ? [] : [`${changes} changes of the password`]),
  ];
}

async function demoSignIn(
  page: Page,
  { auth, user, password }: Pick<InstanceFile, 'auth' | 'user' | 'password'>,
): Promise<string[]> {
  await page.locator('header button').click();
  await signIn(page, `${auth}/account/login/`, password, user);
  const signedIn = await says(page, 'h1', 'Your account');
  const unconfirmed = await page.locator('.state.warn').count();
  await page.locator('header button').click();
  return [...signedIn, ...(unconfirmed === 0 ? [] : ['the address is not confirmed'])];
}

/** With scripts, as most people come; the browser's own checks are passed by. */
function refusedField(browser: Browser, auth: string): Promise<string[]> {
  return visit(browser, `${auth}/account/register/`, { viewport: phone }, async ({ page }) => {
    await page.locator('#username').fill('bob');
    await page.locator('#email').fill('bob@example.org');
    await page.locator('#password').fill('short');
    await submit(page);
    const described = (await page.locator('#password').getAttribute('aria-describedby')) ?? '';
    return [
      ...(described.split(' ').includes('password-refused') ? [] : ['the refusal is not read out']),
      ...(await says(page, '#password-refused', 'Choose a password of at least 10 characters.')),
      ...((await page.locator('#email').inputValue()) === 'bob@example.org' ? [] : ['the address is lost']),
    ];
  });
}

async function signIn(page: Page, url: string, password: string, user = person.username): Promise<void> {
  await page.goto(url);
  await page.locator('#username').fill(user);
  await page.locator('#password').fill(password);
  await submit(page);
}
