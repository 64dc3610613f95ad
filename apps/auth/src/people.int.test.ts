import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startAuth } from './testing/auth-fixture.ts';
import type { AuthFixture } from './testing/auth-fixture.ts';
import { TestBrowser, mailTo, origin } from './testing/browser.ts';
import { newMember, password } from './testing/member.ts';

let auth: AuthFixture;
let count = 0;
let name: string;
let email: string;
let browser: TestBrowser;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(async () => {
  const log = auth.log();
  await auth.stop();
  expect(log).not.toContain(password);
});
beforeEach(() => {
  count += 1;
  name = `person-${count}`;
  email = `${name}@example.org`;
  browser = new TestBrowser(auth, `198.51.100.${count}`);
});

const signUp = (over: Readonly<Record<string, string>> = {}) =>
  browser.post('/account/register/', { username: name, email, password, ...over });
const signIn = (over: Readonly<Record<string, string>> = {}, who = browser) =>
  who.post('/account/login/', { username: name, password, ...over });

async function member(): Promise<void> {
  browser = await newMember(auth, name, `198.51.100.${count}`);
}

async function resetToken(): Promise<string> {
  await new TestBrowser(auth, `203.0.113.${count}`).post('/account/forgot/', { account: name });
  let token: string | null = null;
  await expect
    .poll(async () => {
      const { path } = await mailTo(auth, email);
      token = new URL(path || '/', origin).searchParams.get('token');
      return path.startsWith('/account/reset/');
    })
    .toBe(true);
  return token!;
}

const events = async (): Promise<string[]> => {
  const { rows } = await auth.pool.query<{ event: string }>(
    `SELECT event FROM auth.audit WHERE account_id = (SELECT id FROM auth.account WHERE username = $1) ORDER BY id`,
    [name],
  );
  return rows.map(({ event }) => event);
};

describe('an account', () => {
  it('begins with a mail, whose link proves the address to whoever is signed in', async () => {
    const made = await signUp();
    expect([made.status, made.code]).toEqual([200, undefined]);
    const { subject, path } = await mailTo(auth, email);
    expect(subject).toBe('Confirm your e-mail address');
    const stranger = await browser.get(path);
    expect([stranger.status, stranger.location]).toEqual([
      303,
      `/account/login/?next=${encodeURIComponent(path)}`,
    ]);
    const signed = await signIn({ next: path });
    expect([signed.status, signed.location]).toEqual([303, path]);
    expect((await browser.get('/account/')).text).toContain('Your address is not confirmed');
    expect((await browser.get(path)).text).toContain('It is my address');
    const token = new URL(path, origin).searchParams.get('token')!;
    expect((await browser.post('/account/verify-email/', { token })).status).toBe(200);
    expect((await browser.get('/account/')).text).not.toContain('Your address is not confirmed');
    const again = await browser.post('/account/verify-email/', { token });
    expect([again.status, again.code]).toEqual([400, 'account.link-refused']);
    expect(await events()).toEqual(['account.created', 'account.signed-in', 'account.email-verified']);
  });

  it.each([
    ['a user name that is none', { username: '-x' }],
    ['an address that is none', { email: 'x@localhost' }],
    ['an address with a line break', { email: 'x@example.org\r\nBcc: y@example.org' }],
    ['a short password', { password: 'short' }],
    ['a password that is the address', { password: 'me@example.org', email: 'me@example.org' }],
    ['a password of one letter', { password: 'aaaaaaaaaaaaaaaa' }],
  ])('is not made with %s, and says so beside the field', async (_what, over) => {
    const answer = await signUp(over);
    expect([answer.status, answer.code]).toEqual([400, 'account.form-refused']);
    expect(answer.text).toContain('aria-invalid="true"');
    expect(answer.text).not.toContain(password);
  });

  it('is not made twice under one name, whatever its case', async () => {
    await signUp();
    const twice = await signUp({ username: name.toUpperCase(), email: `other-${email}` });
    expect([twice.status, twice.code]).toEqual([400, 'account.form-refused']);
    expect(twice.text).toContain('taken');
  });

  it('with an address that somebody has looks the same; only the mail says it', async () => {
    await member();
    const strange = new TestBrowser(auth, '192.0.2.1');
    const other = `${name}-too`;
    const answer = await strange.post('/account/register/', { username: other, email, password });
    const unknown = await strange.post('/account/register/', {
      ...{ username: `${other}-b`, email: `b-${email}`, password },
    });
    expect(answer.text.replaceAll(email, '')).toBe(unknown.text.replaceAll(`b-${email}`, ''));
    expect((await mailTo(auth, email)).subject).toBe('You have an account already');
  });
});

describe('signing in', () => {
  beforeEach(member);

  it('gives a cookie that scripts cannot read, and that is new each time', async () => {
    const first = browser.cookie;
    const answer = await signIn();
    expect([answer.headers['set-cookie']].flat()[0]).toMatch(
      /^rind=[\w-]{64}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200$/,
    );
    expect(browser.cookie).not.toBe(first);
    const old = new TestBrowser(auth);
    old.cookie = first;
    expect((await old.get('/account/')).status).toBe(303);
  });

  it('refuses a wrong name and a wrong password in the same words', async () => {
    const stranger = new TestBrowser(auth, '192.0.2.2');
    const wrong = await signIn({ password: `${password}!` }, stranger);
    const nobody = await signIn({ username: `${name}-nobody` }, stranger);
    expect([wrong.status, wrong.code]).toEqual([403, 'account.sign-in-refused']);
    expect(nobody.text.replaceAll(`${name}-nobody`, name)).toBe(wrong.text);
    expect(stranger.cookie).toBeNull();
  });

  it('ends on this machine, elsewhere, and after twelve hours', async () => {
    const second = new TestBrowser(auth, '192.0.2.3');
    await signIn({}, second);
    await browser.post('/account/logout-elsewhere/');
    expect((await second.get('/account/')).status).toBe(303);
    expect((await browser.get('/account/')).status).toBe(200);
    const kept = browser.cookie;
    await browser.post('/account/logout/');
    expect(browser.cookie).toBeNull();
    browser.cookie = kept;
    expect((await browser.get('/account/')).status).toBe(303);
    await signIn();
    auth.clock.advance(12 * 3_600_000 + 1);
    expect((await browser.get('/account/')).status).toBe(303);
  });

  it('is limited by person and address, and shuts nobody out elsewhere', async () => {
    const guesser = new TestBrowser(auth, `203.0.113.${100 + count}`);
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++)
      statuses.push((await signIn({ password: `wrong password ${i}` }, guesser)).status);
    expect(statuses).toEqual([...Array<number>(10).fill(403), 429, 429]);
    // Even with the right one, from there.
    expect((await signIn({}, guesser)).code).toBe('rate.exceeded');
    expect((await signIn()).status).toBe(303);
    auth.clock.advance(61_000);
    expect((await signIn({}, guesser)).status).toBe(303);
  });

  it('counts guesses that come at once', async () => {
    const guesser = new TestBrowser(auth, `203.0.113.${200 + (count % 50)}`);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => signIn({ password: `wrong password ${i}` }, guesser)),
    );
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(10);
  });

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/account/%2e%2e//evil.example',
    'javascript:x',
  ])('leads to %s for nobody', async (next) => {
    expect((await signIn({ next })).location).toBe('/account/');
  });
});

describe('a password', () => {
  beforeEach(member);

  it('is changed by whoever knows it, and everybody else is signed out and told', async () => {
    const second = new TestBrowser(auth, '192.0.2.4');
    await signIn({}, second);
    const wrong = await browser.post('/account/password/', {
      old: 'not it at all',
      password: 'another sentence',
    });
    expect([wrong.status, wrong.code]).toEqual([403, 'account.sign-in-refused']);
    const changed = await browser.post('/account/password/', { old: password, password: 'another sentence' });
    expect(changed.status).toBe(200);
    expect((await second.get('/account/')).status).toBe(303);
    expect((await browser.get('/account/')).status).toBe(200);
    expect((await signIn({}, second)).status).toBe(403);
    expect((await mailTo(auth, email)).subject).toBe('Your password was changed');
    expect((await signIn({ password: 'another sentence' }, second)).status).toBe(303);
  });

  it('that changes while somebody signs in with the old one lets them in no more', async () => {
    const other = new TestBrowser(auth, '192.0.2.20');
    const answer = await auth.owner.transaction(async (sql) => {
      await sql.query('SELECT 1 FROM auth.account WHERE username = $1 FOR UPDATE', [name]);
      const signing = signIn({}, other);
      // The old one was found right, and now the session waits for the account's row.
      await expect
        .poll(async () => (await auth.pool.query('SELECT 1 FROM pg_locks WHERE NOT granted')).rows.length)
        .toBeGreaterThan(0);
      await sql.query(`UPDATE auth.account SET password_sealed = '\\x00' WHERE username = $1`, [name]);
      return { signing };
    });
    expect((await answer.signing).status).toBe(403);
    expect(other.cookie).toBeNull();
  });

  it('is reset by a link that works once, for an hour, and signs everybody out', async () => {
    const token = await resetToken();
    const short = await browser.post('/account/reset/', { token, password: 'short' });
    expect([short.status, short.code]).toEqual([400, 'account.form-refused']);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        browser.post('/account/reset/', { token, password: 'a new sentence' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await browser.get('/account/')).status).toBe(303);
    expect((await signIn({ password: 'a new sentence' })).status).toBe(303);
    const late = await resetToken();
    auth.clock.advance(3_600_001);
    expect((await browser.post('/account/reset/', { token: late, password: 'too late for this' })).code).toBe(
      'account.link-refused',
    );
  });

  it('a change of it burns the links that were mailed before', async () => {
    const token = await resetToken();
    await browser.post('/account/password/', { old: password, password: 'another sentence' });
    const answer = await browser.post('/account/reset/', { token, password: 'a third sentence' });
    expect(answer.code).toBe('account.link-refused');
  });

  it('asking for a link says the same whether there is such an account or not', async () => {
    const known = await browser.post('/account/forgot/', { account: name });
    const unknown = await browser.post('/account/forgot/', { account: `${name}-nobody` });
    expect(unknown.text).toBe(known.text);
  });
});

describe('a form', () => {
  it.each([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another port', { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' }],
    ['nowhere', {}],
    ['an opaque origin', { origin: 'null' }],
    ['a site that lies about its origin', { origin, 'sec-fetch-site': 'cross-site' }],
  ])('from %s is refused, and nothing happens', async (_where, headers) => {
    await member();
    for (const path of [
      'register',
      'login',
      'logout',
      'logout-elsewhere',
      'forgot',
      'reset',
      'password',
      'verify-email',
    ]) {
      const form = {
        username: `${name}-x`,
        email: `x-${email}`,
        password,
        account: name,
        old: password,
        token: '',
      };
      const answer = await browser.post(`/account/${path}/`, form, headers);
      expect([path, answer.status, answer.code]).toEqual([path, 403, 'request.cross-origin']);
    }
    expect((await browser.get('/account/')).status).toBe(200);
  });

  it('sets nothing but its own fields', async () => {
    await signUp({
      id: '00000000-0000-4000-8000-000000000000',
      is_primary: 'false',
      verified_at: 'now',
      disabled_at: '',
    });
    const { rows } = await auth.pool.query(
      `SELECT e.verified_at, e.is_primary FROM auth.email e JOIN auth.account a ON a.id = e.account_id WHERE a.username = $1`,
      [name],
    );
    expect(rows).toEqual([{ verified_at: null, is_primary: true }]);
  });

  it('answers are kept by no cache and framed by no page', async () => {
    const { headers } = await browser.get('/account/login/');
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  });
});

describe('who can write the database, and does not have the key outside it,', () => {
  beforeEach(member);
  const steal = (sql: string, ...values: readonly unknown[]) => auth.pool.query(sql, values);

  it('opens no session by putting one into the table', async () => {
    const cookie = Buffer.alloc(48, 7).toString('base64url');
    const { rows } = await auth.pool.query<{ id: string }>(
      'SELECT id FROM auth.account WHERE username = $1',
      [name],
    );
    for (const id of [Buffer.from(cookie), createHash('sha256').update(cookie).digest()]) {
      await steal(
        `INSERT INTO auth.session (id, account_id, seen_at, expires_at, address, agent) VALUES ($1, $2, now(), now() + interval '9 years', 'x', '')`,
        id,
        rows[0]!.id,
      );
    }
    const thief = new TestBrowser(auth);
    thief.cookie = cookie;
    expect((await thief.get('/account/')).status).toBe(303);
  });

  it('does not become somebody else by giving them its own session or password', async () => {
    const victim = name;
    count += 1;
    const thief = new TestBrowser(auth, '192.0.2.9');
    const own = `thief-${count}`;
    await thief.post('/account/register/', { username: own, email: `${own}@example.org`, password });
    await thief.post('/account/login/', { username: own, password });
    await steal(
      `UPDATE auth.session SET account_id = (SELECT id FROM auth.account WHERE username = $1)
        WHERE account_id = (SELECT id FROM auth.account WHERE username = $2)`,
      victim,
      own,
    );
    expect((await thief.get('/account/')).status).toBe(303);
    await steal(
      `UPDATE auth.account SET password_sealed = (SELECT password_sealed FROM auth.account WHERE username = $2) WHERE username = $1`,
      victim,
      own,
    );
    const answer = await thief.post('/account/login/', { username: victim, password });
    expect([answer.status, answer.code]).toEqual([500, 'internal']);
    expect(thief.cookie).not.toBeNull();
    expect((await thief.get('/account/')).status).toBe(303);
  });

  it('has no link mailed to an address that it wrote there, and reads none that was', async () => {
    await steal(
      `UPDATE auth.email SET address = 'thief@example.net' WHERE lower(address) = lower($1)`,
      email,
    );
    await browser.post('/account/forgot/', { account: name });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await mailTo(auth, 'thief@example.net')).path).toBe('');
    const { rows } = await auth.pool.query<{ sealed: Buffer }>('SELECT sealed FROM auth.mail');
    expect(rows.length).toBeGreaterThan(0);
    for (const { sealed } of rows) expect(sealed.toString('latin1')).not.toMatch(/account|localhost|token/);
  });

  it('cannot change or delete what is in the log', async () => {
    await expect(steal(`UPDATE auth.audit SET event = 'x'`)).rejects.toThrow();
    await expect(steal(`DELETE FROM auth.audit`)).rejects.toThrow();
  });
});
