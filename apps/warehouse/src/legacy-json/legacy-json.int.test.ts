import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandInSigner } from '../../test/stand-in-signer.ts';
import { send, sendUpload, upload } from '../../test/upload-client.ts';
import type { Answer, Wanted } from '../../test/upload-client.ts';
import { startWarehouse } from '../../test/warehouse-fixture.ts';
import type { WarehouseFixture } from '../../test/warehouse-fixture.ts';

const fields = [
  ['summary', 'A demonstration'],
  ['description', '# Demo\n\ntext'],
  ['description_content_type', 'text/markdown'],
  ['author', 'Ann Author'],
  ['author_email', 'ann@example.org'],
  ['license', 'MIT'],
  ['keywords', 'one,two'],
  ['platform', 'any'],
  ['home_page', 'https://example.org/home'],
  ['download_url', 'https://example.org/download'],
  ['project_urls', 'Source, https://example.org/src'],
  ['project_urls', 'Home-Page, https://example.org/home'],
  ['project_urls', 'Download, https://example.org/downloads'],
  ['requires_dist', 'attrs>=20'],
  ['requires_dist', 'six; python_version < "3"'],
  ['classifiers', 'Programming Language :: Python :: 3'],
  ['comment', 'built by hand'],
] as const;

let warehouse: WarehouseFixture;
let signer: StandInSigner;
let serial: number;
let sha256: string;
beforeAll(async () => {
  warehouse = await startWarehouse();
  signer = new StandInSigner(warehouse.admin, warehouse.store);
  await put({ project: 'Demo.Pkg', version: '0.9' });
  sha256 = await put({ project: 'Demo.Pkg', version: '1.0', fields, requiresPython: '>=3.8' });
  await put({ project: 'Demo.Pkg', version: '1.1rc1' });
  serial = await signer.publish();
});
afterAll(() => warehouse.stop());

async function put(wanted: Wanted): Promise<string> {
  const made = upload(wanted, warehouse.clock.nowMs());
  expect((await sendUpload(warehouse.url, made.body)).status).toBe(200);
  return made.sha256;
}

function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return send(`${warehouse.url}${path}`, { headers });
}

describe("a project's JSON document", () => {
  it('states what the form of its latest release states', async () => {
    const { info } = (await get('/pypi/demo-pkg/json')).json();
    expect(info).toEqual({
      author: 'Ann Author',
      author_email: 'ann@example.org',
      bugtrack_url: null,
      classifiers: ['Programming Language :: Python :: 3'],
      description: '# Demo\n\ntext',
      description_content_type: 'text/markdown',
      docs_url: null,
      download_url: 'https://example.org/download',
      downloads: { last_day: -1, last_month: -1, last_week: -1 },
      dynamic: null,
      home_page: 'https://example.org/home',
      keywords: 'one,two',
      license: 'MIT',
      license_expression: null,
      license_files: null,
      maintainer: null,
      maintainer_email: null,
      name: 'Demo.Pkg',
      package_url: expect.stringMatching(/\/project\/demo-pkg\/$/) as string,
      platform: 'any',
      project_url: expect.stringMatching(/\/project\/demo-pkg\/$/) as string,
      project_urls: {
        Homepage: 'https://example.org/home',
        Download: 'https://example.org/downloads',
        Source: 'https://example.org/src',
      },
      provides_extra: null,
      release_url: expect.stringMatching(/\/project\/demo-pkg\/1\.0\/$/) as string,
      requires_dist: ['attrs>=20', 'six; python_version < "3"'],
      requires_python: '>=3.8',
      summary: 'A demonstration',
      version: '1.0',
      yanked: false,
      yanked_reason: null,
    });
  });

  it('lists every release with its files, and those of the latest', async () => {
    const document = (await get('/pypi/demo-pkg/json')).json() as {
      releases: Record<string, { filename: string }[]>;
      urls: { url: string }[];
    };
    expect(Object.keys(document.releases).sort()).toEqual(['0.9', '1.0', '1.1rc1']);
    expect(document.urls).toEqual(document.releases['1.0']);
    expect(document.urls[0]).toMatchObject({
      comment_text: 'built by hand',
      'core-metadata': false,
      digests: { sha256, md5: expect.stringMatching(/^[0-9a-f]{32}$/) as string },
      filename: 'demo_pkg-1.0.tar.gz',
      has_sig: false,
      packagetype: 'sdist',
      python_version: 'source',
      requires_python: '>=3.8',
      upload_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) as string,
      upload_time_iso_8601: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string,
      yanked: false,
    });
    const path = new URL(document.urls[0]!.url).pathname;
    expect((await get(path)).status).toBe(200);
  });

  it('carries serial, tag and what scripts of any page need', async () => {
    const answer = await get('/pypi/demo-pkg/json');
    expect(answer.json()['last_serial']).toBe(serial);
    expect(answer.headers).toMatchObject({
      'content-type': expect.stringMatching(/^application\/json/) as string,
      'cache-control': 'public, max-age=900',
      'x-pypi-last-serial': String(serial),
      'access-control-allow-origin': '*',
    });
    expect((await get('/pypi/demo-pkg/json', { 'If-None-Match': answer.headers.etag! })).status).toBe(304);
  });

  it('of one release has no list of the others', async () => {
    const document = (await get('/pypi/demo-pkg/0.9/json')).json();
    expect(Object.keys(document)).not.toContain('releases');
    expect(document['info']).toMatchObject({ version: '0.9', description: '', classifiers: [] });
  });

  it('may be asked for with a slash at the end', async () => {
    expect((await get('/pypi/demo-pkg/json/')).status).toBe(200);
    expect((await get('/pypi/demo-pkg/1.0/json/')).status).toBe(200);
  });

  it.each([
    ['/pypi/Demo.Pkg/json', '/pypi/demo-pkg/json'],
    ['/pypi/Demo.Pkg/1.0/json', '/pypi/demo-pkg/1.0/json'],
    ['/pypi/demo-pkg/v1.0.0/json', '/pypi/demo-pkg/1.0/json'],
    ['/pypi/demo-pkg/1.1-RC1/json', '/pypi/demo-pkg/1.1rc1/json'],
  ])('%s has moved to %s', async (path, location) => {
    const answer = await get(path);
    expect([answer.status, answer.headers.location]).toEqual([301, location]);
  });

  it.each([
    ['/pypi/unknown/json', 'project.not-found'],
    ['/pypi/demo-pkg/7/json', 'release.not-found'],
    ['/pypi/demo-pkg/not-a-version/json', 'release.not-found'],
  ])('%s does not exist, and scripts may read so', async (path, code) => {
    const { status, headers } = await get(path);
    expect([status, headers['x-rind-error'], headers['access-control-allow-origin']]).toEqual([
      404,
      code,
      '*',
    ]);
  });

  it('appears when the publication closes, and goes with a quarantine', async () => {
    await put({ project: 'pending' });
    expect((await get('/pypi/pending/json')).status).toBe(404);
    await signer.publish();
    expect((await get('/pypi/pending/json')).status).toBe(200);
    await signer.changeProject('pending', 'quarantined');
    expect((await get('/pypi/pending/json')).status).toBe(404);
  });
});
