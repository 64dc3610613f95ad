import { publish, upload } from '@rind/system-tests';
import type { InstanceFile } from '@rind/system-tests';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { says, submit } from './account-forms.ts';
import { checkLooks } from './checks.ts';
import type { CheckedPage } from './checks.ts';
import type { Results } from './results.ts';
import { takeScreenshots } from './screenshots.ts';
import { windows } from './visit.ts';

const project = 'otter-charts';
const members = `/manage/project/${project}/members/`;
const [, phone] = windows[1];

const looked: readonly CheckedPage[] = [
  { name: 'tokens', path: '/account/tokens/', status: 200 },
  { name: 'new-token', path: '/account/tokens/new/', status: 200 },
  { name: 'members', path: members, status: 200 },
  { name: 'invitations', path: '/account/invitations/', status: 200 },
];

/** Somebody who is signed in with a second factor. */
export interface SignedIn {
  readonly instance: InstanceFile;
  readonly email: string;
  readonly storageState: NonNullable<BrowserContextOptions['storageState']>;
}

/** A token's life without a script: made, used, seen, revoked; who else may upload; then how the pages look. */
export async function checkTokens(
  browser: Browser,
  person: SignedIn,
  results: Results,
  pictures: string | null,
): Promise<void> {
  const { instance, storageState } = person;
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: phone, storageState });
  const page = await context.newPage();
  const step = (name: string, act: () => Promise<readonly string[]>): Promise<void> =>
    results.run(`a token: ${name}`, act);
  try {
    let token = '';
    await step('is shown once, and mailed', async () => {
      token = await makeToken(page, instance.auth);
      return mailed(person, 'A new API token was made');
    });
    await step('uploads its project, and no other', () => uses({ ...instance, token }));
    await step('is listed with its use', () => listed(page, instance.auth));
    await step('brings a project to which somebody else is invited', () => invites(page, instance));
    const links = new Map<string, string>();
    for (const each of looked) {
      await checkLooks(browser, instance.auth, each, results, links, { storageState });
    }
    if (pictures !== null) {
      const named = looked.map(({ name, path }) => [name, path] as const);
      await results.run('pictures of tokens', () =>
        takeScreenshots(browser, instance.auth, pictures, named, { storageState }),
      );
    }
    await step('that is revoked uploads nothing more', () => revoked(page, { ...instance, token }));
  } finally {
    await context.close();
  }
}

async function makeToken(page: Page, auth: string): Promise<string> {
  await page.goto(`${auth}/account/tokens/new/`);
  await page.locator('#description').fill('laptop');
  await page.locator('#projects').fill(project);
  await submit(page);
  return page.locator('pre.token').innerText();
}

async function mailed({ instance, email }: SignedIn, subject: string): Promise<string[]> {
  const answer = await fetch(`${instance.mail}/messages?to=${email}`);
  const mails = (await answer.json()) as { subject: string }[];
  return mails.some((mail) => mail.subject === subject) ? [] : [`no mail: ${subject}`];
}

async function uses(instance: InstanceFile): Promise<string[]> {
  const { state } = await publish(instance, project, '1.0');
  const other = await upload(instance, 'badger-charts', '1.0');
  return [
    ...(state === 'verifiable' ? [] : [`the upload is ${state}`]),
    ...(other.code === 'token.wrong-project' ? [] : [`another project: ${other.status} ${other.code}`]),
  ];
}

async function listed(page: Page, auth: string): Promise<string[]> {
  await page.goto(`${auth}/account/tokens/`);
  const row = await page.locator('main li').first().innerText();
  return [
    ...(row.includes('laptop') && row.includes('last used') ? [] : [`the row is “${row}”`]),
    ...((await page.content()).includes('pypi-') ? ['the token can be read again'] : []),
  ];
}

async function invites(page: Page, { auth, user }: InstanceFile): Promise<string[]> {
  await page.goto(`${auth}${members}`);
  await page.locator('#username').fill(user);
  await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Invite' }).click()]);
  const faults = await says(page, 'h1', `Members of ${project}`);
  const open = await page.getByRole('button', { name: `Take the invitation of ${user} back` }).count();
  return [...faults, ...(open === 1 ? [] : ['the invitation is not shown'])];
}

async function revoked(page: Page, instance: InstanceFile): Promise<string[]> {
  await page.goto(`${instance.auth}/account/tokens/`);
  await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Revoke laptop' }).click()]);
  const faults = await says(page, 'main p:last-of-type', 'You have none.');
  const { code } = await upload(instance, project, '2.0');
  return [...faults, ...(code === 'token.revoked' ? [] : [`the upload was answered with ${code}`])];
}

/** The one script of the sign-up page: the meter follows what is typed. */
export async function strengthMeter(browser: Browser, auth: string): Promise<string[]> {
  const context = await browser.newContext({ viewport: phone });
  const page = await context.newPage();
  try {
    await page.goto(`${auth}/account/register/`);
    const faults: string[] = [];
    for (const [password, wanted] of [
      ['password12', 1],
      ['ferrets like ragged tables', 4],
    ] as const) {
      await page.locator('#password').fill(password);
      const shown = page.locator(`#password-strength meter`);
      const reached = await page
        .waitForFunction(
          (value) => document.querySelector<HTMLMeterElement>('#password-strength meter')?.value === value,
          wanted,
          { timeout: 10_000 },
        )
        .then(() => true)
        .catch(() => false);
      if (!reached || !(await shown.isVisible()))
        faults.push(`the meter of “${password}” is not at ${wanted}`);
    }
    return faults;
  } finally {
    await context.close();
  }
}
