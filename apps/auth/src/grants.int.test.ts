import type { SignedGrant } from '@rind/index-model';
import { systemRandomness, uuidV4 } from '@rind/kernel';
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

describe('a project', () => {
  it('takes uploads of owners and maintainers, and of nobody else', async () => {
    const project = auth.fresh('shared');
    const [owner, helper] = [await auth.mint('olga'), await auth.mint('henry')];
    await auth.grant(owner, project);
    const refused = await auth.grant(helper, project);
    expect([refused.status, refused.code]).toEqual([403, 'authorization.not-a-maintainer']);
    expect(refused.json['detail']).toContain(
      `The user 'henry' isn't allowed to upload to project '${project}'.`,
    );
    await auth.makeMember(project, 'henry', 'maintainer');
    expect((await auth.grant(helper, project)).status).toBe(200);
    await auth.rows(`DELETE FROM auth.role WHERE project = $1 AND role = 'maintainer'`, project);
    expect((await auth.grant(helper, project)).code).toBe('authorization.not-a-maintainer');
  });

  it('has exactly one owner when two accounts upload first at once', async () => {
    const tokens = [await auth.mint('first'), await auth.mint('second')];
    for (let round = 0; round < 10; round++) {
      const project = auth.fresh('raced');
      const replies = await Promise.all([0, 1, 0, 1].map((who) => auth.grant(tokens[who]!, project)));
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 200, 403, 403]);
      expect(await auth.owners(project)).toHaveLength(1);
    }
  });

  it('is not left behind by a refused first upload, and its name is free again', async () => {
    const project = auth.fresh('refused');
    const { json } = await auth.grant(await auth.mint('alice'), project);
    expect((await auth.voidGrant(json['grantId'] as string)).status).toBe(204);
    expect(await auth.rows('SELECT 1 FROM auth.project WHERE name = $1', project)).toEqual([]);
    expect(await auth.owners(project)).toEqual([]);
    expect((await auth.grant(await auth.mint('bob'), project)).status).toBe(200);
    expect(await auth.owners(project)).toEqual([{ username: 'bob', role: 'owner' }]);
  });

  it('stays while one of its grants is not void', async () => {
    const project = auth.fresh('kept');
    const token = await auth.mint('alice');
    const [first, second] = [await auth.grant(token, project), await auth.grant(token, project)];
    await auth.voidGrant(first.json['grantId'] as string);
    expect(await auth.owners(project)).toHaveLength(1);
    await auth.voidGrant(second.json['grantId'] as string);
    expect(await auth.owners(project)).toEqual([]);
  });

  it('stays when its only grant is voided while another is issued', async () => {
    const token = await auth.mint('alice');
    for (let round = 0; round < 20; round++) {
      const project = auth.fresh('race');
      const first = await auth.grant(token, project);
      const [, second] = await Promise.all([
        auth.voidGrant(first.json['grantId'] as string),
        auth.grant(token, project),
      ]);
      expect(second.status).toBe(200);
      expect(await auth.owners(project)).toHaveLength(1);
    }
  });

  it.each(['', '-x', 'ä', 'a b', 'x'.repeat(301)])('is not named %j', async (project) => {
    const reply = await auth.grant(await auth.mint('alice'), project, { filename: 'x-1.0.tar.gz' });
    expect([reply.status, reply.code]).toEqual([
      400,
      expect.stringMatching(/^(project\.name-invalid|request\.malformed)$/),
    ]);
  });
});

describe('a grant', () => {
  it('has the id that the gate chose, once', async () => {
    const id = uuidV4(systemRandomness);
    const token = await auth.mint('alice');
    const project = auth.fresh('chosen');
    expect((await auth.grant(token, project, { id })).json['grantId']).toBe(id);
    const again = await auth.grant(token, project, { id });
    expect([again.status, again.code]).toEqual([409, 'grant.exists']);
  });

  it.each([
    ['a file of another project', { filename: 'other-1.0.tar.gz' }],
    ['a file that is no distribution', { filename: 'readme.txt' }],
    ['a path', { filename: '../x-1.0.tar.gz' }],
    ['a Python version that is none', { requiresPython: 'three' }],
    ['a line feed', { requiresPython: '>=3\n' }],
  ])('is not issued for %s, and no project is left behind', async (_what, changes) => {
    const project = auth.fresh('odd');
    const reply = await auth.grant(await auth.mint('alice'), project, changes);
    expect([reply.status, reply.code]).toEqual([400, 'grant.malformed']);
    expect(await auth.owners(project)).toEqual([]);
  });

  it('is voided once, whatever comes later', async () => {
    const { json } = await auth.grant(await auth.mint('alice'), auth.fresh('voided'));
    const id = json['grantId'] as string;
    expect((await auth.voidGrant(id, 'first')).status).toBe(204);
    expect((await auth.voidGrant(id, 'second')).status).toBe(204);
    expect(await auth.rows('SELECT reason FROM auth.grant_void WHERE grant_id = $1', id)).toEqual([
      { reason: 'first' },
    ]);
    const unknown = await auth.voidGrant(uuidV4(systemRandomness));
    expect([unknown.status, unknown.code]).toEqual([404, 'grant.unknown']);
  });

  it('is named to the signer once it is void, among the ids that the signer asks for', async () => {
    const token = await auth.mint('alice');
    const [first, second] = [
      await auth.grant(token, auth.fresh('asked')),
      await auth.grant(token, auth.fresh('asked')),
    ].map(({ json }) => json['grantId'] as string) as [string, string];
    const stranger = uuidV4(systemRandomness);
    const ask = () => auth.post('signer', '/internal/grants/voided', { ids: [first, second, stranger] });
    expect((await ask()).json).toEqual({ voided: [] });
    await auth.voidGrant(second);
    expect((await ask()).json).toEqual({ voided: [second] });
    expect((await auth.post('gate', '/internal/grants/voided', { ids: [first] })).code).toBe(
      'internal.denied',
    );
    expect((await auth.post('signer', '/internal/grants/voided', { ids: ['x'] })).status).toBe(400);
  });

  it('is listed for the signer until it is void or expired, in the order of its number', async () => {
    const startMs = auth.clock.nowMs();
    const token = await auth.mint('alice');
    const project = auth.fresh('live');
    const issued = [
      await auth.grant(token, project),
      await auth.grant(token, project),
      await auth.grant(token, project),
    ];
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
    await auth.voidGrant(ids[1]!);
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
    const tokens = [
      await auth.mint('alice'),
      await auth.mint('bob'),
      await auth.mint('carol'),
      await auth.mint('erin'),
    ];
    const projects = tokens.map(() => auth.fresh('burst'));
    const replies = await Promise.all(
      Array.from({ length: 200 }, (_, i) => auth.grant(tokens[i % 4]!, projects[i % 4]!)),
    );
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    const seqs = replies.map(({ json }) => (json['grant'] as SignedGrant).grant.seq);
    expect(new Set(seqs).size).toBe(200);
    const next = (await auth.grant(tokens[0]!, projects[0]!)).json['grant'] as SignedGrant;
    expect(next.grant.seq).toBeGreaterThan(Math.max(...seqs));
  });

  it('becomes visible in the order of its number', async () => {
    const token = await auth.mint('alice');
    const project = auth.fresh('order');
    const writes = Promise.all(Array.from({ length: 40 }, () => auth.grant(token, project)));
    let finished = false;
    void writes.then(() => (finished = true));
    let highest = 0;
    const seen = new Set<number>();
    const late: number[] = [];
    while (!finished) {
      for (const row of await auth.rows('SELECT seq FROM auth.grant_log WHERE project = $1', project)) {
        const seq = Number(row['seq']);
        if (!seen.has(seq) && seq < highest) late.push(seq);
        seen.add(seq);
      }
      highest = Math.max(highest, ...seen);
    }
    expect(late).toEqual([]);
  });

  it('grows past a clock that was set back', async () => {
    const token = await auth.mint('alice');
    const project = auth.fresh('clock');
    const seqOf = async () => ((await auth.grant(token, project)).json['grant'] as SignedGrant).grant.seq;
    const before = await seqOf();
    const nowMs = auth.clock.nowMs();
    auth.clock.set(nowMs - 1_000);
    expect(await seqOf()).toBe(before + 1);
    auth.clock.set(nowMs);
  });
});

describe('the audit log', () => {
  it('has every decision and no token', async () => {
    const project = auth.fresh('audited');
    const token = await auth.mint('alice');
    const { json } = await auth.grant(token, project, { remote: '192.0.2.7' });
    await auth.grant(await auth.mint('bob'), project);
    await auth.grant('pypi-nonsense-nonsense', project);
    await auth.voidGrant(json['grantId'] as string, 'file.exists');
    const entries = await auth.rows(
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
    const all = JSON.stringify(await auth.rows('SELECT * FROM auth.audit'));
    for (const each of auth.minted) expect(all).not.toContain(each);
  });
});
