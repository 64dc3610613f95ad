import { hashHex } from '@rind/crypto';
import { utf8 } from '@rind/kernel';
import { expect } from 'vitest';
import { startAuthCalls } from './auth-calls.ts';
import type { AuthCalls } from './auth-calls.ts';
import { TestBrowser } from './browser.ts';
import type { PageAnswer } from './browser.ts';
import { FakeWarehouse } from './fake-warehouse.ts';
import { newMember, password } from './member.ts';

/** Auth with people and a warehouse, for the tests of what people change about releases; one for each test file. */
export const warehouse = new FakeWarehouse();
export let auth: AuthCalls;
/** Olga. */
export let owner: TestBrowser;
/** Mark, of every project. */
export let maintainer: TestBrowser;
/** Stan. */
export let stranger: TestBrowser;
let token: string;
/** A new one for each test, with two files of 1.0 and one of 2.0. */
export let project: string;
export let sdist: string;
export let wheel: string;
export let newer: string;

export async function startReleases(): Promise<void> {
  auth = await startAuthCalls({ RIND_WAREHOUSE_URL: await warehouse.start() });
  owner = await newMember(auth, 'olga', '198.51.100.1');
  maintainer = await newMember(auth, 'mark', '198.51.100.2');
  stranger = await newMember(auth, 'stan', '198.51.100.3');
  token = await auth.mint('olga');
}

export async function stopReleases(): Promise<void> {
  await auth.stop();
  await warehouse.stop();
}

export async function newProject(): Promise<void> {
  warehouse.mood = 'up';
  project = auth.fresh('rel');
  const stem = project.replaceAll('-', '_');
  [sdist, wheel, newer] = [`${stem}-1.0.tar.gz`, `${stem}-1.0-py3-none-any.whl`, `${stem}-2.0.tar.gz`];
  for (const filename of [sdist, wheel, newer]) await upload(filename);
  await auth.makeMember(project, 'mark', 'maintainer');
}

/** What the paths and questions of this file are about from now on. */
export function turnTo(other: string): void {
  project = other;
}

/** After so long that the old session has ended. */
export async function signInAgain(): Promise<void> {
  owner = new TestBrowser(auth, '198.51.100.9');
  expect((await owner.post('/account/login/', { username: 'olga', password })).status).toBe(303);
}

/** Answers the id of the grant. */
export async function upload(filename: string): Promise<string> {
  const digest = (name: 'sha256' | 'sha512' | 'blake2b-256') => hashHex(name, utf8(filename));
  const digests = { sha256: digest('sha256'), sha512: digest('sha512'), blake2b256: digest('blake2b-256') };
  const reply = await auth.grant(token, project, { filename, digests });
  expect(reply.status).toBe(200);
  return reply.json['grantId'] as string;
}

export const release = (version = '1.0') => `/manage/project/${project}/release/${version}/`;
export const file = (filename: string) => `/manage/project/${project}/file/${filename}/`;

/** Digest of what a confirmation page shows. */
export async function shownBy(path: string, browser = owner): Promise<string> {
  const page = await browser.get(path);
  expect([path, page.status, page.code]).toEqual([path, 200, undefined]);
  return /name="shown" value="([0-9a-f]{64})"/.exec(page.text)![1]!;
}

/** Opens the page and sends its form. */
export async function confirm(path: string, fields: Record<string, string> = {}): Promise<PageAnswer> {
  const answer = await owner.post(path, { shown: await shownBy(path), ...fields });
  expect([path, answer.status, answer.code]).toEqual([path, 303, undefined]);
  return answer;
}

/** `live`, `yanked` or `deleted` of each file, as the pages say. */
export const states = async (): Promise<Record<string, string>> => {
  const pages = await Promise.all([owner.get(release()), owner.get(release('2.0'))]);
  const entries = pages.flatMap(({ text }) =>
    [...text.matchAll(/<li>\s*<strong>([^<]+)<\/strong>((?:(?!<p)[\s\S])*)/g)].map(([, name, rest]) => [
      name!,
      /deleted|yanked/.exec(rest!)?.[0] ?? 'live',
    ]),
  );
  return Object.fromEntries(entries) as Record<string, string>;
};

export const delivered = (count: number) =>
  expect.poll(() => warehouse.verbs(project).length, { timeout: 5_000 }).toBe(count);

/** What was granted beside uploads. */
export const grants = (): Promise<Record<string, unknown>[]> =>
  auth.rows(
    `SELECT verb, target_path, account_id FROM auth.grant_log WHERE project = $1 AND verb <> 'add' ORDER BY seq`,
    project,
  );
