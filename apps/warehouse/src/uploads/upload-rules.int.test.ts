import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sql } from '@rind/database';
import { ultranormalize } from '@rind/index-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandInSigner } from '../../test/stand-in-signer.ts';
import { sendUpload, upload } from '../../test/upload-client.ts';
import type { Answer, Wanted } from '../../test/upload-client.ts';
import { startWarehouse } from '../../test/warehouse-fixture.ts';
import type { WarehouseFixture } from '../../test/warehouse-fixture.ts';
import { lockProject } from '../outbox/upload-request.ts';

const dir = mkdtempSync(join(tmpdir(), 'rind-names-'));
const prohibitedNamesFile = join(dir, 'names.txt');
writeFileSync(prohibitedNamesFile, '# kept free\nOur.Company  # for later\n\n');

let warehouse: WarehouseFixture;
let signer: StandInSigner;
beforeAll(async () => {
  warehouse = await startWarehouse({ prohibitedNamesFile, maxProjectBytes: 1_073_741_824 });
  signer = new StandInSigner(warehouse.admin, warehouse.store);
});
afterAll(async () => {
  await warehouse?.stop();
  rmSync(dir, { recursive: true });
});

const put = (wanted: Wanted): Promise<Answer> =>
  sendUpload(warehouse.url, upload(wanted, warehouse.clock.nowMs()).body);
const outcome = (answer: Answer) => [answer.status, answer.json()['code'] ?? answer.json()['outcome']];
const accepted = [200, 'accepted'];

/** Runs `during` while another upload of a project is about to be recorded. */
async function whileAnotherIsRecorded(
  project: string,
  record: (sql: Sql) => Promise<void>,
  during: () => Promise<void>,
): Promise<void> {
  await warehouse.admin.transaction(async (sql) => {
    await lockProject(sql, { project, lookAlike: ultranormalize(project), isSdist: true });
    await record(sql);
    await during();
  });
}

const waiting = async (): Promise<number> =>
  (await warehouse.admin.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)).rows
    .length;

/** Lets the release be as old as that. */
async function age(project: string, days: number): Promise<void> {
  await warehouse.admin.query(
    `UPDATE warehouse.file SET uploaded_at = uploaded_at - $2 * interval '1 day' WHERE project = $1`,
    [project, days],
  );
}

describe('the name of a new project', () => {
  it.each([
    [
      'json',
      'project.name-stdlib',
      "The name 'json' isn't allowed (conflict with Python Standard Library module name).",
    ],
    ['our-company', 'project.name-prohibited', "The name 'our-company' isn't allowed."],
  ])('%s is refused', async (project, code, text) => {
    const answer = await put({ project });
    expect(outcome(answer)).toEqual([400, code]);
    expect(answer.json()['detail']).toBe(`${text} See /help/#project-name for more information.`);
  });

  it('is refused when it looks like that of another, published or not', async () => {
    expect(outcome(await put({ project: 'Hello.World' }))).toEqual(accepted);
    for (const project of ['he110-w0r1d', 'helloworld', 'hell0-wor1d']) {
      expect(outcome(await put({ project }))).toEqual([400, 'project.name-too-similar']);
    }
    await signer.publish();
    const answer = await put({ project: 'he-l-l-o-world' });
    expect(outcome(answer)).toEqual([400, 'project.name-too-similar']);
    expect(answer.json()['detail']).toBe(
      "The name 'he-l-l-o-world' is too similar to an existing project. See /help/#project-name for more information.",
    );
  });

  it('is compared with what entered by an import, too', async () => {
    const publication = await signer.publish();
    await warehouse.admin.query(
      `INSERT INTO signer.project (name, status, publication_id) VALUES ('imported', 'active', $1)`,
      [publication],
    );
    expect(outcome(await put({ project: '1mp0rted' }))).toEqual([400, 'project.name-too-similar']);
    expect(outcome(await put({ project: 'imported' }))).toEqual(accepted);
  });

  it('goes to one of those that look alike and come at once', async () => {
    const names = ['lookl', 'look1', 'l00k1', '1ookl', 'l-o-o-k-l', 'loo-kl', 'i00ki', 'l0okl'];
    const answers = await Promise.all(names.map((project) => put({ project })));
    const codes = answers.map((answer) => outcome(answer)[1]).sort();
    expect(codes).toEqual(['accepted', ...names.slice(1).map(() => 'project.name-too-similar')]);
    const { rows } = await warehouse.admin.query(
      `SELECT name FROM warehouse.project WHERE translate(name, 'lio-', '110') = '100k1'`,
    );
    expect(rows).toHaveLength(1);
  });
});

describe('two uploads at once', () => {
  it('that create projects which look alike: the second waits for the first, and is refused', async () => {
    let second: Promise<Answer> | undefined;
    await whileAnotherIsRecorded(
      'fir5t-lot',
      async (sql) => {
        await sql.query(
          `INSERT INTO warehouse.project (name, display_name) VALUES ('fir5t-lot', 'fir5t-lot')`,
        );
      },
      async () => {
        second = put({ project: 'f1r5t.10t' });
        await expect.poll(waiting, { timeout: 60_000 }).toBe(1);
      },
    );
    expect(outcome(await second!)).toEqual([400, 'project.name-too-similar']);
  });

  it('of source distributions of a project: the second waits; a wheel does not', async () => {
    await put({ project: 'queueing', version: '0.1' });
    let second: Promise<Answer> | undefined;
    await whileAnotherIsRecorded(
      'queueing',
      () => Promise.resolve(),
      async () => {
        const wheel = { project: 'queueing', filename: 'queueing-1.0-py3-none-any.whl' };
        expect(outcome(await put(wheel))).toEqual(accepted);
        second = put({ project: 'queueing' });
        await expect.poll(waiting, { timeout: 60_000 }).toBe(1);
      },
    );
    expect(outcome(await second!)).toEqual(accepted);
  });
});

describe('a release', () => {
  it('takes files for 14 days', async () => {
    await put({ project: 'ageing' });
    await age('ageing', 13);
    const wheel = 'ageing-1.0-py3-none-any.whl';
    expect(outcome(await put({ project: 'ageing', filename: wheel }))).toEqual(accepted);
    await age('ageing', 2);
    const late = await put({ project: 'ageing', filename: 'ageing-1.0-py2-none-any.whl' });
    expect(outcome(late)).toEqual([400, 'release.closed']);
    expect(late.json()['detail']).toBe('Uploading new files to releases older than 14 days is not allowed.');
    expect(outcome(await put({ project: 'ageing', filename: wheel }))).toEqual([200, 'duplicate']);
    expect(outcome(await put({ project: 'ageing', version: '1.1' }))).toEqual(accepted);
  });

  it('is the same in another spelling of its version', async () => {
    await put({ project: 'spelling' });
    const second = await put({ project: 'spelling', version: '1.0.0' });
    expect(outcome(second)).toEqual([400, 'release.second-sdist']);
    expect(second.json()['detail']).toBe('Only one sdist may be uploaded per release.');
    await age('spelling', 15);
    const wheel = { project: 'spelling', version: '1', filename: 'spelling-1-py3-none-any.whl' };
    expect(outcome(await put(wheel))).toEqual([400, 'release.closed']);
  });

  it('takes one source distribution of those that come at once', async () => {
    await put({ project: 'racing', version: '0.1' });
    const versions = ['2', '2.0', '2.0.0', '2.0.0.0'];
    const answers = await Promise.all(versions.map((version) => put({ project: 'racing', version })));
    expect(answers.map((answer) => outcome(answer)[1]).sort()).toEqual([
      'accepted',
      ...versions.slice(1).map(() => 'release.second-sdist'),
    ]);
  });

  it('forgets a source distribution that was deleted or set aside', async () => {
    await put({ project: 'forgetting' });
    await signer.setAside('quota');
    expect(outcome(await put({ project: 'forgetting', version: '1.0.0' }))).toEqual(accepted);
    await signer.publish();
    await warehouse.admin.query(
      `UPDATE signer.path SET state = 'deleted' WHERE filename = 'forgetting-1.0.0.tar.gz'`,
    );
    expect(outcome(await put({ project: 'forgetting', version: '1' }))).toEqual(accepted);
  });
});

describe('a project', () => {
  it('has room for so many bytes, and gets back those of deleted files', async () => {
    await put({ project: 'growing' });
    await signer.publish();
    await warehouse.admin.query(`UPDATE warehouse.file SET length = 1073741820 WHERE project = 'growing'`);
    const full = await put({ project: 'growing', version: '1.1' });
    expect(outcome(full)).toEqual([400, 'project.too-large']);
    expect(full.json()['detail']).toBe(
      "Project size too large. Limit for project 'growing' total size is 1 GB. See /help/#storage-limits",
    );
    expect(outcome(await put({ project: 'growing' }))).toEqual([200, 'duplicate']);
    await warehouse.admin.query(`UPDATE signer.path SET state = 'deleted' WHERE project = 'growing'`);
    expect(outcome(await put({ project: 'growing', version: '1.1' }))).toEqual(accepted);
  });
});
