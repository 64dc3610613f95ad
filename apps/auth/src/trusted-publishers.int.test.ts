import { parseToken } from '@rind/macaroon';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendVoid } from './grants/grant-log.ts';
import type { Reply } from './testing/auth-fixture.ts';
import { TestBrowser } from './testing/browser.ts';
import { signInAgain, startPublishing } from './testing/publishing-fixture.ts';
import type { PublishingFixture } from './testing/publishing-fixture.ts';

let auth: PublishingFixture;
let olive: TestBrowser;
let mallory: TestBrowser;
beforeAll(async () => {
  auth = await startPublishing();
  olive = await auth.member('olive');
  mallory = await auth.member('mallory');
});
afterAll(() => auth.stop());

const outcome = ({ status, code }: Reply) => (status === 200 ? 'token' : `${status} ${code}`);
const form = (name: string, more: Readonly<Record<string, string>> = {}) => ({
  ...{ repository: `octo/${name}`, file: 'release.yml', environment: '', ownerId: '' },
  ...more,
});
/** A project of Olive's, that trusts `octo/NAME`. */
async function trusting(prefix: string, more: Readonly<Record<string, string>> = {}) {
  const name = auth.fresh(prefix);
  await auth.projectOf(olive, 'olive', name);
  return { name, id: await auth.trust(olive, name, form(name, more)) };
}
const publishers = (project: string) =>
  auth.rows(
    `SELECT p.*, p.claims->>'environment' AS environment FROM auth.publisher p
      JOIN auth.project pr ON pr.id = p.project_id WHERE pr.name = $1 ORDER BY p.created_at, p.id`,
    project,
  );
const caveats = (token: string) =>
  parseToken(token).caveats.map((text) => JSON.parse(text) as [number, ...unknown[]]);
const events = (project: string) =>
  auth.rows(
    `SELECT event, actor FROM auth.audit WHERE project = $1 AND event LIKE 'publisher.%' ORDER BY id`,
    project,
  );
async function mails(name: string): Promise<{ subject: string; text: string }[]> {
  const answer = await auth.app.fastify.inject({ url: `/mailbox/messages?to=${name}@example.org` });
  return answer.json<{ subject: string; text: string }[]>();
}
async function addPending(browser: TestBrowser, project: string, name = project, more = {}) {
  const { text } = await browser.get('/account/publishing/add/1/');
  const issuer = /name="issuer" value="([^"]+)"/.exec(text)?.[1] ?? '';
  return browser.post('/account/publishing/add/1/', { issuer, project, ...form(name, more) });
}
const pending = (project: string) =>
  auth.rows('SELECT id FROM auth.pending_publisher WHERE project = $1', project);

describe('a publisher with an environment', () => {
  it('comes before one without, whichever was there first', async () => {
    const { name, id: open } = await trusting('env');
    auth.clock.advance(1_000);
    const strict = await auth.trust(olive, name, form(name, { environment: 'PyPI' }));
    const chosen = async (changes: Readonly<Record<string, unknown>>) =>
      caveats(await auth.token(auth.gitHubClaims(name, changes)))[0]![1];
    expect(await chosen({})).toBe(open);
    expect(await chosen({ environment: 'pypi' })).toBe(strict);
    expect(await chosen({ environment: 'test' })).toBe(open);
    auth.clock.advance(1_000);
    await olive.post(`/manage/project/${name}/publishing/remove/`, { publisher: open });
    const openAgain = await auth.trust(olive, name, form(name));
    expect(await chosen({})).toBe(openAgain);
    expect(await chosen({ environment: 'pypi' })).toBe(strict);
  });

  it('alone trusts no job without it', async () => {
    const { name } = await trusting('only-env', { environment: 'pypi' });
    expect(outcome(await auth.publish(auth.gitHubClaims(name)))).toBe('422 oidc.invalid-publisher');
    expect(outcome(await auth.publish(auth.gitHubClaims(name, { environment: 'pypi' })))).toBe('token');
  });
});

describe('an owner whose name somebody else takes over', () => {
  it('is told from the first by the number that the first token showed', async () => {
    const { name } = await trusting('taken-over');
    expect((await publishers(name))[0]!['owner_id']).toBeNull();
    expect(outcome(await auth.publish(auth.gitHubClaims(name)))).toBe('token');
    expect((await publishers(name))[0]!['owner_id']).toBe('583231');
    const other = { repository_owner_id: '999' };
    expect(outcome(await auth.publish(auth.gitHubClaims(name, other)))).toBe('422 oidc.invalid-publisher');
    expect(outcome(await auth.publish(auth.gitHubClaims(name)))).toBe('token');
  });

  it('is told from the first by the number that was typed, from the start', async () => {
    const { name } = await trusting('typed', { ownerId: '77' });
    expect(outcome(await auth.publish(auth.gitHubClaims(name)))).toBe('422 oidc.invalid-publisher');
    const typed = { repository_owner_id: '77' };
    expect(outcome(await auth.publish(auth.gitHubClaims(name, typed)))).toBe('token');
  });

  it('of 20 first tokens of two owners at once, only those of one count', async () => {
    const { name } = await trusting('raced');
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        auth.publish(auth.gitHubClaims(name, { repository_owner_id: `${1 + (i % 2)}` })),
      ),
    );
    const [row] = await publishers(name);
    const winner = row!['owner_id'] === '1' ? 0 : 1;
    expect(replies.map(outcome)).toEqual(
      replies.map((_, i) => (i % 2 === winner ? 'token' : '422 oidc.invalid-publisher')),
    );
  });
});

describe('a workflow that several projects trust', () => {
  it('gets one token for all of them, and loses one without the others', async () => {
    const first = await trusting('mono');
    const second = auth.fresh('mono');
    await auth.projectOf(olive, 'olive', second);
    const id = await auth.trust(olive, second, form(first.name, { environment: 'release' }));
    const token = await auth.token(auth.gitHubClaims(first.name, { environment: 'release' }));
    expect(caveats(token)[0]![1]).toBe(id);
    expect(outcome(await auth.grant(token, first.name))).toBe('token');
    expect(outcome(await auth.grant(token, second))).toBe('token');
    await olive.post(`/manage/project/${second}/publishing/remove/`, { publisher: id });
    expect(outcome(await auth.grant(token, second))).toBe('403 publisher.removed');
    const wheel = { filename: `${first.name.replaceAll('-', '_')}-2.0-py3-none-any.whl` };
    expect(outcome(await auth.grant(token, first.name, wheel))).toBe('token');
  });

  it('is not taken from its project by somebody who names it, however strictly', async () => {
    const { name } = await trusting('victim');
    const theirs = auth.fresh('theirs');
    await auth.projectOf(mallory, 'mallory', theirs);
    await auth.trust(mallory, theirs, form(name, { environment: 'pypi' }));
    const token = await auth.token(auth.gitHubClaims(name, { environment: 'pypi' }));
    expect(outcome(await auth.grant(token, name))).toBe('token');
  });
});

describe('the publishers of a project', () => {
  it('are seen, added and removed by its owners alone', async () => {
    const { name, id } = await trusting('guarded');
    const base = `/manage/project/${name}/publishing/`;
    const stranger = new TestBrowser(auth, '203.0.113.9');
    expect((await stranger.get(base)).location).toBe(`/account/login/?next=${encodeURIComponent(base)}`);
    expect((await mallory.get(base)).code).toBe('authorization.not-a-maintainer');
    await auth.makeMember(name, 'mallory', 'maintainer');
    for (const answer of [
      await mallory.get(base),
      await mallory.get(`${base}add/1/`),
      await mallory.post(`${base}remove/`, { publisher: id }),
      await mallory.post(`${base}add/1/`, { issuer: auth.issuers.issuer('github').url, ...form('evil') }),
    ]) {
      expect([answer.status, answer.code]).toEqual([403, 'authorization.not-an-owner']);
    }
    expect(await publishers(name)).toHaveLength(1);
    expect((await olive.get('/manage/project/-/publishing/')).code).toBe('authorization.not-a-maintainer');
  });

  it('are shown, each with a way to remove it', async () => {
    const { name, id } = await trusting('shown', { environment: '<b>pypi' });
    const { text, status } = await olive.get(`/manage/project/${name}/publishing/`);
    expect(status).toBe(200);
    expect(text).toContain(`value="${id}"`);
    expect(text).toContain('environment &lt;b&gt;pypi');
    expect(text).not.toContain('<b>pypi');
  });

  it('of one project are not removed through another', async () => {
    const { name, id } = await trusting('kept');
    const theirs = auth.fresh('theirs');
    await auth.projectOf(mallory, 'mallory', theirs);
    await mallory.post(`/manage/project/${theirs}/publishing/remove/`, { publisher: id });
    expect(await publishers(name)).toHaveLength(1);
  });

  it('are not added by a form of another site, twice, or for an issuer that is not listed', async () => {
    const { name } = await trusting('formal');
    const path = `/manage/project/${name}/publishing/add/1/`;
    const issuer = auth.issuers.issuer('github').url;
    const foreign = await olive.post(path, { issuer, ...form('x') }, { origin: 'https://evil.example' });
    expect([foreign.status, foreign.code]).toEqual([403, 'request.cross-origin']);
    const twice = await olive.post(path, { issuer, ...form(name.toUpperCase()) });
    expect([twice.status, twice.code]).toEqual([400, 'publisher.form-refused']);
    const wrong = await olive.post(path, { issuer, ...form('x'), repository: 'x', file: '<script>' });
    expect([wrong.status, wrong.code]).toEqual([400, 'publisher.form-refused']);
    expect(wrong.text).not.toContain('<script>');
    for (const [place, sent] of [
      ['9', issuer],
      ['1', 'https://evil.example'],
      ['2', issuer],
    ] as const) {
      await olive.post(`/manage/project/${name}/publishing/add/${place}/`, { issuer: sent, ...form('x') });
    }
    expect(await publishers(name)).toHaveLength(1);
  });

  it('ask for a proof of who it is after half an hour', async () => {
    const { name } = await trusting('sudo');
    const base = `/manage/project/${name}/publishing/`;
    auth.clock.advance(30 * 60_000);
    for (const answer of [
      await olive.get(base),
      await olive.post(`${base}remove/`, { publisher: 'x' }),
      await olive.post(`${base}add/1/`, form('x')),
      await olive.get('/account/publishing/'),
    ]) {
      expect(answer.location).toMatch(/^\/account\/sudo\/\?next=/);
    }
    await signInAgain(olive, 'olive');
    await signInAgain(mallory, 'mallory');
    expect((await olive.get(base)).status).toBe(200);
  });

  it('are mailed to all owners and written down when they come and go', async () => {
    const { name, id } = await trusting('mailed');
    await auth.makeMember(name, 'mallory', 'owner');
    await mallory.post(`/manage/project/${name}/publishing/remove/`, { publisher: id });
    for (const who of ['olive', 'mallory']) {
      const [mail] = await mails(who);
      expect(mail!.subject).toBe(`A trusted publisher was removed from ${name}`);
      expect(mail!.text).toContain(`octo/${name}, release.yml`);
    }
    expect((await mails('olive')).map(({ subject }) => subject)).toContain(
      `A trusted publisher was added to ${name}`,
    );
    expect(await events(name)).toEqual([
      { event: 'publisher.added', actor: 'olive' },
      { event: 'publisher.removed', actor: 'mallory' },
    ]);
  });

  it('are worth nothing once they are removed, and nor are their tokens', async () => {
    const { name, id } = await trusting('removed');
    const token = await auth.token(auth.gitHubClaims(name));
    await olive.post(`/manage/project/${name}/publishing/remove/`, { publisher: id });
    expect(outcome(await auth.grant(token, name))).toBe('403 publisher.removed');
    expect((await auth.introspect(token)).json).toEqual({ active: false, code: 'publisher.removed' });
    expect(outcome(await auth.publish(auth.gitHubClaims(name)))).toBe('422 oidc.invalid-publisher');
    await auth.trust(olive, name, form(name));
    expect(outcome(await auth.grant(token, name))).toBe('403 publisher.removed');
  });

  it('go with their project, and are not those of the next of that name', async () => {
    const { name } = await trusting('renewed');
    const token = await auth.token(auth.gitHubClaims(name));
    await auth.owner.query('DELETE FROM auth.project WHERE name = $1', [name]);
    for (const { id } of await auth.rows('SELECT id FROM auth.grant_log WHERE project = $1', name)) {
      const at = new Date(auth.clock.nowMs());
      await appendVoid(auth.pool, auth.vault, { id: id as string, reason: 'given back', at });
    }
    await auth.projectOf(mallory, 'mallory', name);
    expect(outcome(await auth.grant(token, name))).toBe('403 token.wrong-project');
    expect(outcome(await auth.publish(auth.gitHubClaims(name)))).toBe('422 oidc.invalid-publisher');
  });
});

describe('a pending publisher', () => {
  it('makes its project at the first token, owned by whoever added it', async () => {
    const name = auth.fresh('new');
    expect((await addPending(olive, name)).location).toBe('/account/publishing/');
    expect((await olive.get('/account/publishing/')).text).toContain(name);
    expect(await auth.owners(name)).toEqual([]);
    const token = await auth.token(auth.gitHubClaims(name));
    expect(await auth.owners(name)).toEqual([{ username: 'olive', role: 'owner' }]);
    expect([(await publishers(name)).map((row) => row['owner_id']), await pending(name)]).toEqual([
      ['583231'],
      [],
    ]);
    const [mail] = await mails('olive');
    expect(mail!.subject).toBe(`Your pending publisher made the project ${name}`);
    expect(await events(name)).toEqual([
      { event: 'publisher.pending-added', actor: 'olive' },
      { event: 'publisher.pending-used', actor: `publisher:github:octo/${name}` },
    ]);
    const { status, json } = await auth.grant(token, name);
    expect(status).toBe(200);
    // An upload that is refused does not take the project away from the workflow.
    await auth.voidGrant(json['grantId'] as string);
    expect(await auth.owners(name)).toEqual([{ username: 'olive', role: 'owner' }]);
    expect(outcome(await auth.publish(auth.gitHubClaims(name)))).toBe('token');
  });

  it('makes one project for 20 tokens at once', async () => {
    const name = auth.fresh('new');
    await addPending(olive, name);
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => auth.publish(auth.gitHubClaims(name))),
    );
    expect(replies.map(outcome)).toEqual(replies.map(() => 'token'));
    expect([await auth.owners(name), (await publishers(name)).length]).toEqual([
      [{ username: 'olive', role: 'owner' }],
      1,
    ]);
  });

  it('keeps no name: whoever makes the project meanwhile has it, and its owner is told', async () => {
    const name = auth.fresh('contested');
    await addPending(olive, name);
    await auth.projectOf(mallory, 'mallory', name);
    const reply = await auth.publish(auth.gitHubClaims(name));
    expect([outcome(reply), reply.json['errors']]).toEqual([
      '422 oidc.invalid-pending-publisher',
      [{ code: 'invalid-pending-publisher', description: expect.any(String) }],
    ]);
    expect([await pending(name), await auth.owners(name), await publishers(name)]).toEqual([
      [],
      [{ username: 'mallory', role: 'owner' }],
      [],
    ]);
    expect((await mails('olive'))[0]!.subject).toBe(`Your pending publisher for ${name} is no longer good`);
    expect(outcome(await auth.publish(auth.gitHubClaims(name)))).toBe('422 oidc.invalid-publisher');
  });

  it('of two for one name, the older one makes the project', async () => {
    const name = auth.fresh('both');
    await addPending(olive, name);
    auth.clock.advance(1_000);
    await addPending(mallory, name);
    expect(outcome(await auth.publish(auth.gitHubClaims(name)))).toBe('token');
    expect(await auth.owners(name)).toEqual([{ username: 'olive', role: 'owner' }]);
    expect(await pending(name)).toEqual([]);
  });

  it('that does not match makes nothing', async () => {
    const name = auth.fresh('unmatched');
    await addPending(olive, name, name, { environment: 'pypi', ownerId: '5' });
    const tries = [{}, { environment: 'pypi' }, { repository_owner_id: '5' }];
    for (const changes of tries) {
      const reply = await auth.publish(auth.gitHubClaims(name, changes));
      expect(outcome(reply)).toBe('422 oidc.invalid-publisher');
    }
    expect(await auth.owners(name)).toEqual([]);
    const right = { environment: 'pypi', repository_owner_id: '5' };
    expect(outcome(await auth.publish(auth.gitHubClaims(name, right)))).toBe('token');
  });

  it('of an account that is disabled makes nothing', async () => {
    const name = auth.fresh('disabled');
    await addPending(mallory, name);
    await auth.owner.query(`UPDATE auth.account SET disabled_at = now() WHERE username = 'mallory'`);
    expect(outcome(await auth.publish(auth.gitHubClaims(name)))).toBe('422 oidc.invalid-publisher');
    await auth.owner.query(`UPDATE auth.account SET disabled_at = NULL WHERE username = 'mallory'`);
    expect(outcome(await auth.publish(auth.gitHubClaims(name)))).toBe('token');
  });

  it('is not for names that are taken, prohibited or none, nor more than three', async () => {
    const taken = auth.fresh('taken');
    await auth.projectOf(mallory, 'mallory', taken);
    for (const name of [taken, 'logging', '-no-']) {
      const answer = await addPending(olive, name, 'x');
      expect([answer.status, answer.code]).toEqual([400, 'publisher.form-refused']);
    }
    const names = [auth.fresh('many'), auth.fresh('many'), auth.fresh('many'), auth.fresh('many')];
    const answers = await Promise.all(names.map((name) => addPending(olive, name)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(3);
    const rows = await auth.rows(`SELECT id FROM auth.pending_publisher WHERE project LIKE 'many-%'`);
    for (const { id } of rows) {
      await mallory.post('/account/publishing/remove/', { publisher: id as string });
    }
    expect(await auth.rows(`SELECT id FROM auth.pending_publisher WHERE project LIKE 'many-%'`)).toEqual(
      rows,
    );
    for (const { id } of rows) {
      await olive.post('/account/publishing/remove/', { publisher: id as string });
    }
    expect(await auth.rows(`SELECT id FROM auth.pending_publisher WHERE project LIKE 'many-%'`)).toEqual([]);
  });

  it('is not for somebody whose address is not confirmed', async () => {
    const browser = new TestBrowser(auth, '203.0.113.10');
    const password = 'four words make one';
    await browser.post('/account/register/', { username: 'newbie', email: 'newbie@example.org', password });
    await browser.post('/account/login/', { username: 'newbie', password });
    const answer = await addPending(browser, auth.fresh('newbie'));
    expect([answer.status, answer.code]).toEqual([403, 'account.email-unverified']);
  });

  it('lives for 30 days', async () => {
    const name = auth.fresh('old');
    await addPending(olive, name);
    auth.clock.advance(30 * 86_400_000 - 1_000);
    await signInAgain(olive, 'olive');
    expect((await olive.get('/account/publishing/')).text).toContain(name);
    auth.clock.advance(1_000);
    expect((await olive.get('/account/publishing/')).text).not.toContain(name);
    expect(outcome(await auth.publish(auth.gitHubClaims(name)))).toBe('422 oidc.invalid-publisher');
    await signInAgain(mallory, 'mallory');
  });
});

describe('who writes auth’s database, as its role, without the key outside it', () => {
  const copyTo = (project: string, from: string, changes: Readonly<Record<string, unknown>> = {}) =>
    auth.rows(
      `INSERT INTO auth.publisher (id, project_id, issuer, subject, identity, claims, owner_id, created_at, proof)
       SELECT COALESCE($3::uuid, gen_random_uuid()), (SELECT id FROM auth.project WHERE name = $1), p.issuer,
              COALESCE($4, p.subject), p.identity, COALESCE($5::jsonb, p.claims), p.owner_id, p.created_at, p.proof
         FROM auth.publisher p JOIN auth.project pr ON pr.id = p.project_id WHERE pr.name = $2 RETURNING id`,
      ...[project, from, changes['id'] ?? null, changes['subject'] ?? null, changes['claims'] ?? null],
    );

  it('makes no project trust their own workflow', async () => {
    const { name: victim } = await trusting('robbed');
    const theirs = auth.fresh('thief');
    await auth.projectOf(mallory, 'mallory', theirs);
    const id = await auth.trust(mallory, theirs, form('thief'));
    await copyTo(victim, theirs);
    const token = await auth.token(auth.gitHubClaims('thief'));
    expect(caveats(token)[1]![1]).toHaveLength(1);
    expect(outcome(await auth.grant(token, victim))).toBe('403 token.wrong-project');
    // The row itself, moved: its proof is for the project that it was of.
    await auth.rows(
      'DELETE FROM auth.publisher WHERE project_id = (SELECT id FROM auth.project WHERE name = $1)',
      victim,
    );
    await auth.rows('DELETE FROM auth.publisher WHERE id = $1', id);
    const again = await auth.trust(mallory, theirs, form('thief'));
    await copyTo(victim, theirs, { id: '00000000-0000-4000-8000-000000000001' });
    await auth.rows('DELETE FROM auth.publisher WHERE id = $1', again);
    expect(outcome(await auth.publish(auth.gitHubClaims('thief')))).toBe('422 oidc.invalid-publisher');
    expect((await olive.get(`/manage/project/${victim}/publishing/`)).text).toContain('There are none.');
  });

  it('makes no publisher match another workflow, or another owner', async () => {
    const { name: victim, id } = await trusting('bent', { ownerId: '77' });
    const proof = (await publishers(victim))[0]!['proof'];
    const other = auth.fresh('bent-to');
    const bend = async (set: string, ...values: unknown[]) => {
      // The role may not even change it; the schema's owner may.
      await auth.owner.query(`UPDATE auth.publisher SET ${set} WHERE id = $1`, [id, ...values]);
    };
    await bend(
      `subject = $2, claims = jsonb_set(claims, '{repository}', to_jsonb($3::text))`,
      ...[`octo/${other}`, `octo/${other}`],
    );
    const asked = auth.gitHubClaims(other, { repository_owner_id: '77' });
    expect(outcome(await auth.publish(asked))).toBe('422 oidc.invalid-publisher');
    await bend(
      `subject = $2, claims = jsonb_set(claims, '{repository}', to_jsonb($3::text)), owner_id = NULL`,
      ...[`octo/${victim}`, `octo/${victim}`],
    );
    expect(outcome(await auth.publish(auth.gitHubClaims(victim)))).toBe('422 oidc.invalid-publisher');
    await bend('owner_id = $2', '583231');
    expect(outcome(await auth.publish(auth.gitHubClaims(victim)))).toBe('422 oidc.invalid-publisher');
    await bend('owner_id = $2, issuer = $3', '77', auth.issuers.issuer('generic').url);
    const elsewhere = auth.times({ sub: `octo/${victim}` });
    expect(outcome(await auth.publish(elsewhere, 'generic'))).toBe('422 oidc.invalid-publisher');
    await bend('issuer = $2', auth.issuers.issuer('github').url);
    expect((await publishers(victim))[0]!['proof']).toEqual(proof);
    const right = auth.gitHubClaims(victim, { repository_owner_id: '77' });
    expect(outcome(await auth.publish(right))).toBe('token');
  });

  it('gives no token to another publisher or account', async () => {
    const { name: victim, id: trusted } = await trusting('stolen');
    const theirs = auth.fresh('thief');
    await auth.projectOf(mallory, 'mallory', theirs);
    await auth.trust(mallory, theirs, form(theirs));
    const token = await auth.token(auth.gitHubClaims(theirs));
    const { identifier } = parseToken(token);
    await auth.rows(
      'UPDATE auth.token SET publisher_ids = ARRAY[$2::uuid] WHERE id = $1',
      identifier,
      trusted,
    );
    expect((await auth.grant(token, victim)).status).toBe(500);
    await auth.rows(
      `UPDATE auth.token SET publisher_ids = '{}', account_id = (SELECT id FROM auth.account WHERE username = 'olive')
        WHERE id = $1`,
      identifier,
    );
    expect((await auth.grant(token, victim)).status).toBe(500);
    expect(
      await auth.rows(`SELECT 1 FROM auth.grant_log WHERE project = $1 AND account_id IS NULL`, victim),
    ).toEqual([]);
  });

  it('makes no pending publisher of another account, project or time', async () => {
    const name = auth.fresh('pending');
    await addPending(mallory, name);
    const [row] = await auth.rows('SELECT * FROM auth.pending_publisher WHERE project = $1', name);
    const bent = auth.fresh('pending-bent');
    for (const [column, value] of [
      ['account_id', (await auth.rows(`SELECT id FROM auth.account WHERE username = 'olive'`))[0]!['id']],
      ['project', bent],
      ['owner_id', '583231'],
      ['expires_at', new Date(auth.clock.nowMs() + 365 * 86_400_000)],
      ['claims', JSON.stringify({ ...(row!['claims'] as object), workflow: 'ci.yml' })],
    ] as const) {
      await auth.owner.query(`UPDATE auth.pending_publisher SET ${column} = $2 WHERE id = $1`, [
        row!['id'],
        value,
      ]);
      for (const workflow of ['release.yml', 'ci.yml']) {
        const job = { job_workflow_ref: `octo/${name}/.github/workflows/${workflow}@refs/tags/v1` };
        expect(outcome(await auth.publish(auth.gitHubClaims(name, job)))).toBe('422 oidc.invalid-publisher');
      }
      const kept = column === 'claims' ? JSON.stringify(row![column]) : row![column];
      await auth.owner.query(`UPDATE auth.pending_publisher SET ${column} = $2 WHERE id = $1`, [
        row!['id'],
        kept,
      ]);
    }
    expect(await auth.owners(bent)).toEqual([]);
    expect(outcome(await auth.publish(auth.gitHubClaims(name)))).toBe('token');
    expect(await auth.owners(name)).toEqual([{ username: 'mallory', role: 'owner' }]);
  });
});
