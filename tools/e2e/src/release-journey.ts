import { dirname, join } from 'node:path';
import { publish } from '@rind/system-tests';
import type { InstanceFile } from '@rind/system-tests';
import type { Browser, Page } from 'playwright-core';
import { says, submit } from './account-forms.ts';
import { checkLooks } from './checks.ts';
import type { CheckedPage } from './checks.ts';
import type { Results } from './results.ts';
import { takeScreenshots } from './screenshots.ts';
import { windows } from './visit.ts';

const project = 'weasel-maps';
const manage = `/manage/project/${project}/`;
const [, phone] = windows[1];

const looked: readonly CheckedPage[] = [
  { name: 'projects', path: '/manage/projects/', status: 200 },
  { name: 'managed-project', path: manage, status: 200 },
  { name: 'managed-release', path: `${manage}release/1.0/`, status: 200 },
  { name: 'confirm-deletion', path: `${manage}release/2.0/delete/`, status: 200 },
  { name: 'confirm-yank', path: `${manage}release/2.0/yank/`, status: 200 },
  { name: 'unknown-release', path: `${manage}release/9.0/`, status: 404 },
];

/** An author yanks a release and deletes it, without a single script; then how the pages look. */
export async function checkReleases(
  browser: Browser,
  instance: InstanceFile,
  results: Results,
  pictures: string | null,
): Promise<void> {
  for (const version of ['1.0', '2.0', '3.0']) await publish(instance, project, version);
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: phone });
  const page = await context.newPage();
  const step = (name: string, act: () => Promise<readonly string[]>): Promise<void> =>
    results.run(`a release: ${name}`, act);
  try {
    await step('signing in leads to where one wanted to go', () => signIn(page, instance));
    await step('is yanked with a reason', () => yank(page, instance.auth));
    await step('is deleted by whoever types the name of the project', () => remove(page, instance.auth));
    const storageState = await context.storageState();
    const links = new Map<string, string>();
    for (const each of looked)
      await checkLooks(browser, instance.auth, each, results, links, { storageState });
    if (pictures !== null) {
      const named = looked.map(({ name, path }) => [name, path] as const);
      const folder = join(dirname(pictures), 'auth');
      await results.run('pictures of releases', () =>
        takeScreenshots(browser, instance.auth, folder, named, { storageState }),
      );
    }
  } finally {
    await context.close();
  }
}

async function signIn(page: Page, { auth, user, password }: InstanceFile): Promise<string[]> {
  await page.goto(`${auth}${manage}release/1.0/`);
  await page.locator('#username').fill(user);
  await page.locator('#password').fill(password);
  await submit(page);
  return says(page, 'h1', `${project} 1.0`);
}

async function yank(page: Page, auth: string): Promise<string[]> {
  await page.goto(`${auth}${manage}release/1.0/`);
  await page.getByText('Yank the release').click();
  await page.locator('#reason').fill('upside down');
  await submit(page);
  return [
    ...(await says(page, 'h1', `${project} 1.0`)),
    ...(await says(page, 'main li .tag.warn', 'yanked')),
    ...((await page.getByText('Yanked because: upside down').count()) === 1 ? [] : ['no reason']),
  ];
}

async function remove(page: Page, auth: string): Promise<string[]> {
  await page.goto(`${auth}${manage}release/3.0/delete/`);
  await page.locator('#name').fill('weasel-map');
  await submit(page);
  const refused = await says(page, '#name-refused', `This is not the name: it is ${project}.`);
  await page.locator('#name').fill(project);
  await submit(page);
  return [...refused, ...(await says(page, 'main li .tag.warn', 'deleted'))];
}
