import { attenuate, parseToken } from '@rind/macaroon';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startAuthCalls } from './testing/auth-calls.ts';
import type { AuthCalls } from './testing/auth-calls.ts';
import { TestBrowser, mailTo, origin } from './testing/browser.ts';
import type { PageAnswer } from './testing/browser.ts';
import { appCode, enrolApp, newMember, password } from './testing/member.ts';

const made: string[] = [];
let auth: AuthCalls;
let count = 0;
let name: string;
let browser: TestBrowser;
let secret: string;
beforeAll(async () => {
  auth = await startAuthCalls();
});
afterAll(async () => {
  const log = auth.log();
  await auth.stop();
  expect(made.length).toBeGreaterThan(5);
  for (const token of made) expect(log).not.toContain(token);
});
beforeEach(async () => {
  count += 1;
  name = `author-${count}`;
  browser = await newMember(auth, name, `198.51.100.${count}`);
  ({ secret } = await enrolApp(auth, browser));
  await proveFactor();
});

async function proveFactor(): Promise<void> {
  auth.clock.advance(31 * 60_000);
  const answer = await browser.post('/account/sudo/', {
    next: '/account/tokens/new/',
    code: appCode(auth, secret),
  });
  expect(answer.location).toBe('/account/tokens/new/');
}

const tokenIn = ({ text }: PageAnswer): string | undefined =>
  /<code>(pypi-[\w-]{85,})<\/code>/.exec(text)?.[1];
const order = (changes: Readonly<Record<string, string>> = {}) =>
  browser.post('/account/tokens/new/', {
    description: 'release machine',
    projects: '',
    days: '90',
    ...changes,
  });
const newest = async (): Promise<string> => (await mailTo(auth, `${name}@example.org`)).subject;

async function make(changes: Readonly<Record<string, string>> = {}): Promise<string> {
  const answer = await order(changes);
  const token = tokenIn(answer);
  expect([answer.status, typeof token]).toEqual([200, 'string']);
  made.push(token!);
  return token!;
}

describe('a token that a person makes', () => {
  it('uploads in their name, is shown once, listed with its use and mailed', async () => {
    const token = await make();
    expect(await newest()).toBe('A new API token was made');
    const before = await browser.get('/account/tokens/');
    expect(before.text).toContain('release machine');
    expect(before.text).toContain('never used');
    expect(tokenIn(before)).toBeUndefined();
    const project = auth.fresh('made');
    expect((await auth.grant(token, project)).status).toBe(200);
    expect(await auth.owners(project)).toEqual([{ username: name, role: 'owner' }]);
    expect((await browser.get('/account/tokens/')).text).toContain('last used');
  });

  it('is for the projects that were named, also one that nobody has yet', async () => {
    const [own, coming, other] = [auth.fresh('own'), auth.fresh('coming'), auth.fresh('other')];
    const whole = await make({ description: 'whole' });
    expect((await auth.grant(whole, own)).status).toBe(200);
    const both = await make({ description: 'both', projects: `${own.toUpperCase()}, ${coming}` });
    expect((await auth.grant(both, coming)).status).toBe(200);
    expect((await auth.grant(both, own, { filename: `${own.replace('-', '_')}-2.0.tar.gz` })).status).toBe(
      200,
    );
    expect((await auth.grant(both, other)).code).toBe('token.wrong-project');
  });

  it('is for no project of somebody else, and no name that cannot be one', async () => {
    const theirs = auth.fresh('theirs');
    expect((await auth.grant(await auth.mint('somebody-else'), theirs)).status).toBe(200);
    for (const projects of [theirs, `fine ${theirs}`, '-nope-', 'a/b']) {
      const answer = await order({ projects });
      expect([projects, answer.status, answer.code, tokenIn(answer)]).toEqual([
        projects,
        400,
        'account.form-refused',
        undefined,
      ]);
    }
  });

  it('ends when it was said to', async () => {
    const token = await make({ days: '1' });
    auth.clock.advance(86_400_000 - 60_000);
    expect((await auth.introspect(token)).json['active']).toBe(true);
    auth.clock.advance(60_000);
    expect((await auth.introspect(token)).json).toEqual({ active: false, code: 'token.expired' });
  });

  it.each(['', ' ', 'a\nb', 'x'.repeat(101), 'bell\u0007'])('has no name like %j', async (description) => {
    const answer = await order({ description });
    expect([answer.status, answer.code]).toEqual([400, 'account.form-refused']);
  });

  it('has a name of its own: of eight forms at once one makes a token', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => order({ description: 'same' })));
    for (const answer of answers) if (tokenIn(answer) !== undefined) made.push(tokenIn(answer)!);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(400)]);
  });

  it('takes a second factor that was proven lately', async () => {
    auth.clock.advance(30 * 60_000);
    for (const answer of [await browser.get('/account/tokens/new/'), await order()]) {
      expect([answer.status, answer.location]).toEqual([
        303,
        `/account/sudo/?next=${encodeURIComponent('/account/tokens/new/')}`,
      ]);
    }
    await proveFactor();
    await make();
  });

  it('takes a second factor at all, and a confirmed address', async () => {
    const plain = await newMember(auth, `plain-${count}`, `203.0.113.${count}`);
    const answer = await plain.post('/account/tokens/new/', { description: 'x', projects: '', days: '1' });
    expect([answer.status, answer.code]).toEqual([403, 'account.second-factor-required']);
    const fresh = new TestBrowser(auth, `203.0.113.${count}`);
    const username = `fresh-${count}`;
    await fresh.post('/account/register/', { username, email: `${username}@example.org`, password });
    await fresh.post('/account/login/', { username, password });
    expect((await fresh.get('/account/tokens/new/')).code).toBe('account.email-unverified');
  });

  it('is not made by a form of another site', async () => {
    const answer = await browser.post(
      '/account/tokens/new/',
      { description: 'x', projects: '', days: '1' },
      { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' },
    );
    expect([answer.status, answer.code]).toEqual([403, 'request.cross-origin']);
    expect(origin).not.toBe('https://evil.test');
  });
});

describe('revoking', () => {
  const idOf = async (): Promise<string> =>
    /name="id" value="([0-9a-f-]{36})"/.exec((await browser.get('/account/tokens/')).text)![1]!;

  it('ends the token and its attenuated copies at once, and is mailed', async () => {
    const token = await make();
    const copy = attenuate(token, [1, [auth.fresh('copy')]]);
    expect((await auth.introspect(copy)).json['active']).toBe(true);
    const answer = await browser.post('/account/tokens/revoke/', { id: await idOf() });
    expect([answer.status, answer.location]).toEqual([303, '/account/tokens/']);
    expect(await newest()).toBe('An API token was revoked');
    for (const each of [token, copy]) {
      expect((await auth.introspect(each)).json).toEqual({ active: false, code: 'token.revoked' });
      expect((await auth.grant(each, auth.fresh('late'))).code).toBe('token.revoked');
    }
    expect((await browser.get('/account/tokens/')).text).not.toContain('release machine');
  });

  it('is for one’s own tokens alone', async () => {
    const token = await make();
    const id = await idOf();
    const thief = await newMember(auth, `thief-${count}`, `203.0.113.${count}`);
    await thief.post('/account/tokens/revoke/', { id });
    expect((await auth.introspect(token)).json['active']).toBe(true);
    for (const odd of ['', 'x', `${id}0`]) {
      expect([odd, (await browser.post('/account/tokens/revoke/', { id: odd })).status]).toEqual([odd, 303]);
    }
    expect((await auth.introspect(token)).json['active']).toBe(true);
  });
});

describe('the use of a token', () => {
  it('from a new address is mailed, from a known one not, and not without end', async () => {
    const token = await make();
    const from = async (remote: string) => {
      expect((await auth.grant(token, auth.fresh('used'), { remote })).status).toBe(200);
    };
    const mails = async (): Promise<number> =>
      (
        await auth.rows(
          `SELECT 1 FROM auth.audit a JOIN auth.account o ON o.id = a.account_id
            WHERE o.username = $1 AND event = 'token.used-elsewhere' AND (detail->>'mailed')::boolean`,
          name,
        )
      ).length;
    await from('192.0.2.1');
    expect(await newest()).toBe('An API token was used from a new address');
    await from('192.0.2.1');
    expect(await mails()).toBe(1);
    for (let n = 2; n < 9; n++) await from(`192.0.2.${n}`);
    expect(await mails()).toBe(3);
    expect((await browser.get('/account/log/')).text).toContain('192.0.2.8');
    const rows = await auth.rows('SELECT row_to_json(t)::text AS text FROM auth.token_address t');
    expect(rows.map(({ text }) => text).join()).not.toContain('192.0.2');
  });

  it('may want a second factor of its owner, proven shortly before', async () => {
    const token = attenuate(await make(), [103, 40]);
    const use = async () => (await auth.grant(token, auth.fresh('careful'))).code ?? 'granted';
    expect(await use()).toBe('granted');
    auth.clock.advance(41 * 60_000);
    expect(await use()).toBe('token.needs-second-factor');
    await proveFactor();
    expect(await use()).toBe('granted');
    await browser.post('/account/logout/');
    expect(await use()).toBe('token.needs-second-factor');
  });

  it('does not believe a second factor that somebody wrote into the database', async () => {
    const token = attenuate(await make(), [103, 5]);
    auth.clock.advance(6 * 60_000);
    const now = new Date(auth.clock.nowMs());
    await auth.rows(
      'UPDATE auth.session SET factor_at = $1 WHERE account_id = (SELECT id FROM auth.account WHERE username = $2)',
      now,
      name,
    );
    expect((await auth.introspect(token)).json).toEqual({ active: false, code: 'token.needs-second-factor' });
  });
});

it('a thief of the database who moves a token to another account has none that counts', async () => {
  const token = await make();
  await auth.rows(
    `UPDATE auth.token SET account_id = (SELECT id FROM auth.account WHERE username = $1) WHERE id = $2`,
    name === 'author-1' ? 'somebody-else' : 'author-1',
    parseToken(token).identifier,
  );
  expect((await auth.introspect(token)).status).toBe(500);
});
