import { hashHex } from '@rind/crypto';
import { utf8 } from '@rind/kernel';
import { packageObjectKey } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';
import { sdistBytes, wheelBytes, zipBytes } from '@rind/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendUpload, upload } from '../../test/upload-client.ts';
import type { Answer, Wanted } from '../../test/upload-client.ts';
import { startWarehouse } from '../../test/warehouse-fixture.ts';
import type { WarehouseFixture } from '../../test/warehouse-fixture.ts';

let warehouse: WarehouseFixture;
beforeAll(async () => {
  warehouse = await startWarehouse();
});
afterAll(() => warehouse.stop());

const outcome = (answer: Answer) => [answer.status, answer.json()['code'] ?? answer.json()['outcome']];

describe('the archive of an upload', () => {
  const wheel = (project: string) => `${project}-1.0-py3-none-any.whl`;
  const info = (project: string) => `${project}-1.0.dist-info`;

  it.each<[string, Wanted, string, object]>([
    ['is none', { bytes: utf8('not an archive') }, 'archive.not-tar', {}],
    [
      'is none, of a wheel',
      { filename: wheel('held'), bytes: utf8('not an archive') },
      'archive.not-zip',
      {},
    ],
    [
      'has no PKG-INFO',
      { bytes: sdistBytes({ name: 'held', version: '1.0', without: ['PKG-INFO'] }) },
      'distribution.file-missing',
      { member: 'held-1.0/content.txt/PKG-INFO' },
    ],
    [
      'has no METADATA',
      {
        filename: wheel('held'),
        bytes: wheelBytes({ name: 'held', version: '1.0', without: [`${info('held')}/METADATA`] }),
      },
      'distribution.file-missing',
      { member: `${info('held')}/METADATA` },
    ],
    [
      'has a record that no directory lists',
      { filename: wheel('held'), bytes: zipBytes([{ name: 'held.py' }, { name: 'x', central: null }]) },
      'archive.zip-refused',
      { reason: 'not-in-directory', member: 'x' },
    ],
    [
      'lacks a licence that the form names',
      { metadataVersion: '2.4', fields: [['license_file', 'LICENSE']] },
      'distribution.license-file-missing',
      { licenseFile: 'LICENSE', member: 'held-1.0/LICENSE' },
    ],
  ])('that %s is refused, and nothing is stored', async (_what, wanted, code, details) => {
    const sent = upload({ project: 'held', ...wanted }, warehouse.clock.nowMs());
    const answer = await sendUpload(warehouse.url, sent.body);
    expect(outcome(answer)).toEqual([400, code]);
    expect(answer.json()).toMatchObject(details);
    expect(warehouse.spooled()).toEqual([]);
    const stored: string[] = [];
    for await (const key of warehouse.store.list('targets/packages/held/')) stored.push(key);
    const { rows } = await warehouse.admin.query(
      `SELECT FROM warehouse.file WHERE filename = $1 UNION ALL SELECT FROM signer.outbox WHERE target_path LIKE '%/' || $1`,
      [sent.filename],
    );
    expect([stored, rows]).toEqual([[], []]);
  });

  it('that is in order is stored, with the core metadata of a wheel beside it', async () => {
    const sent = upload({ project: 'opened', filename: wheel('opened') }, warehouse.clock.nowMs());
    expect(outcome(await sendUpload(warehouse.url, sent.body))).toEqual([200, 'accepted']);
    const key = packageObjectKey('opened' as ProjectName, sent.sha256, sent.filename);
    const beside = (await warehouse.store.get(`${key}.metadata`, 1_000))!.bytes;
    expect(new TextDecoder().decode(beside)).toBe('Metadata-Version: 2.1\nName: opened\nVersion: 1.0\n');
    const { rows } = await warehouse.admin.query(
      `SELECT f.core_metadata_sha256 AS file, o.core_metadata_sha256 AS request
         FROM warehouse.file f JOIN warehouse.upload u ON u.file_id = f.id JOIN signer.outbox o ON o.upload_id = u.id
        WHERE f.filename = $1`,
      [sent.filename],
    );
    const sha256 = hashHex('sha256', beside);
    expect(rows).toEqual([{ file: sha256, request: sha256 }]);
  });

  it('whose RECORD says something else is accepted, and the author is told', async () => {
    const bytes = wheelBytes({
      name: 'unlike',
      version: '1.0',
      files: { [`${info('unlike')}/RECORD`]: 'gone.py,,\n' },
    });
    const sent = upload({ project: 'unlike', filename: wheel('unlike'), bytes }, warehouse.clock.nowMs());
    const answer = await sendUpload(warehouse.url, sent.body);
    expect(outcome(answer)).toEqual([200, 'accepted']);
    expect(answer.json()['warnings']).toHaveLength(1);
  });
});
