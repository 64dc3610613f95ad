import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAuth } from './testing/auth-fixture.ts';
import type { AuthFixture } from './testing/auth-fixture.ts';
import { TestBrowser } from './testing/browser.ts';
import { newMember, password } from './testing/member.ts';

const stolen = 'seven sealions singing';
let folder: string;
let auth: AuthFixture;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stolen-'));
  const list = join(folder, 'list');
  writeFileSync(list, `${createHash('sha1').update(stolen).digest('hex').toUpperCase()}:3\n`);
  auth = await startAuth({ RIND_BREACHED_PASSWORDS_FILE: list });
});
afterAll(async () => {
  const log = auth.log();
  await auth.stop();
  expect(log).not.toContain(stolen);
  rmSync(folder, { recursive: true });
});

describe('a password that was stolen elsewhere', () => {
  it('is not taken for a new account, nor instead of another', async () => {
    const stranger = new TestBrowser(auth);
    const form = { username: 'stella', email: 'stella@example.org', password: stolen };
    const refused = await stranger.post('/account/register/', form);
    expect([refused.status, refused.code]).toEqual([400, 'account.form-refused']);
    const member = await newMember(auth, 'steady', '198.51.100.2');
    const change = await member.post('/account/password/', { old: password, password: stolen });
    expect([change.status, change.code]).toEqual([400, 'account.form-refused']);
    const answer = await member.post('/account/login/', { username: 'steady', password: stolen });
    expect(answer.code).toBe('account.sign-in-refused');
  });
});

describe('the meter', () => {
  const ask = async (browser: TestBrowser, body: object, headers?: Readonly<Record<string, string>>) => {
    const answer = await browser.postJson('/account/password-strength/', body, headers);
    return [answer.status, answer.code ?? (JSON.parse(answer.text) as { score: number }).score];
  };

  it('tells weak passwords from strong ones, and knows the names that were typed', async () => {
    const browser = new TestBrowser(auth, '198.51.100.3');
    expect(await ask(browser, { password: 'password' })).toEqual([200, 0]);
    expect(await ask(browser, { password: 'four unlikely lamps hum' })).toEqual([200, 4]);
    const name = 'wilhelmina1887';
    const [, unknown] = await ask(browser, { password: name, names: [] });
    const [, known] = await ask(browser, { password: name, names: [name] });
    expect(known).toBeLessThan(unknown as number);
    for (const odd of [
      {},
      { password: 7 },
      { password: 'x', names: 'y' },
      { password: 'x', names: [null, 7] },
    ]) {
      expect((await ask(browser, odd))[0]).toBe(200);
    }
  });

  it('is for our own pages, and limited', async () => {
    const browser = new TestBrowser(auth, '198.51.100.4');
    const elsewhere = { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' };
    expect(await ask(browser, { password: 'x' }, elsewhere)).toEqual([403, 'request.cross-origin']);
    const answers = await Promise.all(Array.from({ length: 70 }, () => ask(browser, { password: 'x' })));
    expect(answers.filter(([status]) => status === 429)).toHaveLength(10);
  });

  it('has its script on pages with a new password alone', async () => {
    const browser = new TestBrowser(auth, '198.51.100.5');
    const page = await browser.get('/account/register/');
    const script = /<script src="(\/account\/strength-[0-9a-f]{16}\.js)" defer>/.exec(page.text)![1]!;
    expect(page.headers['content-security-policy']).toContain(`script-src http://localhost:8459${script};`);
    expect((await browser.get(script)).headers['cache-control']).toContain('immutable');
    const login = await browser.get('/account/login/');
    expect(login.text).not.toContain('<script');
    expect(login.headers['content-security-policy']).not.toContain('script-src http');
  });
});
