import { hashHex } from '@rind/crypto';
import { grantVerbsOf, serializeSignedGrant, verifyGrant } from '@rind/index-model';
import type { SignedGrant } from '@rind/index-model';
import { keyIdOf } from '@rind/crypto';
import { attenuate, mintToken } from '@rind/macaroon';
import { systemRandomness, utf8, uuidV4 } from '@rind/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAuth } from './testing/auth-fixture.ts';
import type { AuthFixture, Reply } from './testing/auth-fixture.ts';

let auth: AuthFixture;
const shown: string[] = [];
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(async () => {
  const log = auth.log();
  await auth.stop();
  for (const token of shown) expect(log).not.toContain(token);
});

let names = 0;
const fresh = (prefix: string) => `${prefix}-${++names}`;

async function mint(user: string, order: { projects?: string[]; expires?: string } = {}): Promise<string> {
  const reply = await auth.post('operator', '/internal/operator/tokens', { user, ...order });
  expect(reply.status).toBe(200);
  const token = reply.json['token'] as string;
  shown.push(token);
  return token;
}

function order(token: string, project: string, changes: object = {}): object {
  const digest = (name: 'sha256' | 'sha512' | 'blake2b-256') => hashHex(name, utf8(project));
  return {
    token,
    project,
    filename: `${project.replaceAll('-', '_')}-1.0-py3-none-any.whl`,
    digests: { sha256: digest('sha256'), sha512: digest('sha512'), blake2b256: digest('blake2b-256') },
    length: 1_234,
    requiresPython: '>=3.8',
    ...changes,
  };
}
const grant = (token: string, project: string, changes?: object): Promise<Reply> =>
  auth.post('gate', '/internal/grants', order(token, project, changes));
const introspect = (token: string) => auth.post('gate', '/internal/tokens/introspect', { token });
const rows = async (text: string, ...values: unknown[]) =>
  (await auth.pool.query<Record<string, unknown>>(text, values)).rows;
const owners = (project: string) =>
  rows(
    'SELECT a.username, r.role FROM auth.role r JOIN auth.account a ON a.id = r.account_id WHERE r.project = $1',
    project,
  );
const voidGrant = (id: string, reason = 'refused') =>
  auth.post('gate', `/internal/grants/${id}/void`, { reason });

describe('a token', () => {
  it('is introspected, and brings a grant that the signer accepts', async () => {
    const project = fresh('happy');
    const token = await mint('alice');
    expect(token).toMatch(/^pypi-[A-Za-z0-9_-]{85,}$/);
    expect((await introspect(token)).json).toMatchObject({ active: true, user: { username: 'alice' } });

    const reply = await grant(token, project.toUpperCase().replace('-', '_'), {
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

    const [logged] = await rows('SELECT * FROM auth.grant_log WHERE id = $1', reply.json['grantId']);
    expect(logged).toMatchObject({
      verb: 'add',
      project,
      target_path: `packages/${project}/happy_1-1.0.tar.gz`,
    });
    expect(Buffer.compare(logged!['envelope'] as Buffer, envelope)).toBe(0);
    expect(await owners(project)).toEqual([{ username: 'alice', role: 'owner' }]);
    const [used] = await rows(
      'SELECT last_used_at FROM auth.token WHERE id = $1',
      verified.grant.how.slice(6),
    );
    expect(used!['last_used_at']).toEqual(new Date(auth.clock.nowMs()));
  });

  it('for one project is refused for another, existing or new', async () => {
    const [mine, other] = [fresh('bound'), fresh('bound')];
    await grant(await mint('bob'), other);
    const token = await mint('bob', { projects: [mine.replace('-', '.')] });
    expect((await grant(token, mine)).status).toBe(200);
    for (const project of [other, fresh('bound')]) {
      const reply = await grant(token, project);
      expect([reply.status, reply.code]).toEqual([403, 'token.wrong-project']);
      expect(reply.json['detail']).toContain(
        `The given token isn't allowed to upload to project '${project}'.`,
      );
    }
    expect((await introspect(token)).json['active']).toBe(true);
  });

  it('bound to a project is no longer good when the name was given back and taken by another', async () => {
    const project = fresh('reborn');
    const first = await grant(await mint('bob'), project);
    const bound = await mint('bob', { projects: [project] });
    await voidGrant(first.json['grantId'] as string);
    await grant(await mint('carol'), project);
    expect((await grant(bound, project)).code).toBe('token.wrong-project');
  });

  it('attenuated offline is good for what is left, and for no more', async () => {
    const [mine, other] = [fresh('narrow'), fresh('narrow')];
    const token = await mint('bob');
    const nowSeconds = Math.floor(auth.clock.nowMs() / 1_000);
    const narrow = attenuate(token, [1, [mine]]);
    expect((await grant(narrow, mine)).status).toBe(200);
    expect((await grant(narrow, other)).code).toBe('token.wrong-project');
    const expired = attenuate(token, [0, nowSeconds, nowSeconds - 10]);
    expect((await introspect(expired)).json).toEqual({ active: false, code: 'token.expired' });
    expect((await grant(expired, mine)).code).toBe('token.expired');
    const early = attenuate(token, [0, nowSeconds + 100, nowSeconds + 50]);
    expect((await introspect(early)).json).toEqual({ active: false, code: 'token.not-yet-valid' });
    const foreign = attenuate(token, [3, uuidV4(systemRandomness)]);
    expect((await introspect(foreign)).json).toEqual({ active: false, code: 'token.wrong-user' });
    const odd = attenuate(token, [117, 'x']);
    expect((await introspect(odd)).json).toEqual({ active: false, code: 'token.unknown-caveat' });
    expect((await grant(odd, mine)).code).toBe('token.unknown-caveat');
  });

  it('obeys the caveats of its row too, which nobody can take off', async () => {
    const project = fresh('stored');
    const token = await mint('bob');
    const id = (await introspect(token)).json['tokenId'];
    await rows('UPDATE auth.token SET caveats = caveats || $1::jsonb WHERE id = $2', '[[1, ["another"]]]', id);
    expect((await grant(token, project)).code).toBe('token.wrong-project');
    expect((await grant(attenuate(token, [1, [project]]), project)).code).toBe('token.wrong-project');
  });

  it('expires to the second, attenuated copies included', async () => {
    const project = fresh('expiring');
    const startMs = auth.clock.nowMs();
    const token = await mint('bob', { expires: new Date(startMs + 60_000).toISOString() });
    const copy = attenuate(token, [1, [project]]);
    auth.clock.set(startMs + 59_999);
    expect((await grant(copy, project)).status).toBe(200);
    auth.clock.set(startMs + 60_000);
    for (const each of [token, copy]) {
      expect((await introspect(each)).json).toEqual({ active: false, code: 'token.expired' });
      expect((await grant(each, project)).code).toBe('token.expired');
    }
  });

  it('that was revoked is dead at once, attenuated copies included', async () => {
    const project = fresh('revoked');
    const token = await mint('bob');
    const copy = attenuate(token, [1, [project]]);
    await rows(
      'UPDATE auth.token SET revoked_at = now() WHERE id = $1',
      (await introspect(token)).json['tokenId'],
    );
    for (const each of [token, copy]) {
      expect((await introspect(each)).json).toEqual({ active: false, code: 'token.revoked' });
      expect((await grant(each, project)).code).toBe('token.revoked');
    }
  });

  it('dies with its row and with its account', async () => {
    const gone = await mint('bob');
    await auth.owner.query('DELETE FROM auth.token WHERE id = $1', [
      (await introspect(gone)).json['tokenId'],
    ]);
    expect((await introspect(gone)).json).toEqual({ active: false, code: 'token.unknown' });
    const disabled = await mint('dave');
    await rows(`UPDATE auth.account SET disabled_at = now() WHERE username = 'dave'`);
    expect((await introspect(disabled)).json).toEqual({ active: false, code: 'account.disabled' });
    expect((await grant(disabled, fresh('disabled'))).code).toBe('account.disabled');
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
    expect((await introspect(token)).json).toEqual({ active: false, code });
    const reply = await grant(token, fresh('forged'));
    expect([reply.status, reply.code].slice(token === '' ? 2 : 0)).toEqual(token === '' ? [] : [403, code]);
  });

  it('with a forged signature is refused', async () => {
    const tokenId = (await introspect(await mint('alice'))).json['tokenId'] as string;
    const forged = mintToken({
      location: 'localhost',
      identifier: tokenId,
      rootKey: new Uint8Array(32),
      caveats: [],
    });
    expect((await introspect(forged)).json).toEqual({ active: false, code: 'token.bad-signature' });
    expect((await grant(forged, fresh('forged'))).code).toBe('token.bad-signature');
  });
});

describe('somebody who can write the database', () => {
  it('cannot give a token to another account', async () => {
    const token = await mint('mallory');
    const tokenId = (await introspect(token)).json['tokenId'];
    await mint('alice');
    await auth.owner.query(
      `UPDATE auth.token SET account_id = (SELECT id FROM auth.account WHERE username = 'alice') WHERE id = $1`,
      [tokenId],
    );
    const reply = await introspect(token);
    expect([reply.status, reply.code]).toEqual([500, 'internal.error']);
    expect(auth.log()).toContain('seal.broken');
  });

  it('cannot make a token of a row with another row’s key', async () => {
    const [mine, theirs] = [await mint('mallory'), await mint('alice')];
    const id = async (token: string) => (await introspect(token)).json['tokenId'] as string;
    const [mineId, theirsId] = [await id(mine), await id(theirs)];
    await auth.owner.query(
      'UPDATE auth.token SET sealed_key = (SELECT sealed_key FROM auth.token WHERE id = $1) WHERE id = $2',
      [mineId, theirsId],
    );
    expect((await introspect(theirs)).status).toBe(500);
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

describe('a project', () => {
  it('takes uploads of owners and maintainers, and of nobody else', async () => {
    const project = fresh('shared');
    const [owner, helper] = [await mint('olga'), await mint('henry')];
    await grant(owner, project);
    const refused = await grant(helper, project);
    expect([refused.status, refused.code]).toEqual([403, 'authorization.not-a-maintainer']);
    expect(refused.json['detail']).toContain(
      `The user 'henry' isn't allowed to upload to project '${project}'.`,
    );
    await rows(
      `INSERT INTO auth.role (project, account_id, role) SELECT $1, id, 'maintainer' FROM auth.account WHERE username = 'henry'`,
      project,
    );
    expect((await grant(helper, project)).status).toBe(200);
    await rows(`DELETE FROM auth.role WHERE project = $1 AND role = 'maintainer'`, project);
    expect((await grant(helper, project)).code).toBe('authorization.not-a-maintainer');
  });

  it('has exactly one owner when two accounts upload first at once', async () => {
    const tokens = [await mint('first'), await mint('second')];
    for (let round = 0; round < 10; round++) {
      const project = fresh('raced');
      const replies = await Promise.all([0, 1, 0, 1].map((who) => grant(tokens[who]!, project)));
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 200, 403, 403]);
      expect(await owners(project)).toHaveLength(1);
    }
  });

  it('is not left behind by a refused first upload, and its name is free again', async () => {
    const project = fresh('refused');
    const { json } = await grant(await mint('alice'), project);
    expect((await voidGrant(json['grantId'] as string)).status).toBe(204);
    expect(await rows('SELECT 1 FROM auth.project WHERE name = $1', project)).toEqual([]);
    expect(await owners(project)).toEqual([]);
    expect((await grant(await mint('bob'), project)).status).toBe(200);
    expect(await owners(project)).toEqual([{ username: 'bob', role: 'owner' }]);
  });

  it('stays while one of its grants is not void', async () => {
    const project = fresh('kept');
    const token = await mint('alice');
    const [first, second] = [await grant(token, project), await grant(token, project)];
    await voidGrant(first.json['grantId'] as string);
    expect(await owners(project)).toHaveLength(1);
    await voidGrant(second.json['grantId'] as string);
    expect(await owners(project)).toEqual([]);
  });

  it('stays when its only grant is voided while another is issued', async () => {
    const token = await mint('alice');
    for (let round = 0; round < 20; round++) {
      const project = fresh('race');
      const first = await grant(token, project);
      const [, second] = await Promise.all([
        voidGrant(first.json['grantId'] as string),
        grant(token, project),
      ]);
      expect(second.status).toBe(200);
      expect(await owners(project)).toHaveLength(1);
    }
  });

  it.each(['', '-x', 'ä', 'a b', 'x'.repeat(301)])('is not named %j', async (project) => {
    const reply = await grant(await mint('alice'), project, { filename: 'x-1.0.tar.gz' });
    expect([reply.status, reply.code]).toEqual([
      400,
      expect.stringMatching(/^(project\.name-invalid|request\.malformed)$/),
    ]);
  });
});

describe('a grant', () => {
  it('has the id that the gate chose, once', async () => {
    const id = uuidV4(systemRandomness);
    const token = await mint('alice');
    const project = fresh('chosen');
    expect((await grant(token, project, { id })).json['grantId']).toBe(id);
    const again = await grant(token, project, { id });
    expect([again.status, again.code]).toEqual([409, 'grant.exists']);
  });

  it.each([
    ['a file of another project', { filename: 'other-1.0.tar.gz' }],
    ['a file that is no distribution', { filename: 'readme.txt' }],
    ['a path', { filename: '../x-1.0.tar.gz' }],
    ['a Python version that is none', { requiresPython: 'three' }],
    ['a line feed', { requiresPython: '>=3\n' }],
  ])('is not issued for %s, and no project is left behind', async (_what, changes) => {
    const project = fresh('odd');
    const reply = await grant(await mint('alice'), project, changes);
    expect([reply.status, reply.code]).toEqual([400, 'grant.malformed']);
    expect(await owners(project)).toEqual([]);
  });

  it('is voided once, whatever comes later', async () => {
    const { json } = await grant(await mint('alice'), fresh('voided'));
    const id = json['grantId'] as string;
    expect((await voidGrant(id, 'first')).status).toBe(204);
    expect((await voidGrant(id, 'second')).status).toBe(204);
    expect(await rows('SELECT reason FROM auth.grant_void WHERE grant_id = $1', id)).toEqual([
      { reason: 'first' },
    ]);
    const unknown = await voidGrant(uuidV4(systemRandomness));
    expect([unknown.status, unknown.code]).toEqual([404, 'grant.unknown']);
  });

  it('is listed for the signer until it is void or expired, in the order of its number', async () => {
    const startMs = auth.clock.nowMs();
    const token = await mint('alice');
    const project = fresh('live');
    const issued = [await grant(token, project), await grant(token, project), await grant(token, project)];
    const ids = issued.map(({ json }) => json['grantId'] as string);
    const seqs = issued.map(({ json }) => (json['grant'] as SignedGrant).grant.seq);
    const live = async (query: string) =>
      ((await auth.get('signer', `/internal/grants/live?${query}`)).json['grants'] as { id: string }[]).map(
        ({ id }) => id,
      );
    const before = `after=${seqs[0]! - 1}`;
    expect(await live(before)).toEqual(ids);
    expect(await live(`${before}&limit=2`)).toEqual(ids.slice(0, 2));
    expect(await live(`after=${seqs[1]}`)).toEqual(ids.slice(2));
    await voidGrant(ids[1]!);
    expect(await live(before)).toEqual([ids[0], ids[2]]);
    const [entry] = (await auth.get('signer', `/internal/grants/live?${before}`)).json['grants'] as object[];
    expect(entry).toEqual({
      id: ids[0],
      seq: seqs[0],
      targetPath: expect.stringContaining(`packages/${project}/`) as string,
      verb: 'add',
      issuedAt: new Date(startMs).toISOString(),
      expiresAt: new Date(Math.floor(startMs / 1_000) * 1_000 + 604_800_000).toISOString(),
    });
    auth.clock.advance(604_800_000);
    expect(await live(before)).toEqual([]);
  });

  it('has a number of its own that grows, 200 at once', async () => {
    const tokens = [await mint('alice'), await mint('bob'), await mint('carol'), await mint('erin')];
    const projects = tokens.map(() => fresh('burst'));
    const replies = await Promise.all(
      Array.from({ length: 200 }, (_, i) => grant(tokens[i % 4]!, projects[i % 4]!)),
    );
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    const seqs = replies.map(({ json }) => (json['grant'] as SignedGrant).grant.seq);
    expect(new Set(seqs).size).toBe(200);
    const next = (await grant(tokens[0]!, projects[0]!)).json['grant'] as SignedGrant;
    expect(next.grant.seq).toBeGreaterThan(Math.max(...seqs));
  });

  it('becomes visible in the order of its number', async () => {
    const token = await mint('alice');
    const project = fresh('order');
    const writes = Promise.all(Array.from({ length: 40 }, () => grant(token, project)));
    let finished = false;
    void writes.then(() => (finished = true));
    let highest = 0;
    const seen = new Set<number>();
    const late: number[] = [];
    while (!finished) {
      for (const row of await rows('SELECT seq FROM auth.grant_log WHERE project = $1', project)) {
        const seq = Number(row['seq']);
        if (!seen.has(seq) && seq < highest) late.push(seq);
        seen.add(seq);
      }
      highest = Math.max(highest, ...seen);
    }
    expect(late).toEqual([]);
  });

  it('grows past a clock that was set back', async () => {
    const token = await mint('alice');
    const project = fresh('clock');
    const seqOf = async () => ((await grant(token, project)).json['grant'] as SignedGrant).grant.seq;
    const before = await seqOf();
    const nowMs = auth.clock.nowMs();
    auth.clock.set(nowMs - 1_000);
    expect(await seqOf()).toBe(before + 1);
    auth.clock.set(nowMs);
  });
});

describe('the audit log', () => {
  it('has every decision and no token', async () => {
    const project = fresh('audited');
    const token = await mint('alice');
    const { json } = await grant(token, project, { remote: '192.0.2.7' });
    await grant(await mint('bob'), project);
    await grant('pypi-nonsense-nonsense', project);
    await voidGrant(json['grantId'] as string, 'file.exists');
    const entries = await rows(
      'SELECT event, actor, target, detail FROM auth.audit WHERE project = $1 ORDER BY id',
      project,
    );
    const path = `packages/${project}/${project.replaceAll('-', '_')}-1.0-py3-none-any.whl`;
    expect(entries.map(({ event, actor, target }) => [event, actor, target])).toEqual([
      ['project.created', 'alice', null],
      ['grant.issued', 'alice', path],
      ['grant.refused', 'bob', null],
      ['grant.refused', null, null],
      ['grant.voided', 'gate', path],
      ['project.removed', 'gate', null],
    ]);
    expect(entries.map(({ detail }) => (detail as { code?: string }).code)).toEqual([
      undefined,
      undefined,
      'authorization.not-a-maintainer',
      'token.malformed',
      undefined,
      undefined,
    ]);
    expect(entries[1]!['detail']).toMatchObject({ remote: '192.0.2.7', grantId: json['grantId'] });
    const all = JSON.stringify(await rows('SELECT * FROM auth.audit'));
    for (const each of shown) expect(all).not.toContain(each);
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
