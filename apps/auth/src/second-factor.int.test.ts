import { generateSync } from 'otplib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startAuth } from './testing/auth-fixture.ts';
import type { AuthFixture } from './testing/auth-fixture.ts';
import { TestBrowser, mailTo } from './testing/browser.ts';
import { confirmDevice, newMember, password } from './testing/member.ts';

const stepMs = 30_000;

let auth: AuthFixture;
let count = 0;
let name: string;
let browser: TestBrowser;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(async () => {
  const log = auth.log();
  await auth.stop();
  expect(log).not.toMatch(/[A-Z2-7]{32}/);
});
beforeEach(async () => {
  count += 1;
  name = `careful-${count}`;
  browser = await newMember(auth, name, `198.51.100.${count}`);
});

async function makeCodes(): Promise<string[]> {
  const page = await browser.post('/account/recovery-codes/', { password });
  return [...page.text.matchAll(/<code>([0-9a-z-]{19})<\/code>/g)].map(([, code]) => code!);
}

const codeAt = (secret: string, offsetMs = 0): string =>
  generateSync({ secret, epoch: Math.floor((auth.clock.nowMs() + offsetMs) / 1_000) });

/** Everything in its order; answers what the person has then. */
async function enrol(): Promise<{ secret: string; codes: string[] }> {
  const codes = await makeCodes();
  await browser.post('/account/recovery-codes/prove/', { code: codes[0]! });
  const { secret, offer } = await offered();
  const answer = await browser.post('/account/totp/', { offer, code: codeAt(secret) });
  expect([answer.status, answer.location]).toEqual([303, '/account/factors/']);
  // The code that enrolled has counted.
  auth.clock.advance(stepMs);
  return { secret, codes };
}

async function offered(): Promise<{ secret: string; offer: string }> {
  const { text } = await browser.get('/account/totp/');
  const secret = /<code>([A-Z2-7 ]{39})<\/code>/.exec(text)![1]!.replaceAll(' ', '');
  return { secret, offer: /name="offer" value="([\w-]+)"/.exec(text)![1]! };
}

/** Somebody who has given the password from another machine. */
async function halfWay(address = `203.0.113.${count}`): Promise<TestBrowser> {
  const other = new TestBrowser(auth, address);
  const answer = await other.post('/account/login/', { username: name, password });
  expect([answer.status, answer.location]).toEqual([
    303,
    `/account/second-factor/?next=${encodeURIComponent('/account/')}`,
  ]);
  expect(other.cookie).toBeNull();
  return other;
}

describe('recovery codes', () => {
  it('are eight, shown once to whoever knows the password, and nowhere to be read', async () => {
    const wrong = await browser.post('/account/recovery-codes/', { password: 'not it at all' });
    expect([wrong.status, wrong.code]).toEqual([403, 'account.sign-in-refused']);
    const codes = await makeCodes();
    expect(new Set(codes).size).toBe(8);
    expect((await mailTo(auth, `${name}@example.org`)).subject).toBe('You have new recovery codes');
    const { rows } = await auth.pool.query<{ text: string }>(
      `SELECT row_to_json(t)::text AS text FROM auth.recovery_code t UNION ALL SELECT row_to_json(a)::text FROM auth.audit a`,
    );
    for (const code of codes) expect(rows.map(({ text }) => text).join()).not.toContain(code);
  });

  it('work once each, however they are typed, also for many at once', async () => {
    const [first, second] = await makeCodes();
    const typed = first!.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O').replaceAll('1', 'l');
    expect((await browser.post('/account/recovery-codes/prove/', { code: typed })).status).toBe(303);
    const again = await browser.post('/account/recovery-codes/prove/', { code: first! });
    expect([again.status, again.code]).toEqual([403, 'account.code-refused']);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => browser.post('/account/recovery-codes/prove/', { code: second! })),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  });

  it('of an older set, or of somebody else, are worth nothing', async () => {
    const [old] = await makeCodes();
    await makeCodes();
    expect((await browser.post('/account/recovery-codes/prove/', { code: old! })).status).toBe(403);
    const other = await newMember(auth, `${name}-x`, '192.0.2.77');
    const [mine] = await makeCodes();
    expect((await other.post('/account/recovery-codes/prove/', { code: mine! })).status).toBe(403);
  });
});

describe('an authenticator app', () => {
  it('is set up only by whoever has shown that the codes were kept', async () => {
    expect((await browser.get('/account/totp/')).location).toBe('/account/factors/');
    await makeCodes();
    expect((await browser.get('/account/totp/')).location).toBe('/account/factors/');
    const { codes } = await enrol();
    expect(codes).toHaveLength(8);
    expect((await mailTo(auth, `${name}@example.org`)).subject).toBe('A second factor was added');
    expect((await browser.get('/account/totp/')).location).toBe('/account/factors/');
  });

  it('is drawn as a QR code, and its secret is encrypted in the table', async () => {
    const [code] = await makeCodes();
    await browser.post('/account/recovery-codes/prove/', { code: code! });
    const { text } = await browser.get('/account/totp/');
    expect(text).toMatch(/<figure class="qr"[^>]*><svg/);
    const { secret } = await offered();
    const { rows } = await auth.pool.query<{ sealed: Buffer }>('SELECT sealed FROM auth.totp');
    for (const { sealed } of rows) expect(sealed.toString('latin1')).not.toContain(secret);
  });

  it('takes no offer of another session, and no wrong code', async () => {
    const [code] = await makeCodes();
    await browser.post('/account/recovery-codes/prove/', { code: code! });
    const { secret, offer } = await offered();
    const wrong = await browser.post('/account/totp/', { offer, code: '000000' });
    expect([wrong.status, wrong.code]).toEqual([403, 'account.code-refused']);
    expect(wrong.text).toContain(secret.slice(0, 4));
    await browser.post('/account/login/', { username: name, password });
    const moved = await browser.post('/account/totp/', { offer, code: codeAt(secret) });
    expect(moved.location).toBe('/account/totp/');
  });

  it('of a phone whose clock is off is told so', async () => {
    const [code] = await makeCodes();
    await browser.post('/account/recovery-codes/prove/', { code: code! });
    const { secret, offer } = await offered();
    const late = await browser.post('/account/totp/', { offer, code: codeAt(secret, -600_000) });
    expect([late.status, late.text.includes('10 minutes behind')]).toEqual([403, true]);
  });
});

describe('signing in with a second factor', () => {
  it('needs the code: the password alone opens no page', async () => {
    const { secret } = await enrol();
    const other = await halfWay();
    expect((await other.get('/account/')).status).toBe(303);
    const wrong = await other.post('/account/second-factor/', { code: '000000' });
    expect([wrong.status, wrong.code]).toEqual([403, 'account.code-refused']);
    const right = await other.post('/account/second-factor/', {
      code: codeAt(secret),
      next: '/account/log/',
    });
    const confirmed = await confirmDevice(auth, other, name, right);
    expect([confirmed.status, confirmed.location]).toEqual([303, '/account/log/']);
    expect((await other.get('/account/')).status).toBe(200);
  });

  it('takes no code twice: not with spaces, not the step before, not at once', async () => {
    const { secret } = await enrol();
    const code = codeAt(secret);
    const before = codeAt(secret, -stepMs);
    const others = await Promise.all(Array.from({ length: 6 }, (_, i) => halfWay(`203.0.113.${180 + i}`)));
    const answers = await Promise.all(others.map((each) => each.post('/account/second-factor/', { code })));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    const again = await halfWay();
    for (const typed of [code, ` ${code.slice(0, 3)} ${code.slice(3)} `, before]) {
      const answer = await again.post('/account/second-factor/', { code: typed });
      expect([answer.status, answer.code]).toEqual([403, 'account.code-refused']);
    }
    auth.clock.advance(stepMs);
    const next = await again.post('/account/second-factor/', { code: codeAt(secret) });
    expect((await confirmDevice(auth, again, name, next)).location).toBe('/account/');
  });

  it('takes a recovery code, once, and mails it', async () => {
    const { codes } = await enrol();
    const other = await halfWay();
    const right = await other.post('/account/second-factor/', { code: codes[1]! });
    expect((await confirmDevice(auth, other, name, right)).location).toBe('/account/');
    const { subject } = await mailTo(auth, `${name}@example.org`, 'A recovery code was used');
    expect(subject).toBe('A recovery code was used');
    const again = await halfWay();
    expect((await again.post('/account/second-factor/', { code: codes[1]! })).status).toBe(403);
  });

  it('is limited from one address, and from all of them', async () => {
    const { secret } = await enrol();
    const guesser = await halfWay('192.0.2.200');
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++)
      statuses.push((await guesser.post('/account/second-factor/', { code: `00000${i % 10}` })).status);
    expect(statuses).toEqual([...Array<number>(10).fill(403), 429, 429]);
    let limited = 0;
    for (let i = 0; i < 4 && limited === 0; i++) {
      const elsewhere = await halfWay(`192.0.2.${210 + i}`);
      for (let j = 0; j < 9; j++) {
        const { status } = await elsewhere.post('/account/second-factor/', { code: `11111${j}` });
        if (status === 429) limited += 1;
      }
    }
    expect(limited).toBeGreaterThan(0);
    // Even with the right code, for the time being.
    expect((await guesser.post('/account/second-factor/', { code: codeAt(secret) })).status).toBe(429);
  });

  it('has ten minutes for its second step, and none after a new password', async () => {
    const { secret } = await enrol();
    const slow = await halfWay();
    auth.clock.advance(600_001);
    expect((await slow.post('/account/second-factor/', { code: codeAt(secret) })).location).toMatch(/login/);
    const cut = await halfWay();
    await browser.post('/account/password/', { old: password, password: 'another sentence' });
    auth.clock.advance(stepMs);
    expect((await cut.post('/account/second-factor/', { code: codeAt(secret) })).location).toMatch(/login/);
  });

  it('ends with the app, which takes password and code', async () => {
    const { secret } = await enrol();
    const wrong = await browser.post('/account/totp/remove/', {
      password: 'not it at all',
      code: codeAt(secret),
    });
    expect([wrong.status, wrong.code]).toEqual([403, 'account.sign-in-refused']);
    expect((await browser.post('/account/totp/remove/', { password, code: '000000' })).status).toBe(403);
    const removed = await browser.post('/account/totp/remove/', { password, code: codeAt(secret) });
    expect(removed.location).toBe('/account/factors/');
    expect((await mailTo(auth, `${name}@example.org`)).subject).toBe('A second factor was removed');
    const other = new TestBrowser(auth, '192.0.2.250');
    expect((await other.post('/account/login/', { username: name, password })).location).toBe('/account/');
  });
});

describe('who can write the database, and does not have the key outside it,', () => {
  it('does not use its own app, code or half a session for somebody else', async () => {
    await enrol();
    const victim = name;
    const thiefName = `${name}-thief`;
    browser = await newMember(auth, thiefName, '192.0.2.99');
    name = thiefName;
    const { secret, codes } = await enrol();
    name = victim;
    const ids = `(SELECT id FROM auth.account WHERE username = '${victim}')`;
    await auth.pool.query(
      `UPDATE auth.totp SET sealed = (SELECT sealed FROM auth.totp WHERE account_id = (SELECT id FROM auth.account WHERE username = $1)), last_step = 0 WHERE account_id = ${ids}`,
      [thiefName],
    );
    await auth.pool.query(
      `UPDATE auth.recovery_code SET account_id = ${ids} WHERE account_id = (SELECT id FROM auth.account WHERE username = $1)`,
      [thiefName],
    );
    const half = await halfWay('192.0.2.98');
    const byApp = await half.post('/account/second-factor/', { code: codeAt(secret) });
    expect([byApp.status, byApp.code]).toEqual([500, 'internal']);
    expect((await half.post('/account/second-factor/', { code: codes[3]! })).status).toBe(403);
    expect((await half.get('/account/')).status).toBe(303);
  });
});
