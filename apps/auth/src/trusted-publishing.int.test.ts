import { createHmac } from 'node:crypto';
import { grantMessage } from '@rind/index-model';
import type { SignedGrant } from '@rind/index-model';
import { attenuate, parseToken } from '@rind/macaroon';
import { exportSPKI, importJWK } from 'jose';
import type { CryptoKey } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from './testing/auth-fixture.ts';
import type { TestBrowser } from './testing/browser.ts';
import { startPublishing } from './testing/publishing-fixture.ts';
import type { PublishingFixture } from './testing/publishing-fixture.ts';

let auth: PublishingFixture;
let owner: TestBrowser;
const project = 'demo';
const gitHubForm = { repository: 'Octo/Demo', file: 'release.yml', environment: '', ownerId: '' };
const times = (changes: object = {}) => auth.gitHubClaims('demo', { ...changes });
const outcome = ({ status, code }: Reply) => (status === 200 ? 'token' : `${status} ${code}`);
const errorOf = ({ json }: Reply) => (json['errors'] as { code: string; description: string }[])[0]!;
const used = () => auth.rows('SELECT jti FROM auth.used_identity');

beforeAll(async () => {
  auth = await startPublishing();
  owner = await auth.member('olive');
  await auth.projectOf(owner, 'olive', project);
  await auth.trust(owner, project, gitHubForm);
});
afterAll(async () => {
  const log = auth.log();
  await auth.stop();
  expect(log).not.toMatch(/pypi-|eyJ/);
});

describe('a job that exchanges its identity token', () => {
  it('is told whom the token has to be for', async () => {
    const answer = await auth.app.fastify.inject({ url: '/_/oidc/audience' });
    expect([answer.statusCode, answer.json()]).toEqual([200, { audience: 'index.example' }]);
  });

  it.each(['/_/oidc/mint-token', '/_/oidc/github/mint-token'])(
    'gets a token for 15 minutes at %s',
    async (path) => {
      const { url } = auth.issuers.issuer('github');
      const { status, json } = await auth.exchange(
        await auth.issuers.issuer('github').sign({ iss: url, ...times() }),
        path,
      );
      const now = Math.floor(auth.clock.nowMs() / 1_000);
      expect([status, json]).toEqual([
        200,
        { success: true, token: expect.stringMatching(/^pypi-/), expires: now + 900 },
      ]);
      const [trusted] = await auth.rows(
        'SELECT p.id, p.project_id, p.owner_id FROM auth.publisher p JOIN auth.project r ON r.id = p.project_id WHERE r.name = $1',
        project,
      );
      expect(trusted!['owner_id']).toBe('583231');
      expect(parseToken(json['token'] as string).caveats.map((text) => JSON.parse(text) as unknown)).toEqual([
        [4, trusted!['id'], null],
        [2, [trusted!['project_id']]],
        [0, now + 900, now],
      ]);
    },
  );

  it('uploads with it to the project, by the right of the publisher', async () => {
    const token = await auth.token(times());
    expect((await auth.introspect(token)).json).toMatchObject({
      active: true,
      user: { username: 'publisher:github:Octo/Demo' },
    });
    const { status, json } = await auth.grant(token, project);
    expect(status).toBe(200);
    const signed = json['grant'] as SignedGrant;
    expect(signed.grant).toMatchObject({
      actor: 'publisher:github:Octo/Demo',
      how: expect.stringMatching(/^oidc:OIDC\?issuer=http.*&repository=Octo%2FDemo&workflow=release\.yml$/),
    });
    expect(grantMessage(signed.grant).length).toBeGreaterThan(0);
    expect(
      await auth.rows(
        `SELECT actor, project FROM auth.audit WHERE event = 'grant.issued' ORDER BY id DESC LIMIT 1`,
      ),
    ).toEqual([{ actor: 'publisher:github:Octo/Demo', project }]);
    expect(await auth.rows('SELECT account_id FROM auth.grant_log ORDER BY seq DESC LIMIT 1')).toEqual([
      { account_id: null },
    ]);
  });

  it('of GitHub itself has the right that attestations are judged by', async () => {
    const name = auth.fresh('attested');
    await auth.projectOf(owner, 'olive', name);
    await auth.trust(owner, name, { ...gitHubForm, repository: `octo/${name}` }, 4);
    const { json } = await auth.grant(await auth.token(auth.gitHubClaims(name), 'known'), name);
    const { how } = (json['grant'] as SignedGrant).grant;
    expect(how).toBe(`oidc:GitHub?repository=octo%2F${name}&workflow=release.yml`);
  });

  it('can do nothing else with it', async () => {
    const token = await auth.token(times());
    const other = auth.fresh('other');
    await auth.projectOf(owner, 'olive', other);
    expect(outcome(await auth.grant(token, other))).toBe('403 token.wrong-project');
    expect(outcome(await auth.grant(token, auth.fresh('nobodys')))).toBe('403 token.wrong-project');
    expect(outcome(await auth.grant(attenuate(token, [101, ['f'.repeat(64)]]), project))).toBe(
      '403 token.wrong-file',
    );
    auth.clock.advance(900_000);
    expect(outcome(await auth.grant(token, project))).toBe('403 token.expired');
    expect((await auth.introspect(token)).json).toEqual({ active: false, code: 'token.expired' });
  });

  it('burns it when it is done; nobody burns the token of an account', async () => {
    const burn = async (token: string) => (await auth.exchange(token, '/_/oidc/burn-token')).status;
    const token = await auth.token(times());
    const { identifier } = parseToken(token);
    const forged = `${token.slice(0, -4)}AAAA`;
    expect([await burn(forged), await burn('pypi-x'), await burn('x')]).toEqual([202, 202, 202]);
    expect((await auth.introspect(token)).json['active']).toBe(true);
    expect([await burn(token), await burn(token)]).toEqual([202, 202]);
    expect(outcome(await auth.grant(token, project))).toBe('403 token.revoked');
    const burned = await auth.rows(
      `SELECT actor FROM auth.audit WHERE event = 'token.revoked' AND detail->>'tokenId' = $1`,
      identifier,
    );
    expect(burned).toEqual([{ actor: 'publisher:github:Octo/Demo' }]);
    const account = await auth.mint('olive');
    expect([await burn(account), (await auth.introspect(account)).json['active']]).toEqual([202, true]);
  });

  it('in the form of an account’s token is nobody', async () => {
    const token = attenuate(await auth.mint('olive'), [4, '00000000-0000-4000-8000-000000000000', null]);
    expect(outcome(await auth.grant(token, project))).toBe('403 token.wrong-publisher');
    const foreign = attenuate(await auth.token(times()), [4, '00000000-0000-4000-8000-000000000000', null]);
    expect(outcome(await auth.grant(foreign, project))).toBe('403 token.wrong-publisher');
    const [account] = await auth.rows(`SELECT id FROM auth.account WHERE username = 'olive'`);
    const hers = attenuate(await auth.token(times()), [3, account!['id'] as string]);
    expect(outcome(await auth.grant(hers, project))).toBe('403 token.wrong-user');
  });
});

describe('an identity token that is not good', () => {
  const now = () => Math.floor(auth.clock.nowMs() / 1_000);

  it.each<[string, () => object]>([
    ['for somebody else', () => ({ aud: 'pypi' })],
    ['for us in a list', () => ({ aud: ['index.example'] })],
    ['for us and somebody else', () => ({ aud: ['index.example', 'pypi'] })],
    ['for nobody', () => ({ aud: undefined })],
    ['in other letters', () => ({ aud: 'Index.Example' })],
    ['expired', () => ({ iat: now() - 331, exp: now() - 31 })],
    ['expired at the end of the leeway', () => ({ iat: now() - 330, exp: now() - 30 })],
    ['not yet valid', () => ({ nbf: now() + 31 })],
    ['from the future', () => ({ iat: now() + 31 })],
    ['for longer than three hours', () => ({ exp: now() + 10_801 })],
    ['ending before it began', () => ({ iat: now(), exp: now() - 1 })],
    ['with times in text', () => ({ exp: `${now() + 300}` })],
    ['with half seconds', () => ({ exp: now() + 300.5 })],
    ['without iat', () => ({ iat: undefined })],
    ['without exp', () => ({ exp: undefined })],
    ['without jti', () => ({ jti: undefined })],
    ['with an empty jti', () => ({ jti: '' })],
    ['with a number as jti', () => ({ jti: 5 })],
    ['with a jti of 256 characters', () => ({ jti: 'j'.repeat(256) })],
  ])('%s is refused', async (_what, changes) => {
    const before = await used();
    const reply = await auth.publish(times(changes()));
    expect([outcome(reply), reply.json['message'], errorOf(reply).code]).toEqual([
      '422 oidc.invalid-token',
      'Token request failed',
      'invalid-token',
    ]);
    expect(await used()).toEqual(before);
  });

  it.each<[string, () => object]>([
    ['expired, within the leeway', () => ({ iat: now() - 329, exp: now() - 29 })],
    ['not yet valid, within the leeway', () => ({ nbf: now() + 29 })],
    ['without nbf', () => ({ nbf: undefined })],
    ['good for three hours', () => ({ exp: now() + 10_800 })],
  ])('%s is none of those', async (_what, changes) => {
    expect(outcome(await auth.publish(times(changes())))).toBe('token');
  });

  it('signed with nothing, with the public key as a secret, or by another key, is refused', async () => {
    const issuer = auth.issuers.issuer('github');
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { iss: issuer.url, ...times() };
    const { kid } = issuer.published();
    const none = `${encode({ alg: 'none', kid })}.${encode(claims)}.`;
    const pem = await exportSPKI((await importJWK(issuer.published(), 'RS256')) as CryptoKey);
    const confused = ['HS256', 'RS256'].flatMap((alg) =>
      [pem, JSON.stringify(issuer.published())].map((secret) => {
        const text = `${encode({ alg, kid })}.${encode(claims)}`;
        return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
      }),
    );
    const elsewhere = await auth.issuers.issuer('unlisted').sign(claims, { kid: kid! });
    const own = await auth.issuers.issuer('unlisted').sign(claims, {
      kid: kid!,
      jwk: auth.issuers.issuer('unlisted').published(),
      jku: auth.issuers.issuer('unlisted').jwksUri,
    });
    const unnamed = await issuer.sign(claims, { kid: undefined });
    const outcomes = [];
    for (const jwt of [none, ...confused, elsewhere, own, unnamed])
      outcomes.push(outcome(await auth.exchange(jwt)));
    expect(outcomes).toEqual(Array.from({ length: 8 }, () => '422 oidc.invalid-token'));
    expect(auth.issuers.issuer('unlisted').asked).toEqual([]);
    const good = await issuer.sign(claims);
    const [header, , signature] = good.split('.');
    expect(
      outcome(await auth.exchange([header, encode({ ...claims, repository: 'x' }), signature].join('.'))),
    ).toBe('422 oidc.invalid-token');
    expect(outcome(await auth.exchange(good))).toBe('token');
  });

  it('with an algorithm that the issuer may not use is refused', async () => {
    await auth.issuers.issuer('known').rotate('ES256');
    auth.clock.advance(60_000);
    const reply = await auth.publish(auth.gitHubClaims('demo'), 'known');
    expect(outcome(reply)).toBe('422 oidc.invalid-token');
    await auth.issuers.issuer('known').rotate();
    auth.clock.advance(60_000);
  });

  it('of an issuer that is not listed makes nobody ask there', async () => {
    const reply = await auth.publish(times(), 'unlisted');
    expect([outcome(reply), errorOf(reply).code]).toEqual(['422 oidc.invalid-payload', 'invalid-payload']);
    expect(auth.issuers.issuer('unlisted').asked).toEqual([]);
  });

  it.each([
    ['', 'nothing'],
    ['{', 'broken JSON'],
    ['[]', 'a list'],
    ['{}', 'no token'],
    ['{"token":1}', 'a number'],
    ['{"token":""}', 'an empty text'],
    ['{"token":"a.b.c"}', 'no JWT'],
    ['{"token":"x","token":"y"}', 'two tokens'],
    ['{"token":"e30.e30.e30"}', 'no issuer'],
    ['{"__proto__":{"token":"x"}}', 'a token that is not its own'],
  ])('%j, which is %s, is no payload', async (payload) => {
    const answer = await auth.app.fastify.inject({
      ...{ method: 'POST', url: '/_/oidc/mint-token', payload },
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.statusCode, answer.headers['x-rind-error'], answer.json()]).toEqual([
      422,
      'oidc.invalid-payload',
      {
        message: 'Token request failed',
        errors: [{ code: 'invalid-payload', description: expect.any(String) }],
      },
    ]);
  });

  it('is limited by the address that sends it', async () => {
    const statuses = [];
    for (let i = 0; i < 301; i++) {
      const remoteAddress = '203.0.113.77';
      const url = '/_/oidc/mint-token';
      const answer = await auth.app.fastify.inject({ method: 'POST', url, payload: {}, remoteAddress });
      statuses.push(answer.statusCode);
    }
    expect([new Set(statuses.slice(0, 300)), statuses[300]]).toEqual([new Set([422]), 429]);
    expect(outcome(await auth.publish(times()))).toBe('token');
  });

  it('longer than 20 KiB is not read', async () => {
    const answer = await auth.app.fastify.inject({
      ...{ method: 'POST', url: '/_/oidc/mint-token' },
      payload: { token: 'x'.repeat(20_480) },
    });
    expect([answer.statusCode, answer.headers['x-rind-error']]).toEqual([413, 'request.too-large']);
  });
});

describe('an identity token that was used', () => {
  it('is refused, within the leeway too, and forgotten after it', async () => {
    const issuer = auth.issuers.issuer('github');
    const jwt = await issuer.sign({ iss: issuer.url, ...times({ jti: 'once' }) });
    expect(outcome(await auth.exchange(jwt))).toBe('token');
    const again = await auth.exchange(jwt);
    expect([outcome(again), errorOf(again).code]).toEqual([
      '422 oidc.invalid-reuse-token',
      'invalid-reuse-token',
    ]);
    auth.clock.advance(329_000);
    expect(outcome(await auth.exchange(jwt))).toBe('422 oidc.invalid-reuse-token');
    expect(await used()).toContainEqual({ jti: 'once' });
    auth.clock.advance(2_000);
    expect(outcome(await auth.exchange(jwt))).toBe('422 oidc.invalid-token');
    await auth.token(times());
    expect(await used()).not.toContainEqual({ jti: 'once' });
  });

  it('gives one token to 50 that send it at once', async () => {
    const issuer = auth.issuers.issuer('github');
    const jwt = await issuer.sign({ iss: issuer.url, ...times() });
    const before = (await auth.rows('SELECT id FROM auth.token')).length;
    const replies = await Promise.all(Array.from({ length: 50 }, () => auth.exchange(jwt)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(replies.map(outcome))).toEqual(new Set(['token', '422 oidc.invalid-reuse-token']));
    expect(await auth.rows('SELECT id FROM auth.token')).toHaveLength(before + 1);
  });

  it('is one of its issuer alone', async () => {
    const { url } = auth.issuers.issuer('generic');
    expect(outcome(await auth.publish(times({ jti: 'shared' })))).toBe('token');
    const reply = await auth.exchange(
      await auth.issuers
        .issuer('generic')
        .sign({ iss: url, ...auth.times({ jti: 'shared', sub: 'nobody' }) }),
    );
    expect(outcome(reply)).toBe('422 oidc.invalid-publisher');
  });

  it('for nothing, because nobody trusts it yet, is good once somebody does', async () => {
    const name = auth.fresh('later');
    const issuer = auth.issuers.issuer('github');
    const jwt = await issuer.sign({ iss: issuer.url, ...auth.gitHubClaims(name) });
    expect(outcome(await auth.exchange(jwt))).toBe('422 oidc.invalid-publisher');
    await auth.projectOf(owner, 'olive', name);
    await auth.trust(owner, name, { ...gitHubForm, repository: `octo/${name}` });
    expect(outcome(await auth.exchange(jwt))).toBe('token');
  });
});

describe('a workflow that nobody trusts', () => {
  it.each([
    [{ event_name: 'pull_request_target' }, 'event_name'],
    [{ job_workflow_ref: 'octo/demo/.github/workflows/ci.yml@refs/tags/v1' }, 'job_workflow_ref'],
    [{ repository_owner_id: '999' }, 'repository_owner_id'],
    [{ repository_owner: 'evil' }, 'repository_owner'],
    [{ repository_owner_id: undefined }, 'repository_owner_id'],
  ])('%j is told what does not fit', async (changes, claim) => {
    const reply = await auth.publish(times(changes));
    expect([outcome(reply), errorOf(reply).code]).toEqual([
      '422 oidc.invalid-publisher',
      'invalid-publisher',
    ]);
    expect(errorOf(reply).description).toContain(claim);
    expect(
      await auth.rows(`SELECT detail->>'code' AS code, detail->>'subject' AS subject FROM auth.audit
                        WHERE event = 'publisher.refused' ORDER BY id DESC LIMIT 1`),
    ).toEqual([{ code: 'oidc.invalid-publisher', subject: 'octo/demo' }]);
  });

  it('of a repository that nobody named is refused', async () => {
    expect(outcome(await auth.publish(auth.gitHubClaims('elsewhere')))).toBe('422 oidc.invalid-publisher');
    expect(outcome(await auth.publish(times({ repository: undefined })))).toBe('422 oidc.invalid-publisher');
  });

  it('of the same name at another issuer is somebody else', async () => {
    expect(outcome(await auth.publish(auth.gitHubClaims('demo'), 'known'))).toBe(
      '422 oidc.invalid-publisher',
    );
  });

  it('may be spelled in other letters', async () => {
    const changes = {
      repository: 'OCTO/DEMO',
      repository_owner: 'OCTO',
      job_workflow_ref: 'OCTO/DEMO/.github/workflows/release.yml@refs/tags/v1',
    };
    expect(outcome(await auth.publish(times(changes)))).toBe('token');
  });
});

describe('other issuers', () => {
  it('GitLab', async () => {
    const name = auth.fresh('lab');
    await auth.projectOf(owner, 'olive', name);
    const form = { repository: `Group/${name}`, file: '.gitlab-ci.yml', environment: 'Prod', ownerId: '' };
    await auth.trust(owner, name, form, 2);
    const publish = (changes: Readonly<Record<string, unknown>>) =>
      auth.publish(auth.gitLabClaims(name, changes), 'gitlab');
    expect(outcome(await publish({ environment: 'prod' }))).toBe('422 oidc.invalid-publisher');
    expect(outcome(await publish({}))).toBe('422 oidc.invalid-publisher');
    const token = await auth.token(auth.gitLabClaims(name, { environment: 'Prod' }), 'gitlab');
    expect(outcome(await auth.grant(token, name))).toBe('token');
    expect(outcome(await publish({ environment: 'Prod', namespace_id: '73' }))).toBe(
      '422 oidc.invalid-publisher',
    );
  });

  it('any, by its subject and further claims, with ES256 too', async () => {
    const name = auth.fresh('generic');
    await auth.projectOf(owner, 'olive', name);
    await auth.trust(owner, name, { subject: `robot:${name}`, claims: 'team=a\r\nattempt=2' }, 3);
    const sub = `robot:${name}`;
    const publish = (changes: object) => auth.publish(auth.times({ sub, ...changes }), 'generic');
    expect(outcome(await publish({ team: 'a' }))).toBe('422 oidc.invalid-publisher');
    expect(outcome(await publish({ team: 'a', attempt: 3 }))).toBe('422 oidc.invalid-publisher');
    await auth.issuers.issuer('generic').rotate('ES256');
    auth.clock.advance(60_000);
    const token = await auth.token(auth.times({ sub, team: 'a', attempt: 2 }), 'generic');
    expect(outcome(await auth.grant(token, name))).toBe('token');
  });
});

describe('the keys of an issuer', () => {
  it('are asked for again when a token names one that is not known, at most once a minute', async () => {
    const issuer = auth.issuers.issuer('github');
    const stale = await issuer.sign({ iss: issuer.url, ...times() });
    await auth.token(times());
    auth.clock.advance(60_000);
    await issuer.rotate();
    const asked = issuer.asked.length;
    expect(outcome(await auth.publish(times()))).toBe('token');
    expect(issuer.asked.slice(asked)).toEqual(['.well-known/openid-configuration', 'keys']);
    // The key before is not published any more.
    expect(outcome(await auth.exchange(stale))).toBe('422 oidc.invalid-token');
    const unknown = await Promise.all(
      Array.from({ length: 20 }, async (_, i) =>
        auth.exchange(await issuer.sign({ iss: issuer.url, ...times() }, { kid: `no-${i}` })),
      ),
    );
    expect(new Set(unknown.map(outcome))).toEqual(new Set(['422 oidc.invalid-token']));
    expect(issuer.asked).toHaveLength(asked + 2);
    auth.clock.advance(60_000);
    await Promise.all(
      Array.from({ length: 20 }, async () =>
        auth.exchange(await issuer.sign({ iss: issuer.url, ...times() }, { kid: 'no' })),
      ),
    );
    expect(issuer.asked).toHaveLength(asked + 4);
  });

  it('are believed for an hour while it does not answer; then tokens are asked to wait', async () => {
    const issuer = auth.issuers.issuer('github');
    await auth.token(times());
    issuer.answers.status = 500;
    auth.clock.advance(1_800_000);
    expect(outcome(await auth.publish(times()))).toBe('token');
    const unknown = await auth.exchange(await issuer.sign({ iss: issuer.url, ...times() }, { kid: 'new' }));
    expect([outcome(unknown), errorOf(unknown).code]).toEqual([
      '503 oidc.issuer-unavailable',
      'issuer-unavailable',
    ]);
    auth.clock.advance(3_600_000);
    expect(outcome(await auth.publish(times()))).toBe('503 oidc.issuer-unavailable');
    issuer.answers.status = 200;
    auth.clock.advance(5_000);
    expect(outcome(await auth.publish(times()))).toBe('token');
  });

  it.each<[string, { status?: number; configuration?: object; keys?: object | string }]>([
    ['the configuration of somebody else', { configuration: { issuer: 'http://127.0.0.1:1' } }],
    ['a configuration without keys', { configuration: { jwks_uri: 5 } }],
    ['a redirect', { status: 302 }],
    ['no JSON', { keys: '<html>' }],
    ['no keys', { keys: { keys: 'none' } }],
    ['more than 256 KiB', { keys: JSON.stringify({ keys: [], filling: 'x'.repeat(300_000) }) }],
  ])('that come as %s are none', async (_what, answers) => {
    const issuer = auth.issuers.issuer('github');
    const kept = { ...issuer.answers };
    auth.clock.advance(3_600_000);
    const { configuration } = answers;
    Object.assign(
      issuer.answers,
      answers,
      configuration && { configuration: { issuer: issuer.url, jwks_uri: issuer.jwksUri, ...configuration } },
    );
    expect(outcome(await auth.publish(times()))).toBe('503 oidc.issuer-unavailable');
    Object.assign(issuer.answers, kept);
    auth.clock.advance(5_000);
    expect(outcome(await auth.publish(times()))).toBe('token');
  });
});
