import { systemClock } from '@rind/kernel';
import { generateSync } from 'otplib';
import type { Page } from 'playwright-core';
import { says, submit } from './account-forms.ts';
import { readQrCode } from './qr-code.ts';

/** What somebody has who set up a second factor. */
export interface Factor {
  secret: string;
  /** With which it was set up. */
  usedCode: string;
  codes: string[];
}

/** Recovery codes, one of them used up, then the app, whose code comes from a picture of the screen. */
export async function setUpFactor(
  page: Page,
  auth: string,
  password: string,
  factor: Factor,
): Promise<string[]> {
  await page.goto(`${auth}/account/recovery-codes/`);
  await page.locator('#password').fill(password);
  await submit(page);
  factor.codes = await page.locator('ul.codes code').allInnerTexts();
  await page.locator('main a[href="/account/recovery-codes/prove/"]').click();
  await page.locator('#code').fill(factor.codes[0] ?? '');
  await submit(page);
  await page.locator('main a[href="/account/totp/"]').click();
  const read = new URL(await readQrCode(page.locator('figure.qr')));
  factor.secret = read.searchParams.get('secret') ?? '';
  const epoch = Math.floor(systemClock().nowMs() / 1_000);
  factor.usedCode = generateSync({ secret: factor.secret, epoch });
  await page.locator('#code').fill(factor.usedCode);
  await submit(page);
  const set = await page.locator('main a[href="/account/totp/remove/"]').count();
  return [
    ...(factor.codes.length === 8 ? [] : [`${factor.codes.length} recovery codes`]),
    ...(set === 1 ? [] : ['no app is set up']),
  ];
}

/** The second step: a wrong code, the one that enrolled, and the next. */
export async function secondStep(page: Page, { secret, usedCode }: Factor): Promise<string[]> {
  const faults = await says(page, 'h1', 'Second factor');
  for (const code of ['000000', usedCode]) {
    await page.locator('#code').fill(code);
    await submit(page);
    const refused = await page.locator('#code-refused').count();
    if (refused !== 1) faults.push(`${code === usedCode ? 'a used' : 'a wrong'} code is not refused`);
  }
  const epoch = Math.floor(systemClock().nowMs() / 1_000) + 30;
  await page.locator('#code').fill(generateSync({ secret, epoch }));
  await submit(page);
  return [...faults, ...(await says(page, 'h1', 'Your account'))];
}
