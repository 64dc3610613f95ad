import { createSign, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemRandomness } from '@rind/kernel';
import { attenuate, mintToken, parseToken } from '@rind/macaroon';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startAuthCalls } from './testing/auth-calls.ts';
import type { AuthCalls } from './testing/auth-calls.ts';
import { mailTo } from './testing/browser.ts';
import { newMember } from './testing/member.ts';

let server: Server;
let published: unknown;
let asked = 0;
let scanner: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
let auth: AuthCalls;
let count = 0;
let name: string;
let token: string;
beforeAll(async () => {
  scanner = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  server = createServer((_request, response) => {
    asked++;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(published));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  auth = await startAuthCalls({ RIND_DISCLOSURE_KEYS_URL: `http://127.0.0.1:${port}/keys` });
  published = { public_keys: [keyOf('first', scanner.publicKey)] };
});
afterAll(async () => {
  const log = auth.log();
  await auth.stop();
  server.close();
  for (const each of auth.minted) expect(log).not.toContain(each);
});
beforeEach(async () => {
  count += 1;
  name = `leaker-${count}`;
  await newMember(auth, name, `198.51.100.${count}`);
  token = await auth.mint(name);
});

function keyOf(key_identifier: string, key: KeyObject): object {
  return { key_identifier, key: key.export({ type: 'spki', format: 'pem' }), is_current: true };
}

interface Report {
  readonly body?: string;
  readonly identifier?: string;
  readonly key?: KeyObject;
  readonly signed?: string;
  readonly path?: string;
}

async function report(tokens: readonly unknown[], options: Report = {}): Promise<string> {
  const body = options.body ?? JSON.stringify(tokens);
  const { identifier = 'first', key = scanner.privateKey, path = '/_/secrets/disclose-token' } = options;
  const signature = createSign('sha256')
    .update(options.signed ?? body)
    .sign(key)
    .toString('base64');
  const answer = await auth.app.fastify.inject({
    method: 'POST',
    url: path,
    payload: body,
    headers: {
      'content-type': 'application/json',
      'github-public-key-identifier': identifier,
      'github-public-key-signature': signature,
    },
  });
  const code = answer.headers['x-rind-error'];
  return typeof code === 'string' ? `${answer.statusCode} ${code}` : String(answer.statusCode);
}

const found = (text: string, url = 'https://github.test/x/y/blob/main/.pypirc') => ({
  ...{ token: text, type: 'pypi_api_token', url, source: 'content' },
});
const isActive = async (text: string) => (await auth.introspect(text)).json['active'];

describe('a token that was found in public', () => {
  it.each(['/_/secrets/disclose-token', '/_/github/disclose-token'])(
    'and reported to %s is worth nothing, and its owner hears where it was',
    async (path) => {
      expect(await report([found(token)], { path })).toBe('204');
      expect((await auth.introspect(token)).json).toEqual({ active: false, code: 'token.revoked' });
      const { subject } = await mailTo(auth, `${name}@example.org`);
      expect(subject).toBe('An API token of yours was found in public');
      const answer = await auth.app.fastify.inject({ url: `/mailbox/messages?to=${name}@example.org` });
      expect(answer.json<{ text: string }[]>()[0]!.text).toContain(
        'https://github.test/x/y/blob/main/.pypirc',
      );
    },
  );

  it('as an attenuated copy is revoked as a whole', async () => {
    expect(await report([found(attenuate(token, [1, ['some-project']]))])).toBe('204');
    expect(await isActive(token)).toBe(false);
  });

  it('is told of once, however often it is reported', async () => {
    await Promise.all(Array.from({ length: 6 }, () => report([found(token), found(token)])));
    const mails = await auth.app.fastify.inject({ url: `/mailbox/messages?to=${name}@example.org` });
    const subjects = mails.json<{ subject: string }[]>().map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject.includes('found in public'))).toHaveLength(1);
  });
});

describe('nobody revokes somebody else’s token', () => {
  it('by its id: a report of a token that we never made changes nothing', async () => {
    const { identifier } = parseToken(token);
    const forged = mintToken({
      ...{ location: 'localhost', identifier, caveats: [] },
      rootKey: systemRandomness.bytes(32),
    });
    expect(await report([found(forged), found('pypi-x'), found('no token at all')])).toBe('204');
    expect(await isActive(token)).toBe(true);
  });

  it('by a report that another signed, or whose bytes are others', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const body = JSON.stringify([found(token)]);
    expect(await report([], { body, key: other })).toBe('400 disclosure.bad-signature');
    expect(await report([], { body, signed: `${body} ` })).toBe('400 disclosure.bad-signature');
    expect(await report([], { body, identifier: 'nobody' })).toBe('400 disclosure.bad-signature');
    expect(await isActive(token)).toBe(true);
  });

  it('without the headers', async () => {
    const answer = await auth.app.fastify.inject({
      method: 'POST',
      url: '/_/secrets/disclose-token',
      payload: [found(token)],
    });
    expect(answer.statusCode).toBe(404);
    expect(await isActive(token)).toBe(true);
  });
});

describe('a report', () => {
  it.each([
    '{}',
    '{',
    '',
    'null',
    '[null]',
    '[{"token": 7}]',
    '[{"token": "a", "token": "b"}]',
    `[${'['.repeat(50)}${']'.repeat(50)}]`,
  ])('that is %j is none', async (body) => {
    expect(await report([], { body })).toBe('400 disclosure.malformed');
  });

  it('puts nothing into a mail but an address in one line', async () => {
    for (const url of [
      'javascript:alert(1)',
      'https://x.test/\r\nBcc: y@z.test',
      `https://x.test/${'y'.repeat(600)}`,
    ]) {
      const fresh = await auth.mint(name);
      await report([found(fresh, url)]);
      const mails = await auth.app.fastify.inject({ url: `/mailbox/messages?to=${name}@example.org` });
      expect(mails.json<{ text: string }[]>()[0]!.text).toMatch(/was found in public and was revoked/);
    }
  });

  it('by a key that is new since is believed, and unknown keys are not asked for again and again', async () => {
    const next = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    published = { public_keys: [keyOf('first', scanner.publicKey), keyOf('second', next.publicKey)] };
    auth.clock.advance(60_000);
    expect(await report([found(token)], { identifier: 'second', key: next.privateKey })).toBe('204');
    const before = asked;
    for (let n = 0; n < 5; n++) await report([], { identifier: `unknown-${n}` });
    expect(asked - before).toBe(0);
  });
});
