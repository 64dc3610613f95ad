import { openPool } from '@rind/database';
import type { Pool } from '@rind/database';
import { systemRandomness } from '@rind/kernel';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PasskeyFactor } from './second-factor/passkey-factor.ts';
import type { AccountParts } from './accounts/account-parts.ts';
import { PARTS } from './web/web.module.ts';
import { Vault } from './protection/vault.ts';
import { startAuth } from './testing/auth-fixture.ts';
import type { AuthFixture } from './testing/auth-fixture.ts';
import { TestBrowser, mailTo, origin } from './testing/browser.ts';
import type { PageAnswer } from './testing/browser.ts';
import { appCode, confirmDevice, enrolApp, newMember, password } from './testing/member.ts';
import { SoftwareAuthenticator } from './testing/software-authenticator.ts';
import type { Deviation } from './testing/software-authenticator.ts';

interface Options {
  readonly challenge: string;
  readonly [name: string]: unknown;
}

let auth: AuthFixture;
let pool: Pool;
let count = 0;
let name: string;
let browser: TestBrowser;
let codes: string[];
beforeAll(async () => {
  auth = await startAuth();
  pool = openPool(auth.postgres.url('rind_auth', 'rind_auth', 'auth-password'), { max: 20, name: 'test' });
});
afterAll(async () => {
  await pool.close();
  await auth.stop();
});
beforeEach(async () => {
  count += 1;
  name = `keyholder-${count}`;
  browser = await newMember(auth, name, `198.51.100.${count}`);
  codes = await proveCodes(browser);
});

/** Makes recovery codes and uses one, as has to be done before the first factor. */
async function proveCodes(who: TestBrowser): Promise<string[]> {
  const page = await who.post('/account/recovery-codes/', { password });
  const made = [...page.text.matchAll(/<code>([0-9a-z-]{19})<\/code>/g)].map(([, code]) => code!);
  await who.post('/account/recovery-codes/prove/', { code: made[0]! });
  return made;
}

async function addOptions(who: TestBrowser, keyName: string): Promise<Options> {
  const answer = await who.postJson('/account/passkeys/options/', { name: keyName });
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text) as Options;
}

async function add(
  device: SoftwareAuthenticator,
  {
    who = browser,
    keyName = 'phone',
    ...deviation
  }: Deviation & { who?: TestBrowser; keyName?: string } = {},
): Promise<PageAnswer> {
  const { challenge } = await addOptions(who, keyName);
  const answer = device.create(challenge, deviation);
  return who.postJson('/account/passkeys/', { name: keyName, answer });
}

/** Somebody with a passkey. */
async function withPasskey(who = browser): Promise<SoftwareAuthenticator> {
  const device = new SoftwareAuthenticator();
  const added = await add(device, { who });
  expect([added.status, JSON.parse(added.text)]).toEqual([200, { next: '/account/factors/' }]);
  return device;
}

/** Somebody who has given the password from another machine. */
async function halfWay(address = `203.0.113.${count}`, user = name): Promise<TestBrowser> {
  const other = new TestBrowser(auth, address);
  const answer = await other.post('/account/login/', { username: user, password });
  expect(answer.location).toBe(`/account/second-factor/?next=${encodeURIComponent('/account/')}`);
  return other;
}

async function challengeFor(half: TestBrowser): Promise<string> {
  const answer = await half.postJson('/account/second-factor/passkey/options/', {});
  return (JSON.parse(answer.text) as Options).challenge;
}

async function signIn(
  device: SoftwareAuthenticator,
  half: TestBrowser,
  deviation: Deviation = {},
): Promise<PageAnswer> {
  const answer = device.get(await challengeFor(half), deviation);
  return half.postJson('/account/second-factor/passkey/', { answer });
}

const isRefused = ({ status, code }: PageAnswer): void => {
  expect([status, code]).toEqual([403, 'account.passkey-refused']);
};

const rowOf = async (device: SoftwareAuthenticator) => {
  const { rows } = await pool.query<{ id: string; counter: string; last_used_at: Date | null }>(
    'SELECT id, counter, last_used_at FROM auth.passkey WHERE credential_id = $1',
    [device.credentialId],
  );
  return rows[0]!;
};

async function events(of = name): Promise<string[]> {
  const { rows } = await pool.query<{ event: string }>(
    `SELECT event FROM auth.audit WHERE account_id = (SELECT id FROM auth.account WHERE username = $1) ORDER BY id`,
    [of],
  );
  return rows.map(({ event }) => event);
}

describe('adding a passkey', () => {
  it('asks a browser for one of this address, of this account, without attestation', async () => {
    const device = await withPasskey();
    const { rows } = await pool.query<{ id: string }>('SELECT id FROM auth.account WHERE username = $1', [
      name,
    ]);
    const options = await addOptions(browser, 'laptop');
    expect(options).toMatchObject({
      rp: { id: 'localhost', name: 'Rind' },
      user: { id: Buffer.from(rows[0]!.id.replaceAll('-', ''), 'hex').toString('base64url'), name },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'discouraged', userVerification: 'preferred' },
      excludeCredentials: [{ id: device.id, type: 'public-key', transports: ['usb'] }],
      timeout: 300_000,
    });
    expect(Buffer.from(options.challenge, 'base64url')).toHaveLength(32);
  });

  it('shows it with its name, stands in the log, and is mailed', async () => {
    const device = new SoftwareAuthenticator();
    expect((await add(device, { keyName: ' <b>phone</b> ' })).status).toBe(200);
    const { text } = await browser.get('/account/factors/');
    expect(text).toContain('<strong>&lt;b&gt;phone&lt;/b&gt;</strong>');
    expect(text).toContain('not used yet');
    expect(await events()).toContain('account.passkey-added');
    expect((await mailTo(auth, `${name}@example.org`)).subject).toBe('A passkey was added');
  });

  it('needs a confirmed address, and recovery codes of which one was used', async () => {
    const unproven = await newMember(auth, `${name}-u`, `192.0.2.${count}`);
    const refused = await unproven.postJson('/account/passkeys/options/', { name: 'phone' });
    expect([refused.status, refused.location]).toEqual([303, '/account/factors/']);
    expect((await unproven.get('/account/passkeys/')).location).toBe('/account/factors/');
    // With the challenge of before in hand, too.
    const { challenge } = await addOptions(browser, 'phone');
    await browser.post('/account/recovery-codes/', { password });
    const answer = new SoftwareAuthenticator().create(challenge);
    const late = await browser.postJson('/account/passkeys/', { name: 'phone', answer });
    expect([late.status, late.location]).toEqual([303, '/account/factors/']);
    const stranger = await new TestBrowser(auth).postJson('/account/passkeys/options/', { name: 'phone' });
    expect([stranger.status, stranger.location]).toEqual([
      303,
      `/account/login/?next=${encodeURIComponent('/account/passkeys/')}`,
    ]);
  });

  it.each([
    ['another origin', { origin: 'http://localhost:8460' }],
    ['the same host by TLS', { origin: 'https://localhost:8459' }],
    ['another RP id', { rpId: 'example.org' }],
    ['a frame on another site', { crossOrigin: true }],
    ['the other ceremony', { type: 'webauthn.get' }],
    ['nobody present', { flags: 0x40 }],
  ] as const)('is refused from %s', async (_what, deviation) => {
    isRefused(await add(new SoftwareAuthenticator(), deviation as Deviation));
    expect(await events()).not.toContain('account.passkey-added');
  });

  it('takes an answer once, from the session that asked, within five minutes', async () => {
    const { challenge } = await addOptions(browser, 'phone');
    const other = new TestBrowser(auth, '192.0.2.9');
    await other.post('/account/login/', { username: name, password });
    const answer = new SoftwareAuthenticator().create(challenge);
    isRefused(await other.postJson('/account/passkeys/', { name: 'phone', answer }));
    expect((await browser.postJson('/account/passkeys/', { name: 'phone', answer })).status).toBe(200);
    isRefused(await browser.postJson('/account/passkeys/', { name: 'again', answer }));
    const late = await addOptions(browser, 'late');
    auth.clock.advance(300_001);
    const answered = new SoftwareAuthenticator().create(late.challenge);
    isRefused(await browser.postJson('/account/passkeys/', { name: 'late', answer: answered }));
  });

  it('takes each authenticator once, whoever has it, and each name once', async () => {
    const device = await withPasskey();
    isRefused(await add(device, { keyName: 'again' }));
    const other = await newMember(auth, `${name}-o`, `192.0.2.${count}`);
    await proveCodes(other);
    isRefused(await add(new SoftwareAuthenticator(device.credentialId), { who: other }));
    for (const keyName of ['phone', 'PHONE ', '', ' ', 'a'.repeat(65), 'a\u202eb']) {
      const answer = await browser.postJson('/account/passkeys/options/', { name: keyName });
      expect([answer.status, answer.code]).toEqual([400, 'account.form-refused']);
    }
    expect((await add(new SoftwareAuthenticator(), { keyName: '🗝'.repeat(64) })).status).toBe(200);
    // Where the name was free when it was asked for.
    const { challenge } = await addOptions(browser, 'free');
    await add(new SoftwareAuthenticator(), { keyName: 'free' });
    const answer = new SoftwareAuthenticator().create(challenge);
    const taken = await browser.postJson('/account/passkeys/', { name: 'free', answer });
    expect([taken.status, taken.code]).toEqual([400, 'account.form-refused']);
  });

  it('is done twenty times at most', async () => {
    for (let i = 0; i < 20; i++)
      expect((await add(new SoftwareAuthenticator(), { keyName: `key ${i}` })).status).toBe(200);
    isRefused(await browser.postJson('/account/passkeys/options/', { name: 'one more' }));
  });

  it('adds one of many at once that have the same name, or the same credential', async () => {
    const challenges = await Promise.all(
      Array.from({ length: 10 }, async () => (await addOptions(browser, 'same')).challenge),
    );
    const credentialId = Buffer.alloc(20, count);
    const answers = await Promise.all(
      challenges.map((challenge, i) => {
        const device = i % 2 === 0 ? new SoftwareAuthenticator() : new SoftwareAuthenticator(credentialId);
        const keyName = i % 2 === 0 ? 'same' : `other-${i}`;
        return browser.postJson('/account/passkeys/', { name: keyName, answer: device.create(challenge) });
      }),
    );
    const added = answers.map(({ status }) => status === 200);
    for (const { status, code } of answers.filter((_, i) => !added[i]))
      expect([status, code]).toBeOneOf([
        [400, 'account.form-refused'],
        [403, 'account.passkey-refused'],
      ]);
    expect(added.filter((_, i) => i % 2 === 0).filter(Boolean)).toHaveLength(1);
    expect(added.filter((_, i) => i % 2 === 1).filter(Boolean)).toHaveLength(1);
  });

  it('is done by a form of our own alone', async () => {
    const headers = { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' };
    for (const path of ['/account/passkeys/options/', '/account/passkeys/']) {
      const answer = await browser.postJson(path, { name: 'phone' }, headers);
      expect([answer.status, answer.code]).toEqual([403, 'request.cross-origin']);
    }
  });
});

describe('signing in with a passkey', () => {
  it('takes the password, then the passkey', async () => {
    const device = await withPasskey();
    const half = await halfWay();
    expect((await half.get('/account/')).status).toBe(303);
    const { text } = await half.get('/account/second-factor/');
    expect(text).toContain('data-passkey="get"');
    const answer = device.get(await challengeFor(half));
    const next = '/account/log/';
    const signed = await half.postJson('/account/second-factor/passkey/', { answer, next });
    expect([signed.status, JSON.parse(signed.text)]).toEqual([200, { next }]);
    expect((await half.get('/account/')).status).toBe(200);
    const { counter, last_used_at } = await rowOf(device);
    expect([counter, last_used_at]).toEqual(['2', new Date(auth.clock.nowMs())]);
    expect((await half.get('/account/factors/')).text).toContain('last used');
    // Half a session is good for one.
    expect((await half.postJson('/account/second-factor/passkey/options/', {})).location).toBe(
      '/account/login/',
    );
  });

  it('leads nowhere but to these pages', async () => {
    const device = await withPasskey();
    const half = await halfWay();
    const answer = device.get(await challengeFor(half));
    const signed = await half.postJson('/account/second-factor/passkey/', { answer, next: '//evil.example' });
    expect(JSON.parse(signed.text)).toEqual({ next: '/account/' });
  });

  it('takes a recovery code too, and no code of an app that there is not', async () => {
    await withPasskey();
    const half = await halfWay();
    expect((await half.get('/account/second-factor/')).text).toContain('One of your recovery codes.');
    const refused = await half.post('/account/second-factor/', { code: '000000' });
    expect([refused.status, refused.code]).toEqual([403, 'account.code-refused']);
    const right = await half.post('/account/second-factor/', { code: codes[1]! });
    expect((await confirmDevice(auth, half, name, right)).location).toBe('/account/');
  });

  it.each([
    ['another origin', { origin: 'http://localhost:8460' }],
    ['a subdomain', { origin: 'http://auth.localhost:8459' }],
    ['another RP id', { rpId: 'example.org' }],
    ['a frame on another site', { crossOrigin: true }],
    ['the other ceremony', { type: 'webauthn.create' }],
    ['nobody present', { flags: 0 }],
    ['verification without presence', { flags: 0x04 }],
    ['another account’s user handle', { userHandle: Buffer.alloc(16).toString('base64url') }],
  ] as const)('is refused from %s', async (_what, deviation) => {
    const device = await withPasskey();
    const half = await halfWay();
    isRefused(await signIn(device, half, deviation));
    expect((await half.get('/account/')).status).toBe(303);
    // It was that and nothing else.
    expect((await signIn(device, half)).status).toBe(200);
  });

  it('takes no passkey of another account, nor another key under the same id', async () => {
    const device = await withPasskey();
    const victim = name;
    const thief = await newMember(auth, `${name}-t`, `192.0.2.${count}`);
    await proveCodes(thief);
    const own = await withPasskey(thief);
    const half = await halfWay(undefined, victim);
    isRefused(await signIn(own, half));
    isRefused(await signIn(new SoftwareAuthenticator(device.credentialId), half));
  });

  it('takes no answer twice, none of another session, and none that is late', async () => {
    const device = await withPasskey();
    device.counts = false;
    device.counter = 0;
    await pool.query('UPDATE auth.passkey SET counter = 0 WHERE credential_id = $1', [device.credentialId]);
    const half = await halfWay();
    const answer = device.get(await challengeFor(half));
    const other = await halfWay();
    isRefused(await other.postJson('/account/second-factor/passkey/', { answer }));
    expect((await half.postJson('/account/second-factor/passkey/', { answer })).status).toBe(200);
    isRefused(await other.postJson('/account/second-factor/passkey/', { answer }));
    const wrongOnce = device.get(await challengeFor(other), { rpId: 'example.org' });
    const { challenge } = JSON.parse(
      Buffer.from(wrongOnce.response.clientDataJSON, 'base64url').toString(),
    ) as Options;
    isRefused(await other.postJson('/account/second-factor/passkey/', { answer: wrongOnce }));
    // A challenge is used up by a wrong answer as by a right one.
    isRefused(await other.postJson('/account/second-factor/passkey/', { answer: device.get(challenge) }));
    const late = device.get(await challengeFor(other));
    auth.clock.advance(300_001);
    isRefused(await other.postJson('/account/second-factor/passkey/', { answer: late }));
  });

  it('takes no answer that was given for something else', async () => {
    const device = await withPasskey();
    const { challenge } = await addOptions(browser, 'other');
    const half = await halfWay();
    isRefused(await half.postJson('/account/second-factor/passkey/', { answer: device.get(challenge) }));
    const forSignIn = await challengeFor(half);
    const answer = new SoftwareAuthenticator().create(forSignIn);
    isRefused(await browser.postJson('/account/passkeys/', { name: 'other', answer }));
  });

  it('makes one session of twenty answers at once', async () => {
    const device = await withPasskey();
    const half = await halfWay();
    const answer = device.get(await challengeFor(half));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        half.movedTo(`203.0.113.${100 + i}`).postJson('/account/second-factor/passkey/', { answer }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    // Who comes last finds the half session over.
    const others = answers.filter(({ status }) => status !== 200);
    for (const each of others.filter(({ location }) => location !== '/account/login/')) isRefused(each);
    const { rows } = await pool.query(
      `SELECT 1 FROM auth.session s JOIN auth.account a ON a.id = s.account_id
        WHERE a.username = $1 AND s.factor_at IS NOT NULL`,
      [name],
    );
    expect(rows).toHaveLength(1);
  });

  it('is limited as codes are, together with them', async () => {
    const device = await withPasskey();
    const half = await halfWay();
    for (let i = 0; i < 5; i++) await half.post('/account/second-factor/', { code: '000000' });
    for (let i = 0; i < 5; i++) isRefused(await signIn(device, half, { flags: 0 }));
    const limited = await signIn(device, half);
    expect([limited.status, limited.code]).toEqual([429, 'rate.exceeded']);
  });

  it('ends with the half session: none after a new password', async () => {
    const device = await withPasskey();
    const half = await halfWay();
    const answer = device.get(await challengeFor(half));
    await browser.post('/account/password/', { old: password, password: 'another sentence' });
    const cut = await half.postJson('/account/second-factor/passkey/', { answer });
    expect([cut.status, cut.location]).toEqual([303, '/account/login/']);
  });

  it('works beside an app, and for a removed app', async () => {
    const { secret } = await enrolApp(auth, browser);
    const code = () => appCode(auth, secret);
    const device = await withPasskey();
    expect((await signIn(device, await halfWay())).status).toBe(200);
    const other = await halfWay();
    const right = await other.post('/account/second-factor/', { code: code() });
    expect((await confirmDevice(auth, other, name, right)).location).toBe('/account/');
    auth.clock.advance(30_000);
    await browser.post('/account/totp/remove/', { password, code: code() });
    expect((await signIn(device, await halfWay())).status).toBe(200);
  });

  it.each(['{}', '{"answer":7}', '{"answer":{"id":"AA","rawId":"AA","type":"public-key","response":{}}}'])(
    'refuses %s',
    async (body) => {
      await withPasskey();
      const half = await halfWay();
      isRefused(await half.postJson('/account/second-factor/passkey/', JSON.parse(body) as object));
    },
  );
});

describe('a counter that goes back', () => {
  it('is refused, stands in the log, and is mailed', async () => {
    const device = await withPasskey();
    expect((await signIn(device, await halfWay())).status).toBe(200);
    const half = await halfWay();
    for (const counter of [0, 1]) {
      device.counter = counter;
      isRefused(await signIn(device, half));
    }
    expect((await events()).filter((event) => event === 'account.passkey-cloned')).toHaveLength(2);
    expect((await mailTo(auth, `${name}@example.org`)).subject).toBe('A passkey was refused');
    device.counter = 0;
    device.counts = false;
    isRefused(await signIn(device, half));
    expect((await rowOf(device)).counter).toBe('2');
    device.counts = true;
    device.counter = 2;
    expect((await signIn(device, half)).status).toBe(200);
  });

  it('lets one of two copies in, at once', async () => {
    const device = await withPasskey();
    const halves = await Promise.all(Array.from({ length: 8 }, (_, i) => halfWay(`203.0.113.${140 + i}`)));
    const answers = await Promise.all(
      halves.map(async (half) => {
        const challenge = await challengeFor(half);
        device.counter = 6;
        return half.postJson('/account/second-factor/passkey/', { answer: device.get(challenge) });
      }),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('is none where the authenticator does not count', async () => {
    const device = new SoftwareAuthenticator();
    device.counts = false;
    expect((await add(device)).status).toBe(200);
    for (let i = 0; i < 2; i++) expect((await signIn(device, await halfWay())).status).toBe(200);
    expect((await rowOf(device)).counter).toBe('0');
  });
});

describe('removing a passkey', () => {
  it('ends what it opened, is mailed, and frees name and authenticator', async () => {
    const device = await withPasskey();
    const half = await halfWay();
    const answer = device.get(await challengeFor(half));
    const { id } = await rowOf(device);
    const path = `/account/passkeys/${id}/remove/`;
    expect((await browser.get(path)).text).toContain('Signing in takes your password alone after that.');
    expect((await browser.post(path)).location).toBe('/account/factors/');
    expect((await mailTo(auth, `${name}@example.org`)).subject).toBe('A passkey was removed');
    expect(await events()).toContain('account.passkey-removed');
    isRefused(await half.postJson('/account/second-factor/passkey/', { answer }));
    const other = new TestBrowser(auth, '192.0.2.10');
    expect((await other.post('/account/login/', { username: name, password })).location).toBe('/account/');
    expect((await add(device)).status).toBe(200);
  });

  it('leaves the others, and those of other people', async () => {
    const device = await withPasskey();
    const second = new SoftwareAuthenticator();
    await add(second, { keyName: 'key' });
    const { id } = await rowOf(second);
    const other = await newMember(auth, `${name}-o`, `192.0.2.${count}`);
    await other.post(`/account/passkeys/${id}/remove/`);
    expect((await other.get(`/account/passkeys/${id}/remove/`)).location).toBe('/account/factors/');
    expect((await signIn(second, await halfWay())).status).toBe(200);
    await browser.post(`/account/passkeys/${id}/remove/`);
    const half = await halfWay();
    isRefused(await signIn(second, half));
    expect((await signIn(device, half)).status).toBe(200);
  });
});

describe('who can write the database, and does not have the key outside it,', () => {
  const accountOf = (user: string) => `(SELECT id FROM auth.account WHERE username = '${user}')`;

  it('moves no passkey of its own to somebody else', async () => {
    await withPasskey();
    const victim = name;
    const thief = await newMember(auth, `${name}-t`, `192.0.2.${count}`);
    await proveCodes(thief);
    const device = await withPasskey(thief);
    // The role of auth may not even do that.
    await auth.owner.query(
      `UPDATE auth.passkey SET account_id = ${accountOf(victim)}, name = 'moved' WHERE credential_id = $1`,
      [device.credentialId],
    );
    const half = await halfWay(undefined, victim);
    const answer = await signIn(device, half);
    expect([answer.status, answer.code]).toEqual([500, 'internal']);
    expect((await half.get('/account/')).status).toBe(303);
  });

  it('writes no passkey of its own, and does not make the password enough', async () => {
    const genuine = await withPasskey();
    const device = new SoftwareAuthenticator();
    await pool.query(
      `INSERT INTO auth.passkey (id, account_id, name, credential_id, public_key, proof, transports, counter, added_at)
       SELECT gen_random_uuid(), account_id, 'mine', $1, $2, proof, '{}', 0, now() FROM auth.passkey WHERE credential_id = $3`,
      [device.credentialId, device.publicKey, genuine.credentialId],
    );
    const half = await halfWay();
    const { allowCredentials } = JSON.parse(
      (await half.postJson('/account/second-factor/passkey/options/', {})).text,
    ) as Options;
    expect(allowCredentials).toEqual([{ id: genuine.id, type: 'public-key', transports: ['usb'] }]);
    expect((await signIn(device, half)).status).toBe(500);
    expect((await half.get('/account/')).status).toBe(303);
    // Its own key in the genuine row.
    await auth.owner.query('UPDATE auth.passkey SET public_key = $1 WHERE credential_id = $2', [
      device.publicKey,
      genuine.credentialId,
    ]);
    const swapped = new SoftwareAuthenticator(genuine.credentialId);
    expect((await signIn(swapped, half)).status).toBe(500);
    await halfWay('192.0.2.11');
  });

  it('is not taken for somebody who has a second factor, but asked for one', async () => {
    const { hasFactor } = auth.app.nest.get<AccountParts>(PARTS, { strict: false });
    const { rows } = await pool.query<{ id: string }>('SELECT id FROM auth.account WHERE username = $1', [
      name,
    ]);
    const accountId = rows[0]!.id;
    await pool.query(
      `INSERT INTO auth.passkey (id, account_id, name, credential_id, public_key, proof, transports, counter, added_at)
       VALUES (gen_random_uuid(), $1, 'mine', $2, $3, $4, '{}', 0, now())`,
      [accountId, Buffer.alloc(32, count), new SoftwareAuthenticator().publicKey, Buffer.alloc(32)],
    );
    await pool.query(
      `INSERT INTO auth.totp (id, account_id, sealed, enrolled_at, last_step)
       VALUES (gen_random_uuid(), $1, $2, now(), 0)`,
      [accountId, Buffer.alloc(64)],
    );
    await halfWay();
    expect(await hasFactor(pool, accountId)).toBe(false);
    await withPasskey();
    expect(await hasFactor(pool, accountId)).toBe(true);
  });

  it('writes no challenge, and reads none', async () => {
    const device = await withPasskey();
    const half = await halfWay();
    const challenge = await challengeFor(half);
    const { rows } = await pool.query<{ text: string }>(
      'SELECT row_to_json(c)::text AS text FROM auth.passkey_challenge c',
    );
    const hex = Buffer.from(challenge, 'base64url').toString('hex');
    expect(rows.map(({ text }) => text).join()).not.toContain(hex);
    const own = Buffer.alloc(32, 9);
    await pool.query(
      `INSERT INTO auth.passkey_challenge (id, created_at, expires_at) VALUES ($1, now(), '2100-01-01')`,
      [own],
    );
    const answer = device.get(own.toString('base64url'));
    isRefused(await half.postJson('/account/second-factor/passkey/', { answer }));
  });
});

describe('proving again who one is', () => {
  const sensitive = '/account/passkeys/';
  const asked = `/account/sudo/?next=${encodeURIComponent(sensitive)}`;
  const sudoChallenge = async (who: TestBrowser): Promise<string> => {
    const answer = await who.postJson('/account/sudo/passkey/options/', {});
    return (JSON.parse(answer.text) as Options).challenge;
  };

  it('takes a passkey or a recovery code; the password is not enough', async () => {
    const device = await withPasskey();
    auth.clock.advance(30 * 60_000);
    expect((await browser.get(sensitive)).location).toBe(asked);
    expect((await browser.get(asked)).text).toContain('data-passkey="get"');
    const byPassword = await browser.post('/account/sudo/', { next: sensitive, password });
    expect([byPassword.status, byPassword.code]).toEqual([403, 'account.code-refused']);
    const answer = device.get(await sudoChallenge(browser));
    const proven = await browser.postJson('/account/sudo/passkey/', { answer, next: sensitive });
    expect([proven.status, JSON.parse(proven.text)]).toEqual([200, { next: sensitive }]);
    expect((await browser.get(sensitive)).status).toBe(200);
    auth.clock.advance(30 * 60_000);
    isRefused(await browser.postJson('/account/sudo/passkey/', { answer, next: sensitive }));
    expect((await browser.get(sensitive)).location).toBe(asked);
    const byCode = await browser.post('/account/sudo/', { next: sensitive, code: codes[1]! });
    expect(byCode.location).toBe(sensitive);
  });

  it('takes nothing that was given to sign in, nor to another session', async () => {
    const device = await withPasskey();
    const half = await halfWay();
    auth.clock.advance(60_000);
    const forSignIn = device.get(await challengeFor(half));
    isRefused(await browser.postJson('/account/sudo/passkey/', { answer: forSignIn }));
    const forSudo = device.get(await sudoChallenge(browser));
    isRefused(await half.postJson('/account/second-factor/passkey/', { answer: forSudo }));
    expect((await signIn(device, half)).status).toBe(200);
    isRefused(await half.postJson('/account/sudo/passkey/', { answer: forSudo }));
  });

  it('comes before adding and removing, by page and by script', async () => {
    const device = await withPasskey();
    const { id } = await rowOf(device);
    auth.clock.advance(30 * 60_000);
    const remove = `/account/passkeys/${id}/remove/`;
    const sudo = (path: string) => `/account/sudo/?next=${encodeURIComponent(path)}`;
    expect((await browser.get(remove)).location).toBe(sudo(remove));
    expect((await browser.post(remove)).location).toBe(sudo(remove));
    for (const path of ['/account/passkeys/options/', '/account/passkeys/'])
      expect((await browser.postJson(path, { name: 'other' })).location).toBe(sudo('/account/passkeys/'));
    await halfWay();
  });

  it('counts for that purpose and asker, once of twenty at once, counting or not', async () => {
    const device = new SoftwareAuthenticator();
    device.counts = false;
    await add(device);
    const { rows } = await pool.query<{ id: string }>('SELECT id FROM auth.account WHERE username = $1', [
      name,
    ]);
    const accountId = rows[0]!.id;
    const asker = Buffer.alloc(32, 1);
    const passkeys = new PasskeyFactor({
      vault: new Vault(Buffer.from('5a'.repeat(32), 'hex'), systemRandomness),
      clock: auth.clock,
      randomness: systemRandomness,
      origin,
    });
    const { challenge } = await passkeys.options(pool, accountId, 'sudo', asker);
    const answer = device.get(challenge);
    const use = (purpose: 'sudo' | 'sign-in', who: Buffer) =>
      pool.transaction((tx) => passkeys.use(tx, accountId, purpose, who, answer));
    expect(await use('sign-in', asker)).toBe('wrong');
    expect(await use('sudo', Buffer.alloc(32, 2))).toBe('wrong');
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => use('sudo', asker)));
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'wrong')).toHaveLength(19);
  });
});

describe('the script', () => {
  it('is let in on the pages that need it, by its whole address, and nowhere else', async () => {
    await withPasskey();
    const half = await halfWay();
    for (const page of [await browser.get('/account/passkeys/'), await half.get('/account/second-factor/')]) {
      const [, src] = /<script src="([^"]+)" defer><\/script>/.exec(page.text)!;
      const policy = String(page.headers['content-security-policy']);
      expect(policy).toContain(`script-src ${origin}${src};`);
      expect(policy).toContain("connect-src 'self'");
      const script = await browser.get(src!);
      expect([script.status, script.headers['content-type']]).toEqual([
        200,
        'text/javascript; charset=utf-8',
      ]);
      expect(script.headers['cache-control']).toContain('immutable');
    }
    for (const path of ['/account/', '/account/factors/', '/account/login/', '/account/second-factor/']) {
      const page = await browser.get(path);
      expect(page.text).not.toContain('<script');
      expect(String(page.headers['content-security-policy'])).not.toContain('script-src');
    }
  });
});
