import { keyIdOf } from '@rind/crypto';
import { grantVerbsOf, serializeSignedGrant, verifyGrant } from '@rind/index-model';
import type { SignedGrant } from '@rind/index-model';
import { systemRandomness, uuidV4 } from '@rind/kernel';
import { attenuate, mintToken } from '@rind/macaroon';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAuthCalls } from './testing/auth-calls.ts';
import type { AuthCalls } from './testing/auth-calls.ts';

let auth: AuthCalls;
beforeAll(async () => {
  auth = await startAuthCalls();
});
afterAll(async () => {
  const log = auth.log();
  await auth.stop();
  for (const token of auth.minted) expect(log).not.toContain(token);
});

describe('a token', () => {
  it('is introspected, and brings a grant that the signer accepts', async () => {
    const project = auth.fresh('happy');
    const token = await auth.mint('alice');
    expect(token).toMatch(/^pypi-[A-Za-z0-9_-]{85,}$/);
    expect((await auth.introspect(token)).json).toMatchObject({ active: true, user: { username: 'alice' } });

    const reply = await auth.grant(token, project.toUpperCase().replace('-', '_'), {
      filename: 'happy_1-1.0.tar.gz',
    });
    expect(reply.status).toBe(200);
    const signed = reply.json['grant'] as SignedGrant;
    const trusted = new Map([
      [keyIdOf(auth.grantKey), { key: auth.grantKey, issuer: 'auth', verbs: grantVerbsOf('auth') } as const],
    ]);
    const envelope = serializeSignedGrant(signed);
    const verified = verifyGrant(envelope, trusted, { repository: 'demo' });
    const iat = Math.floor(auth.clock.nowMs() / 1_000);
    expect(verified.grant).toMatchObject({
      v: 1,
      verb: 'add',
      project,
      filename: 'happy_1-1.0.tar.gz',
      length: 1_234,
      requiresPython: '>=3.8',
      actor: 'alice',
      iat,
      exp: iat + 604_800,
    });
    expect(verified.grant.uploadedAt).toMatch(/^2027-01-15T08:00:00\.\d{6}Z$/);
    expect(verified.grant.how).toMatch(/^token:[0-9a-f-]{36}$/);

    const [logged] = await auth.rows('SELECT * FROM auth.grant_log WHERE id = $1', reply.json['grantId']);
    expect(logged).toMatchObject({
      verb: 'add',
      project,
      target_path: `packages/${project}/happy_1-1.0.tar.gz`,
    });
    expect(Buffer.compare(logged!['envelope'] as Buffer, envelope)).toBe(0);
    expect(await auth.owners(project)).toEqual([{ username: 'alice', role: 'owner' }]);
    const [used] = await auth.rows(
      'SELECT last_used_at FROM auth.token WHERE id = $1',
      verified.grant.how.slice(6),
    );
    expect(used!['last_used_at']).toEqual(new Date(auth.clock.nowMs()));
  });

  it('for one project is refused for another, existing or new', async () => {
    const [mine, other] = [auth.fresh('bound'), auth.fresh('bound')];
    await auth.grant(await auth.mint('bob'), other);
    const token = await auth.mint('bob', { projects: [mine.replace('-', '.')] });
    expect((await auth.grant(token, mine)).status).toBe(200);
    for (const project of [other, auth.fresh('bound')]) {
      const reply = await auth.grant(token, project);
      expect([reply.status, reply.code]).toEqual([403, 'token.wrong-project']);
      expect(reply.json['detail']).toContain(
        `The given token isn't allowed to upload to project '${project}'.`,
      );
    }
    expect((await auth.introspect(token)).json['active']).toBe(true);
  });

  it('bound to a project is no longer good when the name was given back and taken by another', async () => {
    const project = auth.fresh('reborn');
    const first = await auth.grant(await auth.mint('bob'), project);
    const bound = await auth.mint('bob', { projects: [project] });
    await auth.voidGrant(first.json['grantId'] as string);
    await auth.grant(await auth.mint('carol'), project);
    expect((await auth.grant(bound, project)).code).toBe('token.wrong-project');
  });

  it('attenuated offline is good for what is left, and for no more', async () => {
    const [mine, other] = [auth.fresh('narrow'), auth.fresh('narrow')];
    const token = await auth.mint('bob');
    const nowSeconds = Math.floor(auth.clock.nowMs() / 1_000);
    const narrow = attenuate(token, [1, [mine]]);
    expect((await auth.grant(narrow, mine)).status).toBe(200);
    expect((await auth.grant(narrow, other)).code).toBe('token.wrong-project');
    const expired = attenuate(token, [0, nowSeconds, nowSeconds - 10]);
    expect((await auth.introspect(expired)).json).toEqual({ active: false, code: 'token.expired' });
    expect((await auth.grant(expired, mine)).code).toBe('token.expired');
    const early = attenuate(token, [0, nowSeconds + 100, nowSeconds + 50]);
    expect((await auth.introspect(early)).json).toEqual({ active: false, code: 'token.not-yet-valid' });
    const foreign = attenuate(token, [3, uuidV4(systemRandomness)]);
    expect((await auth.introspect(foreign)).json).toEqual({ active: false, code: 'token.wrong-user' });
    const odd = attenuate(token, [117, 'x']);
    expect((await auth.introspect(odd)).json).toEqual({ active: false, code: 'token.unknown-caveat' });
    expect((await auth.grant(odd, mine)).code).toBe('token.unknown-caveat');
  });

  it('obeys the caveats of its row too, which nobody can take off', async () => {
    const project = auth.fresh('stored');
    const token = await auth.mint('bob');
    const id = (await auth.introspect(token)).json['tokenId'];
    await auth.rows(
      'UPDATE auth.token SET caveats = caveats || $1::jsonb WHERE id = $2',
      '[[1, ["another"]]]',
      id,
    );
    expect((await auth.grant(token, project)).code).toBe('token.wrong-project');
    expect((await auth.grant(attenuate(token, [1, [project]]), project)).code).toBe('token.wrong-project');
  });

  it('expires to the second, attenuated copies included', async () => {
    const project = auth.fresh('expiring');
    const startMs = auth.clock.nowMs();
    const token = await auth.mint('bob', { expires: new Date(startMs + 60_000).toISOString() });
    const copy = attenuate(token, [1, [project]]);
    auth.clock.set(startMs + 59_999);
    expect((await auth.grant(copy, project)).status).toBe(200);
    auth.clock.set(startMs + 60_000);
    for (const each of [token, copy]) {
      expect((await auth.introspect(each)).json).toEqual({ active: false, code: 'token.expired' });
      expect((await auth.grant(each, project)).code).toBe('token.expired');
    }
  });

  it('that was revoked is dead at once, attenuated copies included', async () => {
    const project = auth.fresh('revoked');
    const token = await auth.mint('bob');
    const copy = attenuate(token, [1, [project]]);
    await auth.rows(
      'UPDATE auth.token SET revoked_at = now() WHERE id = $1',
      (await auth.introspect(token)).json['tokenId'],
    );
    for (const each of [token, copy]) {
      expect((await auth.introspect(each)).json).toEqual({ active: false, code: 'token.revoked' });
      expect((await auth.grant(each, project)).code).toBe('token.revoked');
    }
  });

  it('dies with its row and with its account', async () => {
    const gone = await auth.mint('bob');
    await auth.owner.query('DELETE FROM auth.token WHERE id = $1', [
      (await auth.introspect(gone)).json['tokenId'],
    ]);
    expect((await auth.introspect(gone)).json).toEqual({ active: false, code: 'token.unknown' });
    const disabled = await auth.mint('dave');
    await auth.rows(`UPDATE auth.account SET disabled_at = now() WHERE username = 'dave'`);
    expect((await auth.introspect(disabled)).json).toEqual({ active: false, code: 'account.disabled' });
    expect((await auth.grant(disabled, auth.fresh('disabled'))).code).toBe('account.disabled');
  });

  it.each([
    ['nothing', '', 'token.malformed'],
    ['a word', 'hunter2', 'token.malformed'],
    ['a prefix', 'pypi-', 'token.malformed'],
    ['bytes that are none', 'pypi-AgEIcHlwaS5vcmc', 'token.malformed'],
    [
      'a stranger’s token',
      mintToken({
        location: 'localhost',
        identifier: uuidV4(systemRandomness),
        rootKey: new Uint8Array(32),
        caveats: [],
      }),
      'token.unknown',
    ],
    [
      'an identifier that is no id',
      mintToken({ location: 'localhost', identifier: "' OR 1=1", rootKey: new Uint8Array(32), caveats: [] }),
      'token.unknown',
    ],
  ])('of %s is refused', async (_what, token, code) => {
    expect((await auth.introspect(token)).json).toEqual({ active: false, code });
    const reply = await auth.grant(token, auth.fresh('forged'));
    expect([reply.status, reply.code].slice(token === '' ? 2 : 0)).toEqual(token === '' ? [] : [403, code]);
  });

  it('with a forged signature is refused', async () => {
    const tokenId = (await auth.introspect(await auth.mint('alice'))).json['tokenId'] as string;
    const forged = mintToken({
      location: 'localhost',
      identifier: tokenId,
      rootKey: new Uint8Array(32),
      caveats: [],
    });
    expect((await auth.introspect(forged)).json).toEqual({ active: false, code: 'token.bad-signature' });
    expect((await auth.grant(forged, auth.fresh('forged'))).code).toBe('token.bad-signature');
  });
});

describe('somebody who can write the database', () => {
  it('cannot give a token to another account', async () => {
    const token = await auth.mint('mallory');
    const tokenId = (await auth.introspect(token)).json['tokenId'];
    await auth.mint('alice');
    await auth.owner.query(
      `UPDATE auth.token SET account_id = (SELECT id FROM auth.account WHERE username = 'alice') WHERE id = $1`,
      [tokenId],
    );
    const reply = await auth.introspect(token);
    expect([reply.status, reply.code]).toEqual([500, 'internal.error']);
    expect(auth.log()).toContain('seal.broken');
  });

  it('cannot make a token of a row with another row’s key', async () => {
    const [mine, theirs] = [await auth.mint('mallory'), await auth.mint('alice')];
    const id = async (token: string) => (await auth.introspect(token)).json['tokenId'] as string;
    const [mineId, theirsId] = [await id(mine), await id(theirs)];
    await auth.owner.query(
      'UPDATE auth.token SET sealed_key = (SELECT sealed_key FROM auth.token WHERE id = $1) WHERE id = $2',
      [mineId, theirsId],
    );
    expect((await auth.introspect(theirs)).status).toBe(500);
  });

  it('as the role of auth can change nothing in the logs', async () => {
    for (const table of ['grant_log', 'grant_void', 'audit']) {
      for (const statement of [`DELETE FROM auth.${table}`, `TRUNCATE auth.${table}`]) {
        await expect(auth.pool.query(statement)).rejects.toMatchObject({ code: 'database.denied' });
      }
    }
    await expect(auth.pool.query('UPDATE auth.grant_log SET seq = 0')).rejects.toMatchObject({
      code: 'database.denied',
    });
  });
});

describe('the doors', () => {
  it.each([
    ['/internal/tokens/introspect', 'gate', ['signer', 'operator']],
    ['/internal/grants', 'gate', ['signer', 'operator']],
    ['/internal/operator/tokens', 'operator', ['gate', 'signer']],
    ['/internal/operator/accounts', 'operator', ['gate', 'signer']],
  ] as const)('%s opens for the %s alone', async (path, caller, others) => {
    expect((await auth.post(caller, path, {})).code).toBe('request.malformed');
    for (const other of others) expect((await auth.post(other, path, {})).code).toBe('internal.denied');
  });

  it('/internal/grants/live opens for the signer alone', async () => {
    expect((await auth.get('signer', '/internal/grants/live')).status).toBe(200);
    for (const other of ['gate', 'operator'] as const) {
      expect((await auth.get(other, '/internal/grants/live')).code).toBe('internal.denied');
    }
  });

  it('make an account once, whatever the case of its name', async () => {
    const make = (username: string) => auth.post('operator', '/internal/operator/accounts', { username });
    const first = await make('Zoe');
    expect(first.json).toMatchObject({ username: 'Zoe' });
    expect((await make('zoe')).json).toEqual(first.json);
    expect((await make('no good')).code).toBe('account.name-invalid');
  });

  it('are ready while the database answers', async () => {
    expect((await auth.app.fastify.inject('/readyz')).json()).toEqual({
      ready: true,
      checks: { database: 'ok' },
    });
  });
});

describe('trusted publishing, where the operator listed no issuers', () => {
  it('is not enabled', async () => {
    const asked = await auth.app.fastify.inject({ url: '/_/oidc/audience' });
    expect([asked.statusCode, asked.headers['x-rind-error']]).toEqual([403, 'oidc.not-enabled']);
    const url = '/_/oidc/mint-token';
    const sent = await auth.app.fastify.inject({ method: 'POST', url, payload: { token: 'x' } });
    expect([sent.statusCode, sent.headers['x-rind-error'], sent.json()]).toEqual([
      422,
      'oidc.not-enabled',
      {
        message: 'Token request failed',
        errors: [{ code: 'not-enabled', description: 'trusted publishing is not enabled' }],
      },
    ]);
  });
});
