import { grantKey, serializeSignedGrant, verifyGrant } from '@rind/index-model';
import { hashHex } from '@rind/crypto';
import { utf8 } from '@rind/kernel';
import type { KeyId } from '@rind/kernel';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mailTo } from './testing/browser.ts';
import {
  auth,
  confirm,
  delivered,
  file,
  grants,
  newProject,
  newer,
  owner,
  project,
  release,
  sdist,
  startReleases,
  states,
  stopReleases,
  stranger,
  upload,
  warehouse,
  wheel,
} from './testing/released-project.ts';

beforeAll(startReleases);
afterAll(stopReleases);
beforeEach(newProject);

describe('auth’s own record', () => {
  it('lists a person’s projects, releases and files as they were granted', async () => {
    expect((await owner.get('/manage/projects/')).text).toContain(`<a href="/manage/project/${project}/">`);
    expect((await stranger.get('/manage/projects/')).text).not.toContain(project);
    const overview = (await owner.get(`/manage/project/${project}/`)).text;
    expect(overview.indexOf('/release/2.0/')).toBeLessThan(overview.indexOf('/release/1.0/'));
    const { text } = await owner.get(release());
    expect(text).toContain(hashHex('sha256', utf8(sdist)));
    expect(text).toContain('1,234 bytes');
    expect(text).toContain('by olga');
  });

  it('knows nothing of void grants, and keeps equal versions together', async () => {
    const stem = project.replaceAll('-', '_');
    const refused = await upload(`${stem}-3.0.tar.gz`);
    await auth.voidGrant(refused);
    await upload(`${stem}-1.0.0-py2-none-any.whl`);
    const overview = (await owner.get(`/manage/project/${project}/`)).text;
    expect(overview).not.toContain('/release/3.0/');
    expect([...overview.matchAll(/\/release\/1\.0/g)]).toHaveLength(1);
    expect((await owner.get(release('1'))).text).toContain(`${stem}-1.0.0-py2-none-any.whl`);
    const missing = await owner.get(release('3.0'));
    expect([missing.status, missing.code]).toEqual([404, 'release.unknown']);
  });

  it('is shown in pages, also that of a project of more than two thousand files', async () => {
    const { rows } = await auth.owner.query<{ envelope: Buffer }>(
      'SELECT envelope FROM auth.grant_log WHERE project = $1 LIMIT 1',
      [project],
    );
    const stem = project.replaceAll('-', '_');
    await auth.owner.query(
      `INSERT INTO auth.grant_log (id, seq, verb, project, target_path, envelope, expires_at)
       SELECT gen_random_uuid(), n, 'add', $1, format('packages/%s/%s-9.%s.tar.gz', $1::text, $2::text, n), $3, now()
         FROM generate_series(1, 2500) n`,
      [project, stem, rows[0]!.envelope],
    );
    const startMs = performance.now();
    const first = await owner.get(`/manage/project/${project}/`);
    expect(performance.now() - startMs).toBeLessThan(10_000);
    expect([...first.text.matchAll(/\/release\/9\./g)]).toHaveLength(50);
    expect(first.text).toContain('Page 1 of 51');
    const last = await owner.get(`/manage/project/${project}/?page=51`);
    expect(last.text).toContain(release());
    expect((await owner.get(`/manage/project/${project}/?page=1e9`)).text).toContain('Page 51 of 51');
  });

  it('does not show a row that somebody wrote about another file than its grant', async () => {
    const path = `packages/${project}/${sdist.replace('1.0', '4.0')}`;
    await auth.rows(
      `INSERT INTO auth.grant_log (id, seq, verb, project, target_path, envelope, expires_at)
       SELECT gen_random_uuid(), max(seq) + 1, 'add', $1, $2, (array_agg(envelope))[1], now() FROM auth.grant_log`,
      project,
      path,
    );
    expect((await owner.get(release('4.0'))).status).toBe(500);
  });
});

describe('a release', () => {
  it('is yanked, unyanked, deleted and restored by its owner, and the warehouse gets every grant in order', async () => {
    await confirm(`${release()}yank/`, { reason: 'broken on Tuesdays' });
    expect(await states()).toEqual({ [sdist]: 'yanked', [wheel]: 'yanked', [newer]: 'live' });
    await confirm(`${release()}unyank/`);
    expect(await states()).toEqual({ [sdist]: 'live', [wheel]: 'live', [newer]: 'live' });
    await confirm(`${release()}delete/`, { name: project });
    expect(await states()).toEqual({ [sdist]: 'deleted', [wheel]: 'deleted', [newer]: 'live' });
    await confirm(`${release()}restore/`);
    expect(await states()).toEqual({ [sdist]: 'live', [wheel]: 'live', [newer]: 'live' });
    await delivered(8);
    expect(warehouse.verbs(project)).toEqual(
      ['yank', 'unyank', 'delete', 'restore'].flatMap((verb) => [`${verb} ${wheel}`, `${verb} ${sdist}`]),
    );
    const seqs = warehouse.of(project).map(({ grant }) => grant.seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
  });

  it('is changed by grants that anybody with auth’s key can verify', async () => {
    await confirm(`${release()}yank/`, { reason: 'broken' });
    await delivered(2);
    const trusted = new Map([[warehouse.of(project)[0]!.keyid as KeyId, grantKey('auth', auth.grantKey)]]);
    for (const signed of warehouse.of(project)) {
      const { grant } = verifyGrant(serializeSignedGrant(signed), trusted, { repository: 'demo' });
      expect(grant).toMatchObject({ verb: 'yank', reason: 'broken', actor: 'olga', how: 'web' });
      expect(grant.exp - grant.iat).toBe(7 * 86_400);
    }
  });

  it('is changed file by file as well', async () => {
    await confirm(`${file(wheel)}yank/`, { reason: 'the wheel alone' });
    expect(await states()).toMatchObject({ [sdist]: 'live', [wheel]: 'yanked' });
    expect((await owner.get(release())).text).toContain('Yanked because: the wheel alone');
    const page = (await owner.get(`${release()}yank/`)).text;
    expect([page.includes(sdist), page.includes(wheel), page.includes('1 other file')]).toEqual([
      true,
      false,
      true,
    ]);
    await confirm(`${release()}yank/`);
    expect(await grants()).toHaveLength(2);
  });

  it('is logged for each grant and for the person, and mailed to everybody with a confirmed address', async () => {
    await confirm(`${release()}delete/`, { name: project });
    const subject = `${project} 1.0 was deleted`;
    for (const name of ['olga', 'mark']) {
      expect((await mailTo(auth, `${name}@example.org`)).subject).toBe(subject);
    }
    expect((await mailTo(auth, 'stan@example.org')).subject).not.toBe(subject);
    const events = await auth.rows(
      `SELECT event, target, detail->>'files' AS files, account_id IS NOT NULL AS own FROM auth.audit
        WHERE project = $1 AND (event LIKE 'release.%' OR detail->>'verb' = 'delete') ORDER BY id`,
      project,
    );
    expect(events).toEqual([
      { event: 'grant.issued', target: `packages/${project}/${wheel}`, files: null, own: false },
      { event: 'grant.issued', target: `packages/${project}/${sdist}`, files: null, own: false },
      { event: 'release.deleted', target: null, files: '2', own: true },
    ]);
    expect((await owner.get('/account/log/')).text).toContain('You deleted files of a release');
  });

  it('of nobody’s confirmed address is told to nobody: an address written into the table gets no mail', async () => {
    await auth.rows(
      `UPDATE auth.email SET address = 'thief@example.org' WHERE account_id =
         (SELECT id FROM auth.account WHERE username = 'mark')`,
    );
    await confirm(`${release()}yank/`);
    expect((await mailTo(auth, 'thief@example.org')).subject).toBe('');
    await auth.rows(`UPDATE auth.email SET address = 'mark@example.org' WHERE address = 'thief@example.org'`);
  });
});

describe('a project', () => {
  it('is archived and unarchived', async () => {
    const status = `/manage/project/${project}/status/`;
    await confirm(`${status}archive/`);
    expect((await owner.get(`/manage/project/${project}/`)).text).toContain('<strong>archived</strong>');
    expect((await mailTo(auth, 'mark@example.org')).subject).toBe(`${project} was archived`);
    await confirm(`${status}unarchive/`);
    expect((await owner.get(`/manage/project/${project}/`)).text).toContain('<strong>active</strong>');
    await delivered(2);
    expect(warehouse.verbs(project)).toEqual(['status archived', 'status active']);
    expect((await owner.get(`${status}quarantine/`)).code).toBe('release.unknown');
  });
});
