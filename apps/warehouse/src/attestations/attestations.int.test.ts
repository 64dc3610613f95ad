import { parseProjectPage } from '@rind/index-model';
import { fromUtf8 } from '@rind/kernel';
import { attestation, publishPredicate, slsaPredicate } from '@rind/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashHex } from '@rind/crypto';
import { StandInSigner } from '../../test/stand-in-signer.ts';
import { send, sendUpload, upload } from '../../test/upload-client.ts';
import type { Answer, Wanted } from '../../test/upload-client.ts';
import { startWarehouse } from '../../test/warehouse-fixture.ts';
import type { WarehouseFixture } from '../../test/warehouse-fixture.ts';

/** The `how` of a grant that a trusted publisher gets. */
const byGitHub = 'oidc:GitHub?repository=owner%2Fdemo&workflow=release.yml&environment=pypi';

let warehouse: WarehouseFixture;
let signer: StandInSigner;
beforeAll(async () => {
  warehouse = await startWarehouse();
  signer = new StandInSigner(warehouse.admin, warehouse.store);
});
afterAll(() => warehouse.stop());

type Attested = (file: { filename: string; sha256: string }) => unknown;

const one: Attested = (file) => [attestation(file)];

/** An upload with what `attested` makes of the file, by a trusted publisher unless said otherwise. */
function put(wanted: Wanted, attested: Attested, how = byGitHub) {
  const nowMs = warehouse.clock.nowMs();
  const { filename, sha256 } = upload(wanted, nowMs);
  const text = attested({ filename, sha256 });
  const value = typeof text === 'string' ? text : JSON.stringify(text);
  const fields = [...(wanted.fields ?? []), ['attestations', value] as const];
  const made = upload({ ...wanted, fields, grant: { how } }, nowMs);
  return { sha256, filename, answer: sendUpload(warehouse.url, made.body) };
}

const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  send(`${warehouse.url}${path}`, { headers });

async function refusal(answer: Promise<Answer>) {
  const { status, headers } = await answer;
  return [status, headers['x-rind-error']];
}

async function stored(project: string): Promise<{ attested: number; files: number }> {
  const { rows } = await warehouse.admin.query<{ attested: number; files: number }>(
    `SELECT count(a.file_id)::int AS attested, count(f.id)::int AS files
       FROM warehouse.file f LEFT JOIN warehouse.attestation a ON a.file_id = f.id WHERE f.project = $1`,
    [project],
  );
  return rows[0]!;
}

describe('an upload with attestations', () => {
  it('of an ordinary token is refused in PyPI’s words, and nothing of it is kept', async () => {
    const { answer } = put({ project: 'plain' }, one, 'token:1');
    expect(await refusal(answer)).toEqual([400, 'attestations.untrusted']);
    expect((await answer).json()['detail']).toBe(
      'Invalid attestations supplied during upload: Attestations are only supported when using Trusted Publishing',
    );
    expect(await stored('plain')).toEqual({ attested: 0, files: 0 });
  });

  it('of an ordinary token is refused also where the field is empty', async () => {
    const { answer } = put({ project: 'plain' }, () => '', 'token:1');
    expect(await refusal(answer)).toEqual([400, 'attestations.untrusted']);
  });

  it.each<[string, Attested, string, string]>([
    [
      'by a publisher without certificates',
      one,
      'oidc:ActiveState?project=x',
      'attestations.publisher-unsupported',
    ],
    ['that are no list', () => ({}), byGitHub, 'attestations.malformed'],
    [
      'of another file',
      (file) => [attestation({ ...file, filename: 'demo-2.tar.gz' })],
      byGitHub,
      'attestations.subject-mismatch',
    ],
    [
      'of other bytes',
      (file) => [attestation({ ...file, sha256: '0'.repeat(64) })],
      byGitHub,
      'attestations.subject-mismatch',
    ],
    [
      'of an unknown kind',
      (file) => [attestation({ ...file, predicateType: 'https://x.example/v1' })],
      byGitHub,
      'attestations.predicate-unsupported',
    ],
    [
      'two of a kind',
      (file) => [attestation(file), attestation(file)],
      byGitHub,
      'attestations.predicate-repeated',
    ],
    ['too many', (file) => [1, 2, 3].map(() => attestation(file)), byGitHub, 'attestations.too-many'],
    [
      'signed by another key',
      (file) => [{ ...attestation(file), envelope: attestation(file)['envelope'] }],
      byGitHub,
      'attestations.unverified',
    ],
  ])('%s is refused, and nothing of it is kept', async (_what, attested, how, code) => {
    expect(await refusal(put({ project: 'refused' }, attested, how).answer)).toEqual([400, code]);
    expect(await stored('refused')).toEqual({ attested: 0, files: 0 });
  });

  it('is not refused for them when the file is there already', async () => {
    const nowMs = warehouse.clock.nowMs();
    expect((await sendUpload(warehouse.url, upload({ project: 'again' }, nowMs).body)).status).toBe(200);
    const { answer } = put({ project: 'again' }, one, 'token:1');
    expect((await answer).json()).toMatchObject({ outcome: 'duplicate' });
    expect(await stored('again')).toEqual({ attested: 0, files: 1 });
  });
});

describe('a file with attestations', () => {
  const path = '/integrity/demo/1.0/demo-1.0.tar.gz/provenance';
  let sha256: string;
  let served: Answer;
  let before: Answer;
  beforeAll(async () => {
    const both: Attested = (file) =>
      [publishPredicate, slsaPredicate].map((predicateType) => attestation({ ...file, predicateType }));
    const made = put({ project: 'demo' }, both);
    ({ sha256 } = made);
    expect((await made.answer).status).toBe(200);
    const plain = upload({ project: 'demo', version: '1.1' }, warehouse.clock.nowMs());
    expect((await sendUpload(warehouse.url, plain.body)).status).toBe(200);
    before = await get(path);
    await signer.publish();
    served = await get(path);
  });

  it('has no provenance before it is published', () => {
    expect([before.status, before.headers['x-rind-error']]).toEqual([404, 'provenance.not-found']);
    expect(before.json()['message']).toBe('No provenance available for demo-1.0.tar.gz');
  });

  it('has a provenance of the publisher that the grant names, with both attestations', () => {
    expect([served.status, served.headers]).toMatchObject([
      200,
      {
        'content-type': 'application/vnd.pypi.integrity.v1+json',
        'cache-control': 'public, max-age=600',
        'access-control-allow-origin': '*',
        vary: 'Accept',
      },
    ]);
    expect(served.json()).toMatchObject({
      version: 1,
      attestation_bundles: [
        {
          publisher: {
            kind: 'GitHub',
            repository: 'owner/demo',
            workflow: 'release.yml',
            environment: 'pypi',
          },
          attestations: [
            { version: 1, envelope: { statement: expect.any(String), signature: expect.any(String) } },
            { version: 1, verification_material: { transparency_entries: [{ logIndex: '1' }] } },
          ],
        },
      ],
    });
  });

  it('states where it is, and its checksum, on the page that is signed', async () => {
    const json = await get('/simple/demo/', { Accept: 'application/vnd.pypi.simple.v1+json' });
    const [file, plain] = json.json()['files'] as Record<string, unknown>[];
    const url = `../..${path}#sha256=${hashHex('sha256', served.body)}`;
    expect(file!['provenance']).toBe(url);
    expect(plain).not.toHaveProperty('provenance');
    expect(parseProjectPage(json.body).files[0]!.provenanceSha256).toBe(hashHex('sha256', served.body));
    const html = (await get('/simple/demo/')).text();
    expect(html).toContain(` data-provenance="${url}">demo-1.0.tar.gz</a>`);
    const resolved = new URL(url, `${warehouse.url}/simple/demo/`);
    expect((await get(resolved.pathname)).body).toEqual(served.body);
  });

  it('keeps them beside its form, not in it', async () => {
    const { rows } = await warehouse.admin.query<{ form: [string, string][] }>(
      `SELECT form FROM warehouse.file WHERE sha256 = $1`,
      [sha256],
    );
    expect(rows[0]!.form.map(([name]) => name)).not.toContain('attestations');
    expect(await stored('demo')).toEqual({ attested: 1, files: 2 });
  });

  it.each([
    ['application/json', 200, 'application/json'],
    ['application/vnd.pypi.integrity.v1+json', 200, 'application/vnd.pypi.integrity.v1+json'],
    ['application/json;q=0.5, */*', 200, 'application/vnd.pypi.integrity.v1+json'],
    ['text/html', 406, 'application/problem+json; charset=utf-8'],
    ['application/vnd.pypi.integrity.v2+json', 406, 'application/problem+json; charset=utf-8'],
  ])('to who accepts %s answers %i', async (accept, status, contentType) => {
    const answer = await get(path, { Accept: accept });
    expect([answer.status, answer.headers['content-type']]).toEqual([status, contentType]);
    if (status === 406) expect(answer.json()['message']).toBe('Request not acceptable');
  });

  it('is not sent again to who has it', async () => {
    const answer = await get(path, { 'If-None-Match': served.headers.etag! });
    expect([answer.status, answer.body.length]).toEqual([304, 0]);
  });

  it.each([
    ['another spelling of the name and version', '/integrity/Demo/1.0.0/demo-1.0.tar.gz/provenance', 200],
    ['another version', '/integrity/demo/1.1/demo-1.0.tar.gz/provenance', 404],
    ['another project', '/integrity/six/1.0/demo-1.0.tar.gz/provenance', 404],
    ['a file without any', '/integrity/demo/1.1/demo-1.1.tar.gz/provenance', 404],
    ['a file that is not there', '/integrity/demo/3.0/demo-3.0.tar.gz/provenance', 404],
    ['what is no file name', '/integrity/demo/1.0/..%2f..%2fx/provenance', 404],
    ['what is no version', '/integrity/demo/x!/demo-1.0.tar.gz/provenance', 404],
  ])('under %s: %s', async (_what, asked, status) => {
    const answer = await get(asked);
    expect([answer.status, answer.headers['x-rind-error']]).toEqual([
      status,
      status === 200 ? undefined : 'provenance.not-found',
    ]);
  });

  it('shows who attested it on the project’s page', async () => {
    const page = (await get('/project/demo/1.0/')).text();
    expect(page).toContain(`href="${path}#sha256=${hashHex('sha256', served.body)}">2 attestations</a>`);
    expect(page).toContain('GitHub owner/demo release.yml pypi');
    expect((await get('/project/demo/1.1/')).text()).not.toContain('/integrity/');
  });

  it('hides it while the project is in quarantine, and while the file is deleted', async () => {
    await signer.changeProject('demo', 'quarantined');
    expect((await get(path)).status).toBe(404);
    await signer.changeProject('demo', 'active');
    expect((await get(path)).status).toBe(200);
    await signer.changePath('packages/demo/demo-1.0.tar.gz', 'deleted');
    expect((await get(path)).status).toBe(404);
  });
});

it('takes the attestations of the request that is published, not of one that was set aside', async () => {
  expect((await put({ project: 'twice' }, one).answer).status).toBe(200);
  await signer.setAside('grant.expired');
  const { answer } = put({ project: 'twice' }, (file) => [
    attestation({ ...file, predicateType: slsaPredicate }),
  ]);
  expect((await answer).status).toBe(200);
  await signer.publish();
  const provenance = await get('/integrity/twice/1.0/twice-1.0.tar.gz/provenance');
  const [bundle] = provenance.json()['attestation_bundles'] as {
    attestations: { envelope: { statement: string } }[];
  }[];
  const statement = fromUtf8(
    new Uint8Array(Buffer.from(bundle!.attestations[0]!.envelope.statement, 'base64')),
  );
  expect(JSON.parse(statement)).toMatchObject({ predicateType: slsaPredicate });
});

it('has a page that refusals link to', async () => {
  const page = await get('/help/');
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.text()).toContain('<h2 id="file-name-reuse">');
});
