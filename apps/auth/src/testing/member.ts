import { generateSync } from 'otplib';
import { expect } from 'vitest';
import { TestBrowser, mailTo, origin } from './browser.ts';
import type { PageAnswer } from './browser.ts';
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

export interface Enrolled {
  readonly secret: string;
  /** Seven are left. */
  readonly codes: readonly string[];
}

/** Recovery codes, one of them used, then an authenticator app; a step later, so that its next code counts. */
export async function enrolApp(auth: AuthFixture, browser: TestBrowser): Promise<Enrolled> {
  const made = await browser.post('/account/recovery-codes/', { password });
  const codes = [...made.text.matchAll(/<code>([0-9a-z-]{19})<\/code>/g)].map(([, code]) => code!);
  await browser.post('/account/recovery-codes/prove/', { code: codes[0]! });
  const { text } = await browser.get('/account/totp/');
  const secret = /<code>([A-Z2-7 ]{39})<\/code>/.exec(text)![1]!.replaceAll(' ', '');
  const offer = /name="offer" value="([\w-]+)"/.exec(text)![1]!;
  const answer = await browser.post('/account/totp/', { offer, code: appCode(auth, secret) });
  expect([answer.status, answer.location]).toEqual([303, '/account/factors/']);
  auth.clock.advance(30_000);
  return { secret, codes: codes.slice(1) };
}

/** Opens the link that a right code from a new device had mailed, in the browser that typed it. Answers what comes then. */
export async function confirmDevice(
  auth: AuthFixture,
  browser: TestBrowser,
  name: string,
  typed: PageAnswer,
): Promise<PageAnswer> {
  expect([typed.status, typed.location]).toEqual([303, '/account/confirm-device/']);
  expect((await browser.get('/account/')).status).toBe(303);
  const { subject, path } = await mailTo(auth, `${name}@example.org`);
  expect(subject).toBe('Confirm that you are signing in');
  expect((await browser.get(path)).status).toBe(200);
  const token = new URL(path, origin).searchParams.get('token')!;
  return browser.post('/account/confirm-device/', { token });
}

/** What the app shows now. */
export function appCode(auth: AuthFixture, secret: string): string {
  return generateSync({ secret, epoch: Math.floor(auth.clock.nowMs() / 1_000) });
}
