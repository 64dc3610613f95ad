import { utf8 } from '@rind/kernel';
import { packageObjectKey } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';
import { sdistBytes } from '@rind/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandInSigner } from '../../test/stand-in-signer.ts';
import { framed, send, sendUpload, signGrant, upload } from '../../test/upload-client.ts';
import type { Answer, Wanted } from '../../test/upload-client.ts';
import {
  authSeed,
  gateSecret,
  operatorSeed,
  startWarehouse,
  strangerSeed,
} from '../../test/warehouse-fixture.ts';
import type { WarehouseFixture } from '../../test/warehouse-fixture.ts';

let warehouse: WarehouseFixture;
let signer: StandInSigner;
beforeAll(async () => {
  warehouse = await startWarehouse();
  signer = new StandInSigner(warehouse.admin, warehouse.store);
});
afterAll(() => warehouse.stop());

async function put(wanted: Wanted): Promise<Answer> {
  return sendUpload(warehouse.url, upload(wanted, warehouse.clock.nowMs()).body);
}

const outcome = (answer: Answer) => [answer.status, answer.json()['code'] ?? answer.json()['outcome']];

async function rowsOf(filename: string): Promise<{ files: number; uploads: number; requests: number }> {
  const { rows } = await warehouse.admin.query<{ files: number; uploads: number; requests: number }>(
    `SELECT (SELECT count(*)::int FROM warehouse.file WHERE filename = $1) AS files,
            (SELECT count(*)::int FROM warehouse.upload WHERE target_path LIKE '%/' || $1) AS uploads,
            (SELECT count(*)::int FROM signer.outbox WHERE target_path LIKE '%/' || $1) AS requests`,
    [filename],
  );
  return rows[0]!;
}

describe('an upload from the gate', () => {
  it('is stored under its hash, recorded whole, and its grant lies in the outbox', async () => {
    const sent = upload({ project: 'First.Project', requiresPython: '>=3.8' }, warehouse.clock.nowMs());
    const answer = await sendUpload(warehouse.url, sent.body);
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({
      outcome: 'accepted',
      uploadId: expect.any(String),
      grantUsed: true,
      warnings: [],
    });

    const { rows } = await warehouse.admin.query(
      `SELECT f.project, p.display_name, f.version, f.filename, f.target_path, f.package_type, f.python_version, f.length,
              f.requires_python, f.uploader, u.id AS upload_id, u.grant_id, u.sha256, o.state, o.target_path AS asked,
              o.envelope, to_char(f.uploaded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS uploaded_at
         FROM warehouse.file f JOIN warehouse.project p ON p.name = f.project
         JOIN warehouse.upload u ON u.file_id = f.id JOIN signer.outbox o ON o.upload_id = u.id
        WHERE f.sha256 = $1`,
      [sent.sha256],
    );
    const { grant } = sent.signed;
    expect(rows).toEqual([
      {
        project: 'first-project',
        display_name: 'First.Project',
        version: '1.0',
        filename: 'first_project-1.0.tar.gz',
        target_path: 'packages/first-project/first_project-1.0.tar.gz',
        asked: 'packages/first-project/first_project-1.0.tar.gz',
        package_type: 'sdist',
        python_version: 'source',
        length: String(sent.bytes.length),
        requires_python: '>=3.8',
        uploader: 'alice',
        upload_id: answer.json()['uploadId'],
        grant_id: grant.id,
        sha256: sent.sha256,
        state: 'pending',
        envelope: expect.anything(),
        uploaded_at: grant.uploadedAt,
      },
    ]);
    expect(JSON.parse(String((rows[0] as { envelope: Buffer }).envelope))).toEqual(
      JSON.parse(JSON.stringify(sent.signed)),
    );
    const key = packageObjectKey('first-project' as ProjectName, sent.sha256, sent.filename);
    expect((await warehouse.store.get(key, 10_000))?.bytes).toEqual(sent.bytes);
    expect(warehouse.spooled()).toEqual([]);
  });

  it('tells the signer', async () => {
    let rang = 0;
    const listener = await warehouse.admin.listen('rind_outbox', () => rang++);
    const before = rang;
    await put({ project: 'bell' });
    await expect.poll(() => rang).toBeGreaterThan(before);
    await listener.close();
  });

  it('may come again: the same bytes get the first receipt, and the grant is not needed', async () => {
    const first = await put({ project: 'again' });
    const second = await put({ project: 'again' });
    expect(second.json()).toEqual({ ...first.json(), outcome: 'duplicate', grantUsed: false });
    expect(await rowsOf('again-1.0.tar.gz')).toEqual({ files: 1, uploads: 1, requests: 1 });
  });

  it('of 20 identical ones at once is accepted once, whenever they meet', async () => {
    for (let round = 0; round < 10; round++) {
      const project = `race${round}`;
      const answers = await Promise.all(Array.from({ length: 20 }, () => put({ project })));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      const outcomes = answers.map((answer) => answer.json()['outcome']);
      expect(outcomes.filter((word) => word === 'accepted')).toHaveLength(1);
      expect(new Set(answers.map((answer) => answer.json()['uploadId'])).size).toBe(1);
      expect(await rowsOf(`${project}-1.0.tar.gz`)).toEqual({ files: 1, uploads: 1, requests: 1 });
    }
    expect(warehouse.spooled()).toEqual([]);
  });

  it('of 20 different ones of a name at once is accepted once, and 19 are told that the file exists', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => put({ project: 'clash', content: `content ${i}` })),
    );
    const codes = answers.map((answer) => answer.json()['code'] ?? 'accepted').sort();
    expect(codes).toEqual(['accepted', ...Array.from({ length: 19 }, () => 'file.exists')]);
  });

  it('of 20 names for the same bytes at once is accepted once', async () => {
    const bytes = sdistBytes({ name: 'alias', version: '1.0' });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => put({ project: 'alias', version: `1.${i}`, bytes })),
    );
    const codes = answers.map((answer) => answer.json()['code'] ?? 'accepted').sort();
    expect(codes).toEqual(['accepted', ...Array.from({ length: 19 }, () => 'file.exists')]);
  });

  it('says that the file exists in the words that twine looks for', async () => {
    await put({ project: 'exists' });
    const answer = await put({ project: 'exists', content: 'other bytes' });
    expect(outcome(answer)).toEqual([400, 'file.exists']);
    expect(answer.json()['detail']).toMatch(
      /^File already exists \('exists-1\.0\.tar\.gz', with blake2_256 hash '[0-9a-f]{64}'\)/,
    );
    expect(answer.headers['x-rind-error']).toBe('file.exists');
  });

  it('counts again after the signer set the first aside', async () => {
    const first = await put({ project: 'aside' });
    await signer.setAside('grant.expired');
    const second = await put({ project: 'aside' });
    expect(second.json()).toMatchObject({ outcome: 'accepted', grantUsed: true });
    expect(second.json()['uploadId']).not.toBe(first.json()['uploadId']);
    expect(await rowsOf('aside-1.0.tar.gz')).toEqual({ files: 1, uploads: 2, requests: 2 });
    const third = await put({ project: 'aside' });
    expect(third.json()).toMatchObject({ outcome: 'duplicate', uploadId: second.json()['uploadId'] });
  });

  it.each(['deleted', 'revoked'] as const)(
    'of a name whose file was %s is refused, even with the same bytes',
    async (state) => {
      const project = `reuse-${state}`;
      await put({ project });
      await signer.publish();
      await signer.changePath(`packages/${project}/reuse_${state}-1.0.tar.gz`, state);
      expect(outcome(await put({ project }))).toEqual([400, 'filename.reused']);
      expect(outcome(await put({ project, content: 'new bytes' }))).toEqual([400, 'filename.reused']);
      expect(outcome(await put({ project, version: '2.0' }))).toEqual([200, 'accepted']);
    },
  );

  it.each([
    ['archived', [403, 'project.archived']],
    ['quarantined', [403, 'project.quarantined']],
    ['deprecated', [200, 'accepted']],
    ['active', [200, 'accepted']],
  ])('to a project that is %s is answered with %j', async (status, expected) => {
    const project = `status-${status}`;
    await put({ project });
    await signer.publish();
    await signer.changeProject(project, status);
    expect(outcome(await put({ project, version: '2.0' }))).toEqual(expected);
  });

  it.each<[string, Wanted, [number, string]]>([
    ['by a key that is not trusted', { seed: strangerSeed }, [403, 'grant.unknown-key']],
    ['by an operator, who may not add', { seed: operatorSeed }, [403, 'grant.verb-not-allowed']],
    ['for another repository', { grant: { repository: 'other.rind' } }, [403, 'grant.wrong-repository']],
    ['that has expired', { grant: { iat: 1, exp: 2 } }, [403, 'grant.expired']],
    ['for another file', { grant: { filename: 'refused-2.0.tar.gz' } }, [403, 'grant.mismatch']],
    ['for another length', { grant: { length: 1 } }, [403, 'grant.mismatch']],
    ['for another Python', { grant: { requiresPython: '>=2' } }, [403, 'grant.mismatch']],
    [
      'for other digests',
      {
        header: {
          digests: {
            sha256: 'a'.repeat(64),
            sha512: 'a'.repeat(128),
            blake2b256: 'a'.repeat(64),
            md5: 'a'.repeat(32),
          },
        },
      },
      [400, 'upload.digest-mismatch'],
    ],
    ['that is none', { header: { grant: {} } }, [400, 'grant.malformed']],
  ])('with a grant %s is refused', async (_what, wanted, expected) => {
    expect(outcome(await put({ project: 'refused', ...wanted }))).toEqual(expected);
    expect(await rowsOf('refused-1.0.tar.gz')).toEqual({ files: 0, uploads: 0, requests: 0 });
  });

  it('whose signature was changed is refused', async () => {
    const { signed } = upload({ project: 'refused' }, warehouse.clock.nowMs());
    const grant = { ...signed, sig: '00'.repeat(64) };
    expect(outcome(await put({ project: 'refused', header: { grant } }))).toEqual([
      403,
      'grant.bad-signature',
    ]);
  });

  it.each<[string, Wanted, [number, string]]>([
    [
      'whose version is none',
      {
        fields: [],
        version: '1.0',
        header: {
          fields: [
            ['name', 'refused'],
            ['version', 'x'],
            ['filetype', 'sdist'],
            ['md5_digest', 'a'],
            ['metadata_version', '2.1'],
          ],
        },
      },
      [400, 'upload.version-invalid'],
    ],
    [
      'whose name is another project’s',
      { filename: 'other-1.0.tar.gz', grant: { project: 'other' as ProjectName } },
      [400, 'filename.wrong-name'],
    ],
    ['that is an image', { header: { contentType: 'image/png' } }, [400, 'upload.bad-content-type']],
  ])('%s is refused as PyPI does', async (_what, wanted, expected) => {
    expect(outcome(await put({ project: 'refused', ...wanted }))).toEqual(expected);
  });

  it('of a file that is too large is refused', async () => {
    const bytes = new Uint8Array(warehouse.config.maxFileBytes + 1);
    expect(outcome(await put({ project: 'large', bytes }))).toEqual([400, 'file.too-large']);
  });

  it('keeps what PostgreSQL could not: NUL and half characters in the form', async () => {
    const answer = await put({ project: 'nul', fields: [['description', 'a\0b \ud800']] });
    expect(outcome(answer)).toEqual([200, 'accepted']);
  });

  it.each<[string, Uint8Array]>([
    ['is shorter than announced', utf8('abc')],
    ['is longer than announced', utf8('abcdefghijklm')],
    ['has other bytes', utf8('xbcdefgh')],
  ])('whose file %s is refused and leaves nothing behind', async (_what, sent) => {
    const answer = await put({ project: 'damaged', bytes: utf8('abcdefgh'), sent });
    expect(outcome(answer)).toEqual([503, 'upload.corrupt-transfer']);
    expect(answer.headers['retry-after']).toBe('1');
    expect(warehouse.spooled()).toEqual([]);
    expect(await rowsOf('damaged-1.0.tar.gz')).toEqual({ files: 0, uploads: 0, requests: 0 });
  });

  it('without the secret of the gate is not read', async () => {
    const { body } = upload({ project: 'refused' }, warehouse.clock.nowMs());
    const answer = await sendUpload(warehouse.url, body, { Authorization: `Bearer ${'x'.repeat(40)}` });
    expect(outcome(answer)).toEqual([403, 'internal.denied']);
  });

  it('that is no upload is refused', async () => {
    expect(outcome(await sendUpload(warehouse.url, framed(utf8('{}'), new Uint8Array(0))))).toEqual([
      400,
      'upload.malformed',
    ]);
  });

  it('is refused with the whole answer though a large body is still on its way', async () => {
    await put({ project: 'wide' });
    const content = new Uint8Array(8_000_000).fill(7);
    const answers = await Promise.all(Array.from({ length: 8 }, () => put({ project: 'wide', content })));
    expect(answers.map(outcome)).toEqual(answers.map(() => [400, 'file.exists']));
  });

  it('from a gate that goes away leaves nothing behind', async () => {
    const { body } = upload({ project: 'gone', content: new Uint8Array(1_000) }, warehouse.clock.nowMs());
    const lost = send(`${warehouse.url}/internal/uploads`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${gateSecret}`,
        'Content-Type': 'application/vnd.rind.upload',
        'Content-Length': body.length + 100_000,
      },
      body,
    });
    // Node refuses to end a request early: the socket breaks.
    await expect(lost).rejects.toThrow();
    await expect.poll(() => warehouse.spooled()).toEqual([]);
    expect(await rowsOf('gone-1.0.tar.gz')).toEqual({ files: 0, uploads: 0, requests: 0 });
  });

  it('tells the gate whether a grant was used, and for what', async () => {
    const ask = (id: string) =>
      send(`${warehouse.url}/internal/uploads/by-grant/${id}`, {
        headers: { Authorization: `Bearer ${gateSecret}` },
      });
    const used = upload({ project: 'used' }, warehouse.clock.nowMs());
    const answer = await sendUpload(warehouse.url, used.body);
    expect((await ask(used.signed.grant.id)).json()).toEqual({
      used: true,
      uploadId: answer.json()['uploadId'],
    });
    expect((await ask(signGrant({}, authSeed, 0).grant.id)).json()).toEqual({ used: false });
    expect((await ask('nonsense')).status).toBe(400);
  });
});
