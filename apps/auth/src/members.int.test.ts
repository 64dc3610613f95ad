import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startAuthCalls } from './testing/auth-calls.ts';
import type { AuthCalls } from './testing/auth-calls.ts';
import { TestBrowser, mailTo } from './testing/browser.ts';
import type { PageAnswer } from './testing/browser.ts';
import { enrolApp, newMember, password } from './testing/member.ts';

let auth: AuthCalls;
let count = 0;
let project: string;
let page: string;
let owner: TestBrowser;
let other: TestBrowser;
let [ownerName, otherName] = ['', ''];
beforeAll(async () => {
  auth = await startAuthCalls();
});
afterAll(() => auth.stop());
beforeEach(async () => {
  count += 1;
  [ownerName, otherName] = [`owner-${count}`, `other-${count}`];
  owner = await newMember(auth, ownerName, `198.51.100.${count}`);
  other = await newMember(auth, otherName, `203.0.113.${count}`);
  project = auth.fresh('shared');
  page = `/manage/project/${project}/members/`;
  expect((await auth.grant(await auth.mint(ownerName), project)).status).toBe(200);
});

const said = ({ status, code, location }: PageAnswer) => [status, code ?? location];
const invite = (by: TestBrowser, username: string, role = 'maintainer') =>
  by.post(`${page}invite/`, { username, role });
const mailed = async (name: string): Promise<string> => (await mailTo(auth, `${name}@example.org`)).subject;
const rolesOf = async () =>
  Object.fromEntries((await auth.owners(project)).map(({ username, role }) => [username, role]));

async function invitationOf(browser: TestBrowser): Promise<string> {
  return (
    /name="id" value="([0-9a-f-]{36})"/.exec((await browser.get('/account/invitations/')).text)?.[1] ?? ''
  );
}

const answer = async (browser: TestBrowser, how: 'accept' | 'decline', id?: string) =>
  browser.post('/account/invitations/', { id: id ?? (await invitationOf(browser)), answer: how });

async function join(role: 'owner' | 'maintainer' = 'maintainer'): Promise<void> {
  expect(said(await invite(owner, otherName, role))).toEqual([303, page]);
  expect(said(await answer(other, 'accept'))).toEqual([303, '/account/invitations/']);
}

describe('an invitation', () => {
  it('is mailed, and makes a member of whoever accepts it; all members hear of it', async () => {
    await invite(owner, otherName.toUpperCase());
    expect(await mailed(otherName)).toBe(`You are invited to ${project}`);
    const token = await auth.mint(otherName);
    const upload = () => auth.grant(token, project, { filename: `${project.replace('-', '_')}-2.0.tar.gz` });
    expect((await upload()).code).toBe('authorization.not-a-maintainer');
    await answer(other, 'accept');
    expect(await rolesOf()).toEqual({ [ownerName]: 'owner', [otherName]: 'maintainer' });
    expect((await upload()).status).toBe(200);
    for (const name of [ownerName, otherName]) expect(await mailed(name)).toBe(`Members of ${project}`);
    expect((await owner.get(page)).text).toContain(otherName);
  });

  it('that is declined, taken back, or a week old makes nobody a member', async () => {
    await invite(owner, otherName);
    expect(said(await answer(other, 'decline'))).toEqual([303, '/account/invitations/']);
    await invite(owner, otherName);
    const id = await invitationOf(other);
    expect(said(await owner.post(`${page}cancel/`, { id }))).toEqual([303, page]);
    expect(said(await answer(other, 'accept', id))).toEqual([410, 'invitation.ended']);
    await invite(owner, otherName);
    const late = await invitationOf(other);
    auth.clock.advance(7 * 86_400_000);
    await other.post('/account/login/', { username: otherName, password });
    expect(said(await answer(other, 'accept', late))).toEqual([410, 'invitation.ended']);
    await owner.post('/account/login/', { username: ownerName, password });
    expect(said(await invite(owner, otherName))).toEqual([303, page]);
    expect(await rolesOf()).toEqual({ [ownerName]: 'owner' });
  });

  it('is answered by the one who was invited, once, also when ten answers come at once', async () => {
    await invite(owner, otherName, 'owner');
    const id = await invitationOf(other);
    const thief = await newMember(auth, `thief-${count}`, `192.0.2.${count}`);
    for (const browser of [thief, owner]) {
      expect(said(await answer(browser, 'accept', id))).toEqual([410, 'invitation.ended']);
    }
    const answers = await Promise.all(Array.from({ length: 10 }, () => answer(other, 'accept', id)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(await rolesOf()).toEqual({ [ownerName]: 'owner', [otherName]: 'owner' });
  });

  it('comes from owners: not from maintainers, strangers, or those who are invited themselves', async () => {
    expect(said(await invite(other, otherName, 'owner'))).toEqual([403, 'authorization.not-a-maintainer']);
    await invite(owner, otherName);
    expect(said(await invite(other, otherName, 'owner'))).toEqual([403, 'authorization.not-a-maintainer']);
    await answer(other, 'accept');
    const third = `third-${count}`;
    await newMember(auth, third, `192.0.2.${count}`);
    expect(said(await invite(other, third))).toEqual([403, 'authorization.not-an-owner']);
    expect(said(await other.post(`${page}role/`, { username: otherName, role: 'owner' }))).toEqual([
      403,
      'authorization.not-an-owner',
    ]);
    expect(said(await other.post(`${page}remove/`, { username: ownerName }))).toEqual([
      403,
      'authorization.not-an-owner',
    ]);
    expect(await rolesOf()).toEqual({ [ownerName]: 'owner', [otherName]: 'maintainer' });
  });

  it('is for accounts that can be members, and one at a time', async () => {
    const fresh = new TestBrowser(auth, `192.0.2.${count}`);
    const username = `fresh-${count}`;
    await fresh.post('/account/register/', { username, email: `${username}@example.org`, password });
    for (const name of ['nobody-at-all', '', ownerName, username, `<b>${username}</b>`]) {
      expect([name, ...said(await invite(owner, name))]).toEqual([name, 400, 'member.unfit']);
    }
    await invite(owner, otherName);
    expect(said(await invite(owner, otherName))).toEqual([400, 'member.unfit']);
  });

  it('is no invitation when somebody wrote it into the database, or made more of it', async () => {
    await invite(owner, otherName);
    await auth.rows(
      `UPDATE auth.invitation SET role = 'owner' WHERE project = $1 AND ended_at IS NULL`,
      project,
    );
    expect(await invitationOf(other)).toBe('');
    await auth.rows(`UPDATE auth.invitation SET ended_at = now() WHERE project = $1`, project);
    await auth.rows(
      `INSERT INTO auth.invitation (id, project, account_id, role, invited_by, created_at, expires_at, proof)
       SELECT gen_random_uuid(), $1, o.id, 'owner', w.id, $4, $5, '\\x00'
         FROM auth.account o, auth.account w WHERE o.username = $2 AND w.username = $3`,
      ...[project, otherName, ownerName],
      ...[new Date(auth.clock.nowMs()), new Date(auth.clock.nowMs() + 86_400_000)],
    );
    expect(await invitationOf(other)).toBe('');
  });
});

describe('members', () => {
  it('are seen by members alone', async () => {
    expect(said(await other.get(page))).toEqual([403, 'authorization.not-a-maintainer']);
    expect(said(await other.get('/manage/project/not-there/members/'))).toEqual([404, 'project.unknown']);
    expect(said(await owner.get(page.replace('shared', 'Shared')))).toEqual([404, 'project.unknown']);
    await join();
    expect((await other.get(page)).status).toBe(200);
  });

  it('who are removed upload nothing more, and hear of it', async () => {
    await join();
    const token = await auth.mint(otherName);
    expect(said(await owner.post(`${page}remove/`, { username: otherName }))).toEqual([303, page]);
    expect((await auth.grant(token, project)).code).toBe('authorization.not-a-maintainer');
    expect(await mailed(otherName)).toBe(`Members of ${project}`);
    expect(said(await owner.post(`${page}remove/`, { username: otherName }))).toEqual([400, 'member.unfit']);
  });

  it('may leave, but not the last owner, who can become nothing less either', async () => {
    await join();
    for (const [path, form] of [
      ['leave/', {}],
      ['role/', { username: ownerName, role: 'maintainer' }],
      ['remove/', { username: ownerName }],
    ] as const) {
      expect([path, ...said(await owner.post(`${page}${path}`, form))]).toEqual([
        path,
        409,
        'member.last-owner',
      ]);
    }
    expect(said(await other.post(`${page}leave/`))).toEqual([303, '/account/']);
    expect(await rolesOf()).toEqual({ [ownerName]: 'owner' });
  });

  it('are never left without an owner by two owners who go at once', async () => {
    for (let round = 0; round < 5; round++) {
      await join('owner');
      await Promise.all([owner.post(`${page}leave/`), other.post(`${page}leave/`)]);
      const roles = Object.entries(await rolesOf());
      expect(roles.map(([, role]) => role)).toEqual(['owner']);
      if (roles[0]![0] === otherName) {
        [owner, other] = [other, owner];
        [ownerName, otherName] = [otherName, ownerName];
      }
    }
  });

  it('who take each other’s role at once leave an owner too', async () => {
    await join('owner');
    const down = (by: TestBrowser, username: string) =>
      by.post(`${page}role/`, { username, role: 'maintainer' });
    await Promise.all([down(owner, otherName), down(other, ownerName)]);
    expect(Object.values(await rolesOf()).sort()).toEqual(['maintainer', 'owner']);
  });

  it('are changed by people who have just proven who they are, by forms of ours', async () => {
    auth.clock.advance(30 * 60_000);
    expect(said(await invite(owner, otherName))).toEqual([
      303,
      `/account/sudo/?next=${encodeURIComponent(page)}`,
    ]);
    await owner.post('/account/sudo/', { next: page, password });
    const foreign = { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' };
    const answered = await owner.post(`${page}invite/`, { username: otherName, role: 'owner' }, foreign);
    expect(said(answered)).toEqual([403, 'request.cross-origin']);
    expect(await invitationOf(other)).toBe('');
  });

  it('are not made by who writes the database: neither a new role, nor more of an old one', async () => {
    await auth.rows(
      `INSERT INTO auth.role (project, account_id, role) SELECT $1, id, 'owner' FROM auth.account WHERE username = $2`,
      ...[project, otherName],
    );
    const token = await auth.mint(otherName);
    expect((await auth.grant(token, project)).code).toBe('authorization.not-a-maintainer');
    expect(said(await other.get(page))).toEqual([403, 'authorization.not-a-maintainer']);
    await auth.rows(
      `UPDATE auth.role r SET proof = o.proof FROM auth.role o JOIN auth.account a ON a.id = o.account_id
        WHERE o.project = $1 AND a.username = $2 AND r.project = $1`,
      ...[project, ownerName],
    );
    expect((await auth.grant(token, project)).code).toBe('authorization.not-a-maintainer');
    await auth.rows(
      `DELETE FROM auth.role WHERE project = $1 AND account_id <> (SELECT id FROM auth.account WHERE username = $2)`,
      project,
      ownerName,
    );
    await join();
    await auth.rows(`UPDATE auth.role SET role = 'owner' WHERE project = $1`, project);
    expect(said(await other.get(page))).toEqual([403, 'authorization.not-a-maintainer']);
  });
});

describe('a name', () => {
  const thiefUploads = async () =>
    (
      await auth.grant(await auth.mint(otherName), project, {
        filename: `${project.replace('-', '_')}-9.0.tar.gz`,
      })
    ).code ?? 'granted';

  it('whose rows somebody deletes is not free for them, whatever they write about its grants', async () => {
    await auth.rows('DELETE FROM auth.role WHERE project = $1', project);
    await auth.rows('DELETE FROM auth.project WHERE name = $1', project);
    expect(await thiefUploads()).toBe('project.lost');
    await auth.rows(
      `INSERT INTO auth.grant_void (grant_id, reason, proof) SELECT id, 'x', '\\x00' FROM auth.grant_log WHERE project = $1`,
      project,
    );
    expect(await thiefUploads()).toBe('project.lost');
    expect(await rolesOf()).toEqual({});
  });

  it('whose only upload was refused is free again', async () => {
    const [grant] = await auth.rows('SELECT id FROM auth.grant_log WHERE project = $1', project);
    expect((await auth.voidGrant(grant!['id'] as string)).status).toBe(204);
    expect(await thiefUploads()).toBe('granted');
    expect(await rolesOf()).toEqual({ [otherName]: 'owner' });
  });
});

describe('a project that requires a second factor', () => {
  const require = (required: 'yes' | 'no' = 'yes') => owner.post(`${page}second-factor/`, { required });
  const upload = async (name: string, version: string) => {
    const filename = `${project.replace('-', '_')}-${version}.tar.gz`;
    return (await auth.grant(await auth.mint(name), project, { filename })).code ?? 'granted';
  };

  it('is made so by an owner who has one; members without lose upload until they enrol, and are told', async () => {
    await join();
    expect(said(await require())).toEqual([403, 'account.second-factor-required']);
    expect(await upload(otherName, '2.0')).toBe('granted');
    await enrolApp(auth, owner);
    expect(said(await require())).toEqual([303, page]);
    const mails = await auth.app.fastify.inject({ url: `/mailbox/messages?to=${otherName}@example.org` });
    const subjects = mails.json<{ subject: string }[]>().map(({ subject }) => subject);
    expect(subjects).toContain(`${project} requires a second factor`);
    expect(await upload(otherName, '3.0')).toBe('account.second-factor-required');
    expect(await upload(ownerName, '3.1')).toBe('granted');
    await enrolApp(auth, other);
    expect(await upload(otherName, '3.0')).toBe('granted');
  });

  it('is joined by nobody without one', async () => {
    await enrolApp(auth, owner);
    await require();
    await invite(owner, otherName);
    const id = await invitationOf(other);
    expect(said(await answer(other, 'accept', id))).toEqual([403, 'account.second-factor-required']);
    expect(await rolesOf()).toEqual({ [ownerName]: 'owner' });
    await enrolApp(auth, other);
    expect(said(await answer(other, 'accept', id))).toEqual([303, '/account/invitations/']);
  });

  it('stays so whatever somebody writes into the database', async () => {
    await join();
    await enrolApp(auth, owner);
    await require();
    await auth.rows('UPDATE auth.project SET requires_second_factor = false WHERE name = $1', project);
    expect(await upload(otherName, '2.0')).toBe('account.second-factor-required');
    await auth.rows('UPDATE auth.project SET settings_proof = NULL WHERE name = $1', project);
    expect(await upload(otherName, '2.0')).toBe('account.second-factor-required');
  });

  it('is no longer when an owner says so', async () => {
    await join();
    await enrolApp(auth, owner);
    await require();
    expect(said(await require('no'))).toEqual([303, page]);
    expect(await upload(otherName, '2.0')).toBe('granted');
  });
});
