import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startAuth } from './testing/auth-fixture.ts';
import type { AuthFixture } from './testing/auth-fixture.ts';
import { TestBrowser, mailTo, origin } from './testing/browser.ts';
import type { PageAnswer } from './testing/browser.ts';
import { appCode, confirmDevice, enrolApp, newMember, password } from './testing/member.ts';
import type { Enrolled } from './testing/member.ts';
import { SoftwareAuthenticator } from './testing/software-authenticator.ts';

const stepMs = 30_000;
const minuteMs = 60_000;
const dayMs = 24 * 3_600_000;
const mailedSubject = 'Confirm that you are signing in';
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const accountOf = (user: string) => `(SELECT id FROM auth.account WHERE username = '${user}')`;

let auth: AuthFixture;
let count = 0;
let name: string;
/** Where the account was made and the app set up. */
let home: TestBrowser;
let app: Enrolled;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(async () => {
  await auth.stop();
});
beforeEach(async () => {
  count += 1;
  name = `traveller-${count}`;
  home = await newMember(auth, name, `198.51.100.${count}`);
  app = await enrolApp(auth, home);
});

const elsewhere = (agent?: string): TestBrowser => new TestBrowser(auth, `203.0.113.${count}`, agent);

async function givePassword(browser: TestBrowser, next = '/account/', user = name): Promise<PageAnswer> {
  const answer = await browser.post('/account/login/', { username: user, password, next });
  expect(answer.location).toBe(`/account/second-factor/?next=${encodeURIComponent(next)}`);
  return answer;
}

/** Password and a code of the app, which nobody has used yet. */
async function giveCode(browser: TestBrowser, next = '/account/'): Promise<PageAnswer> {
  auth.clock.advance(stepMs);
  await givePassword(browser, next);
  return browser.post('/account/second-factor/', { code: appCode(auth, app.secret), next });
}

const isWaiting = ({ status, location }: PageAnswer): void => {
  expect([status, location]).toEqual([303, '/account/confirm-device/']);
};
const isIn = async (browser: TestBrowser): Promise<boolean> =>
  (await browser.get('/account/')).status === 200;

/** The newest link, and what stands in it. */
async function mailed(): Promise<{ path: string; token: string; text: string }> {
  const { path, text } = await mailTo(auth, `${name}@example.org`, mailedSubject);
  return { path, text, token: new URL(path, origin).searchParams.get('token')! };
}

const confirm = (browser: TestBrowser, token: string): Promise<PageAnswer> =>
  browser.post('/account/confirm-device/', { token });

const said = ({ status, code }: PageAnswer) => [status, code];
const refusedElsewhere = [403, 'account.link-elsewhere'];
const refusedLink = [400, 'account.link-refused'];

async function events(): Promise<string[]> {
  const { rows } = await auth.pool.query<{ event: string }>(
    `SELECT event FROM auth.audit WHERE account_id = ${accountOf(name)} ORDER BY id`,
  );
  return rows.map(({ event }) => event);
}

async function mailsOf(subject: string): Promise<number> {
  const url = `/mailbox/messages?to=${encodeURIComponent(`${name}@example.org`)}`;
  const answer = await auth.app.fastify.inject({ url });
  return answer.json<{ subject: string }[]>().filter((mail) => mail.subject === subject).length;
}

async function addPasskey(): Promise<SoftwareAuthenticator> {
  const device = new SoftwareAuthenticator();
  const options = await home.postJson('/account/passkeys/options/', { name: 'key' });
  const { challenge } = JSON.parse(options.text) as { challenge: string };
  const answer = device.create(challenge);
  expect((await home.postJson('/account/passkeys/', { name: 'key', answer })).status).toBe(200);
  return device;
}

describe('a code from an unknown device', () => {
  it.each(['a code of the app', 'a recovery code'])('opens nothing until the link is: %s', async (which) => {
    const there = elsewhere(firefox);
    auth.clock.advance(stepMs);
    await givePassword(there, '/account/log/');
    const code = which === 'a recovery code' ? app.codes[0]! : appCode(auth, app.secret);
    const typed = await there.post('/account/second-factor/', { code, next: '/account/log/' });
    isWaiting(typed);
    expect(await isIn(there)).toBe(false);
    expect((await there.get('/account/confirm-device/')).text).toContain('Read your mail');
    expect((await there.get('/account/second-factor/')).location).toBe('/account/confirm-device/');
    expect(there.device).toBeNull();
    const { path, text } = await mailed();
    expect(text).toContain(`address: 203.0.113.${count}\nbrowser: Firefox on Linux\n`);
    expect(text).toContain('change it now');
    const form = await there.get(path);
    expect(form.text).toContain(`203.0.113.${count}`);
    expect(form.text).toContain('Firefox on Linux');
    // Looking at it does nothing: programs that read mail do that.
    expect(await isIn(there)).toBe(false);
    const opened = await confirmDevice(auth, there, name, typed);
    expect([opened.status, opened.location]).toEqual([303, '/account/log/']);
    expect(await isIn(there)).toBe(true);
    expect((await events()).slice(-3)).toEqual([
      'account.device-unknown',
      'account.device-confirmed',
      'account.signed-in',
    ]);
  });

  it('is used up all the same', async () => {
    isWaiting(await giveCode(elsewhere()));
    const again = elsewhere();
    await givePassword(again);
    const answer = await again.post('/account/second-factor/', { code: appCode(auth, app.secret) });
    expect(said(answer)).toEqual([403, 'account.code-refused']);
    const third = elsewhere();
    await givePassword(third);
    isWaiting(await third.post('/account/second-factor/', { code: app.codes[1]! }));
    const fourth = elsewhere();
    await givePassword(fourth);
    const burned = await fourth.post('/account/second-factor/', { code: app.codes[1]! });
    expect(said(burned)).toEqual([403, 'account.code-refused']);
  });

  it('is not confirmed in another browser, not even where the person is signed in', async () => {
    const thief = elsewhere();
    isWaiting(await giveCode(thief));
    const { path, token } = await mailed();
    const victims = [home, new TestBrowser(auth, `192.0.2.${count}`), elsewhere()];
    await givePassword(victims[2]!);
    for (const victim of victims) {
      expect(said(await victim.get(path))).toEqual(refusedElsewhere);
      expect(said(await confirm(victim, token))).toEqual(refusedElsewhere);
    }
    expect([await isIn(thief), await isIn(victims[1]!), await isIn(victims[2]!)]).toEqual([
      false,
      false,
      false,
    ]);
    // The link itself is as good as before.
    expect((await confirm(thief, token)).location).toBe('/account/');
  });

  it('is not confirmed by the link of another sign-in', async () => {
    const first = elsewhere();
    isWaiting(await giveCode(first));
    const { token: ofFirst } = await mailed();
    const second = elsewhere();
    isWaiting(await giveCode(second));
    const { token: ofSecond } = await mailed();
    expect(said(await confirm(second, ofFirst))).toEqual(refusedLink);
    expect(said(await confirm(first, ofSecond))).toEqual(refusedLink);
    expect([await isIn(first), await isIn(second)]).toEqual([false, false]);
    expect((await confirm(second, ofSecond)).status).toBe(303);
    expect((await confirm(first, ofFirst)).status).toBe(303);
  });

  it('is confirmed once', async () => {
    const there = elsewhere();
    isWaiting(await giveCode(there));
    const copy = there.movedTo('203.0.113.250');
    const { path, token } = await mailed();
    expect((await confirm(there, token)).status).toBe(303);
    expect(said(await copy.get(path))).toEqual(refusedLink);
    expect(said(await confirm(copy, token))).toEqual(refusedLink);
    expect(said(await confirm(there, token))).toEqual(refusedElsewhere);
    expect(await isIn(copy)).toBe(false);
  });

  it('is confirmed for 30 minutes', async () => {
    const late = elsewhere();
    isWaiting(await giveCode(late));
    const { token: tooLate } = await mailed();
    auth.clock.advance(30 * minuteMs);
    expect(said(await confirm(late, tooLate))).toEqual(refusedLink);
    expect(await isIn(late)).toBe(false);
    const there = elsewhere();
    isWaiting(await giveCode(there));
    const { token } = await mailed();
    auth.clock.advance(29 * minuteMs);
    expect((await confirm(there, token)).status).toBe(303);
    // The proof is as old as the code: two minutes later it is no longer fresh.
    expect((await there.get('/account/totp/remove/')).status).toBe(200);
    auth.clock.advance(2 * minuteMs);
    expect((await there.get('/account/totp/remove/')).location).toMatch(/^\/account\/sudo\//);
  });

  it('makes one session of ten confirmations at once', async () => {
    const there = elsewhere();
    isWaiting(await giveCode(there));
    const { token } = await mailed();
    const sessions = async () => {
      const { rows } = await auth.pool.query<{ n: string }>(
        `SELECT count(*) AS n FROM auth.session WHERE account_id = ${accountOf(name)}`,
      );
      return Number(rows[0]!.n);
    };
    const before = await sessions();
    const copies = Array.from({ length: 10 }, (_, i) => there.movedTo(`203.0.113.${200 + i}`));
    const answers = await Promise.all(copies.map((copy) => confirm(copy, token)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 303))
      expect(said(answer)).toEqual(refusedLink);
    expect(await sessions()).toBe(before + 1);
  });

  it('is worth nothing after a new password', async () => {
    const thief = elsewhere();
    isWaiting(await giveCode(thief));
    const { token } = await mailed();
    await home.post('/account/password/', { old: password, password: 'another sentence' });
    expect(said(await confirm(thief, token))).toEqual(refusedLink);
    expect(await isIn(thief)).toBe(false);
  });

  it('is confirmed by a form of our own alone, and leads nowhere else', async () => {
    const there = elsewhere();
    auth.clock.advance(stepMs);
    await there.post('/account/login/', { username: name, password });
    const code = appCode(auth, app.secret);
    isWaiting(await there.post('/account/second-factor/', { code, next: '//evil.example/' }));
    const { token } = await mailed();
    const headers = { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' };
    const forged = await there.post('/account/confirm-device/', { token }, headers);
    expect(said(forged)).toEqual([403, 'request.cross-origin']);
    for (const wrong of [
      '',
      'x',
      token.slice(0, -1),
      `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
    ])
      expect(said(await confirm(there, wrong))).toEqual(refusedLink);
    expect((await confirm(there, token)).location).toBe('/account/');
  });

  it('mails five times, then no more; strangers cannot use that up', async () => {
    for (let i = 0; i < 8; i++)
      await new TestBrowser(auth, `192.0.2.${100 + i}`).post('/account/forgot/', { account: name });
    for (let i = 0; i < 5; i++) isWaiting(await giveCode(elsewhere()));
    const there = elsewhere();
    expect(said(await giveCode(there))).toEqual([429, 'rate.exceeded']);
    expect(await mailsOf(mailedSubject)).toBe(5);
    expect(await isIn(there)).toBe(false);
    expect((await there.get('/account/confirm-device/')).location).toBe('/account/');
    // Where the device is known nothing is mailed.
    expect((await giveCode(home)).location).toBe('/account/');
    auth.clock.advance(10 * minuteMs);
    isWaiting(await giveCode(elsewhere()));
  });

  it('has nothing in its mail that the browser said in its own words', async () => {
    const agent = 'Firefox/1\r\nBcc: everybody@example.org\r\n\r\nhttps://evil.example/ open this';
    isWaiting(await giveCode(elsewhere(agent)));
    const { text, path } = await mailed();
    expect(text).toContain('browser: Firefox\n');
    expect(text).not.toMatch(/evil|Bcc|open this\b.*evil|\r/);
    expect(path).toMatch(/^\/account\/confirm-device\/\?token=[\w-]{64}$/);
    expect(await mailsOf(mailedSubject)).toBe(1);
  });

  it('goes on without where no address is confirmed, and leaves the device unknown', async () => {
    await auth.pool.query(
      `UPDATE auth.email SET verified_at = NULL, proof = NULL WHERE account_id = ${accountOf(name)}`,
    );
    const there = elsewhere();
    expect((await giveCode(there)).location).toBe('/account/');
    expect([await isIn(there), there.device]).toEqual([true, null]);
  });
});

describe('a device', () => {
  it('is known where the account was signed in and the app set up', async () => {
    expect(home.device).not.toBeNull();
    await home.post('/account/logout/');
    expect((await giveCode(home)).location).toBe('/account/');
    expect(await mailsOf(mailedSubject)).toBe(0);
    expect(await events()).not.toContain('account.device-unknown');
  });

  it('is known once it was confirmed, for 90 days from the last sign-in', async () => {
    const there = elsewhere();
    await confirmDevice(auth, there, name, await giveCode(there));
    const cookie = there.device;
    for (let i = 0; i < 2; i++) {
      auth.clock.advance(89 * dayMs);
      expect((await giveCode(there)).location).toBe('/account/');
      expect(there.device).toBe(cookie);
    }
    auth.clock.advance(90 * dayMs);
    isWaiting(await giveCode(there));
  });

  it('asks for the second factor all the same', async () => {
    const { location } = await givePassword(home);
    expect(location).toMatch(/^\/account\/second-factor\//);
    expect((await home.post('/account/second-factor/', { code: '000000' })).status).toBe(403);
  });

  it('becomes known by a passkey, which waits for no mail', async () => {
    const device = await addPasskey();
    const there = elsewhere();
    await givePassword(there);
    const options = await there.postJson('/account/second-factor/passkey/options/', {});
    const { challenge } = JSON.parse(options.text) as { challenge: string };
    const answer = device.get(challenge);
    expect((await there.postJson('/account/second-factor/passkey/', { answer })).status).toBe(200);
    expect(await isIn(there)).toBe(true);
    expect(await mailsOf(mailedSubject)).toBe(0);
    expect((await giveCode(there)).location).toBe('/account/');
  });

  it.each(['an app', 'a passkey'])('becomes known by setting up %s there', async (which) => {
    const user = `${name}-new`;
    home = await newMember(auth, user, `192.0.2.${count}`);
    name = user;
    home.device = null;
    await auth.pool.query(`UPDATE auth.device SET ended_at = now() WHERE account_id = ${accountOf(user)}`);
    const enrolled = which === 'an app' ? await enrolApp(auth, home) : null;
    if (enrolled === null) {
      const made = await home.post('/account/recovery-codes/', { password });
      const codes = [...made.text.matchAll(/<code>([0-9a-z-]{19})<\/code>/g)].map(([, code]) => code!);
      await home.post('/account/recovery-codes/prove/', { code: codes[0]! });
      expect(home.device).toBeNull();
      await addPasskey();
      await givePassword(home);
      const answer = await home.post('/account/second-factor/', { code: codes[1]! });
      expect(answer.location).toBe('/account/');
      return;
    }
    app = enrolled;
    expect((await giveCode(home)).location).toBe('/account/');
  });

  it('is forgotten with the password, but for the one that changed it', async () => {
    const there = elsewhere();
    await confirmDevice(auth, there, name, await giveCode(there));
    const cookie = there.device;
    await home.post('/account/password/', { old: password, password: 'another sentence' });
    await home.post('/account/password/', { old: 'another sentence', password });
    expect((await giveCode(home)).location).toBe('/account/');
    expect(there.device).toBe(cookie);
    isWaiting(await giveCode(there));
    await home.post('/account/forgot/', { account: name });
    const { path } = await vi.waitFor(async () => {
      const mail = await mailTo(auth, `${name}@example.org`, 'Choose a new password');
      expect(mail.path).not.toBe('');
      return mail;
    });
    const token = new URL(path, origin).searchParams.get('token')!;
    const reset = await home.post('/account/reset/', { token, password: 'yet another sentence' });
    expect(reset.status).toBe(200);
    auth.clock.advance(stepMs);
    const sent = { username: name, password: 'yet another sentence' };
    await home.post('/account/login/', sent);
    isWaiting(await home.post('/account/second-factor/', { code: appCode(auth, app.secret) }));
  });

  it('is not known by a cookie that is forged, or of another account', async () => {
    const other = await newMember(auth, `${name}-o`, `192.0.2.${count}`);
    const ids = await auth.pool.query<{ id: string }>(
      `SELECT id FROM auth.account WHERE username IN ('${name}', '${name}-o') ORDER BY username`,
    );
    const [mine, theirs] = ids.rows.map(({ id }) => Buffer.from(id.replaceAll('-', ''), 'hex'));
    const secretOf = (cookie: string | null) => Buffer.from(cookie!, 'base64url').subarray(16);
    const cookies = [
      other.device!,
      Buffer.concat([mine!, secretOf(other.device)]).toString('base64url'),
      Buffer.concat([theirs!, secretOf(home.device)]).toString('base64url'),
      Buffer.concat([mine!, Buffer.alloc(32, 7)]).toString('base64url'),
      'x',
    ];
    for (const cookie of cookies) {
      const there = elsewhere();
      there.device = cookie;
      isWaiting(await giveCode(there));
    }
  });

  it('is listed, and forgotten by a button', async () => {
    const there = elsewhere(firefox);
    await confirmDevice(auth, there, name, await giveCode(there));
    const { text } = await home.get('/account/devices/');
    expect(text).toContain('<strong>Firefox on Linux</strong>');
    const ids = [...text.matchAll(/name="id" value="([0-9a-f]{64})"/g)].map(([, id]) => id!);
    expect(ids).toHaveLength(2);
    const rows = text.split('<strong>').slice(1);
    expect(rows.map((row) => row.includes('this one'))).toEqual([false, true]);
    const stranger = await newMember(auth, `${name}-o`, `192.0.2.${count}`);
    expect((await stranger.post('/account/devices/forget/', { id: ids[0]! })).status).toBe(303);
    expect((await giveCode(there)).location).toBe('/account/');
    const forgotten = await home.post('/account/devices/forget/', { id: ids[0]! });
    expect(forgotten.location).toBe('/account/devices/');
    expect((await events()).filter((event) => event === 'account.device-forgotten')).toHaveLength(1);
    expect((await home.get('/account/devices/')).text).not.toContain(ids[0]!);
    isWaiting(await giveCode(there));
    const nobody = await new TestBrowser(auth).get('/account/devices/');
    expect(nobody.location).toMatch(/^\/account\/login\//);
  });

  it('that is new is mailed where there is no second factor', async () => {
    const subject = 'You signed in from a new device';
    name = `${name}-plain`;
    home = await newMember(auth, name, `192.0.2.${count}`);
    expect(await mailsOf(subject)).toBe(0);
    const there = elsewhere(firefox);
    for (let i = 0; i < 2; i++) {
      expect((await there.post('/account/login/', { username: name, password })).location).toBe('/account/');
      await there.post('/account/logout/');
      expect(await mailsOf(subject)).toBe(1);
    }
    const { text } = await mailTo(auth, `${name}@example.org`, subject);
    expect(text).toContain(`address: 203.0.113.${count}\nbrowser: Firefox on Linux\n`);
    expect((await events()).filter((event) => event === 'account.device-unknown')).toHaveLength(1);
  });
});

describe('who can write the database, and does not have the key outside it,', () => {
  it('makes no device known', async () => {
    const thief = await newMember(auth, `${name}-t`, `192.0.2.${count}`);
    const victim = accountOf(name);
    const moved = elsewhere();
    moved.device = thief.device;
    const copied = elsewhere();
    const { rows } = await auth.pool.query<{ id: string }>(
      `SELECT id FROM auth.account WHERE id = ${victim}`,
    );
    const own = Buffer.from(rows[0]!.id.replaceAll('-', ''), 'hex');
    copied.device = Buffer.concat([own, Buffer.alloc(32, count)]).toString('base64url');
    // The role of auth may not move a row.
    await auth.owner.query(
      `UPDATE auth.device SET account_id = ${victim} WHERE account_id = ${accountOf(`${name}-t`)}`,
    );
    await auth.pool.query(
      `INSERT INTO auth.device (id, account_id, created_at, seen_at, expires_at, address, agent, proof)
       SELECT sha256($1), account_id, created_at, seen_at, expires_at, address, agent, proof
         FROM auth.device WHERE account_id = ${victim} LIMIT 1`,
      [Buffer.from(copied.device)],
    );
    isWaiting(await giveCode(moved));
    isWaiting(await giveCode(copied));
  });

  it('brings back none that was forgotten, and none that is too old', async () => {
    const there = elsewhere();
    await confirmDevice(auth, there, name, await giveCode(there));
    const all = `WHERE account_id = ${accountOf(name)}`;
    await home.post('/account/password/', { old: password, password: 'another sentence' });
    await home.post('/account/password/', { old: 'another sentence', password });
    await auth.pool.query(`UPDATE auth.device SET ended_at = NULL ${all}`);
    isWaiting(await giveCode(there));
    await auth.pool.query(
      `UPDATE auth.device SET proof = (SELECT proof FROM auth.device ${all} AND proof IS NOT NULL LIMIT 1) ${all}`,
    );
    isWaiting(await giveCode(there));
    auth.clock.advance(90 * dayMs);
    await auth.pool.query(`UPDATE auth.device SET expires_at = '2100-01-01' ${all}`);
    isWaiting(await giveCode(home));
  });

  it('makes no link good, and no sign-in wait for one', async () => {
    const there = elsewhere();
    isWaiting(await giveCode(there));
    const { token } = await mailed();
    const victim = accountOf(name);
    const { rows: mails } = await auth.pool.query<{ text: string }>(
      `SELECT row_to_json(m)::text AS text FROM auth.mail m UNION ALL SELECT row_to_json(l)::text FROM auth.mail_link l`,
    );
    expect(mails.map(({ text }) => text).join()).not.toContain(token);
    // A link of its own for the other's account.
    const own = Buffer.concat([Buffer.from(token, 'base64url').subarray(0, 16), Buffer.alloc(32, 5)]);
    await auth.pool.query(
      `INSERT INTO auth.mail_link (id, purpose, account_id, expires_at) VALUES (sha256($1), 'confirm-device', ${victim}, '2100-01-01')`,
      [own],
    );
    expect(said(await confirm(there, own.toString('base64url')))).toEqual(refusedLink);
    // Half a session that owes the code, made to look as if it had been given.
    const thief = elsewhere();
    await givePassword(thief);
    await auth.pool.query(
      `UPDATE auth.half_session SET waiting = (SELECT waiting FROM auth.half_session WHERE waiting IS NOT NULL AND account_id = ${victim})
        WHERE account_id = ${victim} AND waiting IS NULL AND ended_at IS NULL`,
    );
    expect(said(await confirm(thief, token))).toEqual([500, 'internal']);
    expect(await isIn(thief)).toBe(false);
    // One that is too old.
    auth.clock.advance(31 * minuteMs);
    await auth.pool.query(
      `UPDATE auth.half_session SET expires_at = '2100-01-01' WHERE account_id = ${victim}`,
    );
    await auth.pool.query(`UPDATE auth.mail_link SET expires_at = '2100-01-01' WHERE account_id = ${victim}`);
    expect(said(await confirm(there, token))).toEqual(refusedLink);
    expect(await isIn(there)).toBe(false);
  });
});
