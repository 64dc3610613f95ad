import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startAuth } from './testing/auth-fixture.ts';
import type { AuthFixture } from './testing/auth-fixture.ts';
import { TestBrowser } from './testing/browser.ts';
import { appCode, enrolApp, newMember, password } from './testing/member.ts';

const sensitive = '/account/recovery-codes/';
const asked = `/account/sudo/?next=${encodeURIComponent(sensitive)}`;
const halfHourMs = 30 * 60_000;

let auth: AuthFixture;
let count = 0;
let name: string;
let browser: TestBrowser;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());
beforeEach(async () => {
  count += 1;
  name = `proven-${count}`;
  browser = await newMember(auth, name, `198.51.100.${count}`);
});

const opens = async (): Promise<boolean> => (await browser.get(sensitive)).status === 200;

describe('what is sensitive', () => {
  it('is open for half an hour after signing in, then asks for the password', async () => {
    auth.clock.advance(halfHourMs - 60_000);
    expect(await opens()).toBe(true);
    auth.clock.advance(60_000);
    const closed = await browser.get(sensitive);
    expect([closed.status, closed.location]).toEqual([303, asked]);
    const wrong = await browser.post('/account/sudo/', { next: sensitive, password: 'not it at all' });
    expect([wrong.status, wrong.code]).toEqual([403, 'account.sign-in-refused']);
    expect(await opens()).toBe(false);
    const right = await browser.post('/account/sudo/', { next: sensitive, password });
    expect([right.status, right.location]).toEqual([303, sensitive]);
    expect(await opens()).toBe(true);
  });

  it('is not done by a form that was opened before the half hour was over', async () => {
    expect(await opens()).toBe(true);
    auth.clock.advance(halfHourMs);
    const late = await browser.post(sensitive, { password });
    expect([late.status, late.location]).toEqual([303, asked]);
    const { rows } = await auth.pool.query(
      'SELECT 1 FROM auth.recovery_code r JOIN auth.account a ON a.id = r.account_id WHERE a.username = $1',
      [name],
    );
    expect(rows).toEqual([]);
  });

  it('asks whoever has a second factor for that one; the password is not enough', async () => {
    const { secret, codes } = await enrolApp(auth, browser);
    auth.clock.advance(halfHourMs);
    const byPassword = await browser.post('/account/sudo/', { next: sensitive, password });
    expect([byPassword.status, byPassword.code]).toEqual([403, 'account.code-refused']);
    expect(await opens()).toBe(false);
    const code = appCode(auth, secret);
    expect((await browser.post('/account/sudo/', { next: sensitive, code })).location).toBe(sensitive);
    auth.clock.advance(halfHourMs);
    const again = await browser.post('/account/sudo/', { next: sensitive, code: codes[1]! });
    expect(again.location).toBe(sensitive);
  });

  it('takes no code twice: of eight at once one proves anything', async () => {
    const { secret } = await enrolApp(auth, browser);
    auth.clock.advance(halfHourMs);
    const code = appCode(auth, secret);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => browser.post('/account/sudo/', { next: sensitive, code })),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ code: refused }) => refused === 'account.code-refused')).toHaveLength(7);
  });

  it('limits tries, also those of whoever is signed in', async () => {
    auth.clock.advance(halfHourMs);
    const codes: (string | undefined)[] = [];
    for (let n = 0; n < 12; n++) {
      codes.push(
        (await browser.post('/account/sudo/', { next: sensitive, password: `guess ${n} of it` })).code,
      );
    }
    expect(codes.at(0)).toBe('account.sign-in-refused');
    expect(codes.at(-1)).toBe('rate.exceeded');
  });

  it('leads nowhere but to pages of ours, and is asked of nobody who is not signed in', async () => {
    auth.clock.advance(halfHourMs);
    for (const next of ['//evil.test/', 'https://evil.test/', '/account/../internal/', '/mailbox/']) {
      const answer = await browser.post('/account/sudo/', { next, password });
      expect([next, answer.location]).toEqual([next, '/account/']);
    }
    const stranger = await new TestBrowser(auth, '203.0.113.9').get(asked);
    expect(stranger.location).toBe(`/account/login/?next=${encodeURIComponent(sensitive)}`);
  });

  it('is not opened by who writes the times into the database', async () => {
    auth.clock.advance(halfHourMs);
    const now = new Date(auth.clock.nowMs());
    await auth.pool.query('UPDATE auth.session SET proven_at = $1, factor_at = $1', [now]);
    expect(await opens()).toBe(false);
    const other = await newMember(auth, `other-${count}`, `203.0.113.${count}`);
    expect((await other.get(sensitive)).status).toBe(200);
    // The proof of one session is none for another.
    await auth.pool.query(
      `UPDATE auth.session s SET proven_at = p.proven_at, factor_at = p.factor_at, proof = p.proof
         FROM auth.session p JOIN auth.account a ON a.id = p.account_id
        WHERE a.username = $1 AND s.id <> p.id`,
      [`other-${count}`],
    );
    expect(await opens()).toBe(false);
  });
});
