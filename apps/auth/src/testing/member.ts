import { expect } from 'vitest';
import { TestBrowser, mailTo, origin } from './browser.ts';
import type { AuthFixture } from './auth-fixture.ts';

export const password = 'four words make one';

/** Somebody with a confirmed address, signed in. */
export async function newMember(auth: AuthFixture, name: string, address: string): Promise<TestBrowser> {
  const browser = new TestBrowser(auth, address);
  const email = `${name}@example.org`;
  await browser.post('/account/register/', { username: name, email, password });
  const { path } = await mailTo(auth, email);
  await browser.post('/account/login/', { username: name, password });
  const token = new URL(path, origin).searchParams.get('token')!;
  expect((await browser.post('/account/verify-email/', { token })).status).toBe(200);
  return browser;
}
