import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { enrolApp, newMember, password } from './testing/member.ts';
import {
  auth,
  confirm,
  delivered,
  file,
  grants,
  maintainer,
  newProject,
  owner,
  project,
  release,
  sdist,
  shownBy,
  startReleases,
  stopReleases,
  stranger,
  upload,
  warehouse,
  wheel,
} from './testing/released-project.ts';

beforeAll(startReleases);
afterAll(stopReleases);
beforeEach(newProject);

describe('who may', () => {
  const paths = () => [
    `${release()}yank/`,
    `${file(sdist)}delete/`,
    `/manage/project/${project}/status/archive/`,
  ];

  it('is an owner: a maintainer looks, and a stranger does not', async () => {
    const shown = await Promise.all(paths().map((path) => shownBy(path)));
    for (const [at, path] of paths().entries()) {
      for (const [browser, code] of [
        [maintainer, 'authorization.not-an-owner'],
        [stranger, 'authorization.not-a-maintainer'],
      ] as const) {
        expect([(await browser.get(path)).status, (await browser.get(path)).code]).toEqual([403, code]);
        const answer = await browser.post(path, { shown: shown[at]!, name: project });
        expect([answer.status, answer.code]).toEqual([403, code]);
      }
    }
    expect((await maintainer.get(release())).status).toBe(200);
    expect((await maintainer.get(release())).text).not.toContain('/yank/');
    for (const path of [release(), `/manage/project/${project}/`]) {
      expect((await stranger.get(path)).code).toBe('authorization.not-a-maintainer');
    }
    for (const name of ['never-was', 'Not.Normal', 'a%2Fb']) {
      expect((await stranger.get(`/manage/project/${name}/`)).code).toBe('project.unknown');
    }
    expect(await grants()).toEqual([]);
    const refused = await auth.rows(
      `SELECT DISTINCT actor, detail->>'code' AS code FROM auth.audit
        WHERE event = 'release.refused' AND project = $1 ORDER BY actor`,
      project,
    );
    expect(refused).toEqual([
      { actor: 'mark', code: 'authorization.not-an-owner' },
      { actor: 'stan', code: 'authorization.not-a-maintainer' },
    ]);
  });

  it('is nobody who is not signed in, and nobody whose proof is older than half an hour', async () => {
    const path = `${release()}yank/`;
    const shown = await shownBy(path);
    const cookie = owner.cookie;
    owner.cookie = null;
    const answer = await owner.post(path, { shown });
    expect(answer.location).toBe(`/account/login/?next=${encodeURIComponent(path)}`);
    owner.cookie = cookie;
    auth.clock.advance(31 * 60_000);
    const sudo = `/account/sudo/?next=${encodeURIComponent(path)}`;
    expect([(await owner.get(path)).location, (await owner.post(path, { shown })).location]).toEqual([
      sudo,
      sudo,
    ]);
    expect(await grants()).toEqual([]);
    expect((await owner.get(release())).status).toBe(200);
    const back = await owner.post('/account/sudo/', { next: path, password });
    expect(back.location).toBe(path);
    await confirm(path);
  });

  it('is somebody whose role is taken away meanwhile no more', async () => {
    const shown = await shownBy(`${release()}yank/`);
    await auth.makeMember(project, 'olga', 'maintainer');
    const answer = await owner.post(`${release()}yank/`, { shown });
    expect([answer.status, answer.code]).toEqual([403, 'authorization.not-an-owner']);
  });

  it('is nobody without a second factor where the project asks for one', async () => {
    const secured = await newMember(auth, 'ella', '198.51.100.4');
    await auth.makeMember(project, 'ella', 'owner');
    await enrolApp(auth, secured);
    const members = `/manage/project/${project}/members/`;
    expect((await secured.post(`${members}second-factor/`, { required: 'yes' })).status).toBe(303);
    const path = `${release()}yank/`;
    const answer = await owner.post(path, { shown: await shownBy(path, secured) });
    expect([answer.status, answer.code]).toEqual([403, 'account.second-factor-required']);
    expect(await grants()).toEqual([]);
    expect((await secured.post(path, { shown: await shownBy(path, secured) })).status).toBe(303);
  });

  it('is nobody who wrote their role into the database', async () => {
    await auth.rows(
      `INSERT INTO auth.role (project, account_id, role)
       SELECT $1, id, 'owner' FROM auth.account WHERE username = 'stan'`,
      project,
    );
    expect((await stranger.get(release())).code).toBe('authorization.not-a-maintainer');
    expect((await stranger.get('/manage/projects/')).text).not.toContain(project);
  });

  it('is nobody whose address is not confirmed', async () => {
    await auth.rows(
      `UPDATE auth.email SET verified_at = NULL, proof = NULL WHERE account_id =
         (SELECT id FROM auth.account WHERE username = 'stan')`,
    );
    await auth.makeMember(project, 'stan', 'owner');
    await stranger.post('/account/sudo/', { password });
    const answer = await stranger.get(`${release()}yank/`);
    expect([answer.status, answer.code]).toEqual([403, 'account.email-unverified']);
  });
});

describe('a confirmation', () => {
  it('from another site does nothing', async () => {
    const path = `${release()}delete/`;
    const form = { shown: await shownBy(path), name: project };
    for (const headers of [
      { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' },
      { origin: 'null' },
      {},
    ]) {
      const answer = await owner.post(path, form, headers as Record<string, string>);
      expect([answer.status, answer.code]).toEqual([403, 'request.cross-origin']);
    }
    expect(await grants()).toEqual([]);
  });

  it('does what was shown, and shows it again when that has changed', async () => {
    const path = `${release()}delete/`;
    const shown = await shownBy(path);
    const late = sdist.replace('.tar.gz', '-py2-none-any.whl');
    await upload(late);
    const again = await owner.post(path, { shown, name: project });
    expect([again.status, again.code]).toEqual([409, 'release.changed']);
    expect(again.text).toContain(late);
    expect(await grants()).toEqual([]);
    const next = /name="shown" value="([0-9a-f]{64})"/.exec(again.text)![1]!;
    expect((await owner.post(path, { shown: next, name: project })).status).toBe(303);
    expect(await grants()).toHaveLength(3);
  });

  it('is stale when somebody changed a file in between, also back again', async () => {
    const path = `${release()}delete/`;
    const shown = await shownBy(path);
    await confirm(`${file(sdist)}yank/`);
    await confirm(`${file(sdist)}unyank/`);
    expect((await owner.post(path, { shown, name: project })).code).toBe('release.changed');
  });

  it.each(['', '0'.repeat(64), 'x'])('that names nothing that was shown (%j) does nothing', async (shown) => {
    const answer = await owner.post(`${release()}yank/`, { shown });
    expect([answer.status, answer.code]).toEqual([409, 'release.changed']);
    expect(await grants()).toEqual([]);
  });

  it('of one change is none of another, of another file, or of another project', async () => {
    const shown = await shownBy(`${file(sdist)}yank/`);
    for (const path of [`${file(sdist)}delete/`, `${file(wheel)}yank/`, `${release()}yank/`]) {
      const answer = await owner.post(path, { shown, name: project });
      expect([path, answer.code]).toEqual([path, 'release.changed']);
    }
    expect(await grants()).toEqual([]);
  });

  it('of a deletion needs the name typed, exactly', async () => {
    const path = `${release()}delete/`;
    const shown = await shownBy(path);
    for (const name of ['', project.toUpperCase(), `${project} `, `${project}\0x`]) {
      const answer = await owner.post(path, { shown, name });
      expect([answer.status, answer.code]).toEqual([400, 'release.name-mismatch']);
    }
    expect(await grants()).toEqual([]);
  });

  it.each([
    ['a line feed', 'a\r\nBcc: everybody@example.org'],
    ['a mark that turns the writing direction', 'a\u202eb'],
    ['too many characters', 'x'.repeat(501)],
    ['far too many characters', 'x'.repeat(1_001)],
  ])('takes no reason with %s', async (_what, reason) => {
    const path = `${release()}yank/`;
    const answer = await owner.post(path, { shown: await shownBy(path), reason });
    expect([answer.status, answer.code]).toEqual([400, 'release.reason-invalid']);
    expect(await grants()).toEqual([]);
  });

  it('shows a reason with markup as text, and mails none', async () => {
    const reason = `<script>alert(1)</script>"'&`;
    await confirm(`${release()}yank/`, { reason });
    const { text } = await owner.get(release());
    expect(text).not.toContain('<script');
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
    const mails = (await auth.app.fastify.inject({ url: '/mailbox/messages?to=olga%40example.org' })).body;
    expect(mails).not.toContain('alert(1)');
    await delivered(2);
    expect(warehouse.of(project)[0]!.grant.reason).toBe(reason);
  });

  it('sent twice counts once, and says that it is done', async () => {
    const path = `${release()}yank/`;
    const form = { shown: await shownBy(path) };
    for (let time = 0; time < 2; time++) {
      const answer = await owner.post(path, form);
      expect([answer.status, answer.location]).toEqual([303, release()]);
    }
    expect(await grants()).toHaveLength(2);
    expect((await owner.get(path)).location).toBe(release());
  });

  it('sent twenty times at once makes one grant of each file', async () => {
    const path = `${release()}delete/`;
    const form = { shown: await shownBy(path), name: project };
    const answers = await Promise.all(Array.from({ length: 20 }, () => owner.post(path, form)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 303));
    expect(await grants()).toHaveLength(2);
    await delivered(2);
  });

  it('against another at once: one is done, the other is shown what became of it', async () => {
    const [yank, remove] = [await shownBy(`${release()}yank/`), await shownBy(`${release()}delete/`)];
    const answers = await Promise.all([
      owner.post(`${release()}yank/`, { shown: yank }),
      owner.post(`${release()}delete/`, { shown: remove, name: project }),
    ]);
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(1);
    expect(await grants()).toHaveLength(2);
  });

  it('asks for nothing that cannot be: what is deleted is not yanked, and what is there is not restored', async () => {
    await confirm(`${file(sdist)}delete/`, { name: project });
    for (const path of [`${file(sdist)}yank/`, `${file(sdist)}unyank/`]) {
      const [page, answer] = [await owner.get(path), await owner.post(path, { shown: '0'.repeat(64) })];
      expect([page.code, answer.code]).toEqual(['release.unchangeable', 'release.unchangeable']);
    }
    expect((await owner.get(`${file(wheel)}restore/`)).location).toBe(release());
    expect((await owner.get(`${file('never-1.0.tar.gz')}yank/`)).code).toBe('release.unknown');
    expect((await owner.get(`${file(sdist)}revoke/`)).code).toBe('release.unknown');
    expect(await grants()).toHaveLength(1);
  });
});
