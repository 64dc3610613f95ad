import { hashHex } from '@rind/crypto';
import { renderProjectPage } from '@rind/index-model';
import type { PageFile, ProjectPage } from '@rind/index-model';
import { fromUtf8, isRindError, utf8 } from '@rind/kernel';
import type { ProjectName } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { clientOf, refusalOf, simulate } from '../test/client.ts';
import { IndexClient } from './index-client.ts';

const WHEEL = 'six-1.16.0-py2.py3-none-any.whl';
const SDIST = 'six-1.16.tar.gz';
const NEWER = 'six-2.0.tar.gz';
const METADATA = 'Metadata-Version: 2.4\nName: six\n';

const sha256 = (text: string) => hashHex('sha256', utf8(text));
const listed = (filename: string, content = filename, more: Partial<PageFile> = {}): PageFile => ({
  filename,
  sha256: sha256(content),
  size: content.length,
  uploadTime: '2026-01-02T03:04:05.678901Z',
  yanked: false,
  ...more,
});

/** An index with three files of six, and whatever page of it. */
function index(page: Partial<ProjectPage> = {}) {
  const { repository, store } = simulate();
  const files = [
    listed(SDIST),
    listed(WHEEL, WHEEL, { coreMetadataSha256: sha256(METADATA) }),
    listed(NEWER),
  ];
  const whole: ProjectPage = { name: 'six' as ProjectName, status: 'active', files, ...page };
  const bytes = renderProjectPage(whole);
  repository.addTarget('simple/six/index.json', bytes);
  for (const { filename } of files) repository.addTarget(`packages/six/${filename}`, filename);
  const metadataUrl = `targets/packages/six/${sha256(WHEEL)}.${WHEEL}.metadata`;
  repository.served.put(metadataUrl, utf8(METADATA));
  repository.publish();
  const updater = clientOf(repository, store);
  return {
    repository,
    updater,
    client: new IndexClient({ updater, fetcher: repository }),
    bytes,
    metadataUrl,
  };
}

describe('the page of a project', () => {
  it('comes verified, as it was signed, under every spelling of the name', async () => {
    const { client, bytes, repository } = index();
    const { bytes: signed, page, role } = await client.signedPage('SIX');
    expect(fromUtf8(signed)).toBe(fromUtf8(bytes));
    expect(role).toBe(repository.binFor('simple/six/index.json'));
    expect(page).toMatchObject({ name: 'six', status: 'active' });
    expect(await client.projectPage('six')).toEqual(page);
  });

  it('of an unknown project is not found; of an impossible name is no question', async () => {
    const { client } = index();
    expect(await refusalOf(() => client.projectPage('seven'))).toBe('targets target.not-found §5.7.2');
    for (const name of ['', '../six', 'six/', 'a b']) {
      expect(await refusalOf(() => client.projectPage(name))).toBe('name.invalid');
    }
  });

  it('that is none, or another project’s, is refused', async () => {
    const { client, repository, updater } = index();
    const path = 'simple/six/index.json';
    const role = repository.binFor(path);
    for (const content of [
      utf8('{}'),
      renderProjectPage({ name: 'seven' as ProjectName, status: 'active', files: [] }),
    ]) {
      repository.addTarget(path, content);
      repository.publish();
      await updater.refresh();
      expect(await refusalOf(() => client.projectPage('six'))).toBe(`${role} page.malformed PEP 691`);
    }
  });

  it('of which the bytes were changed on the way is refused', async () => {
    const { client, repository } = index();
    repository.wrongHash('simple/six/index.json');
    const role = repository.binFor('simple/six/index.json');
    expect(await refusalOf(() => client.projectPage('six'))).toBe(`${role} target.hash-mismatch §5.7.3`);
  });
});

describe('the files of a project', () => {
  it.each<[string | undefined, readonly string[]]>([
    [undefined, [SDIST, WHEEL, NEWER]],
    ['1.16', [SDIST, WHEEL]],
    ['1.16.0', [SDIST, WHEEL]],
    ['v1.16.0.0', [SDIST, WHEEL]],
    ['2', [NEWER]],
    ['3', []],
  ])('of version %s', async (version, expected) => {
    const { client } = index();
    expect((await client.files('six', version)).map(({ filename }) => filename).sort()).toEqual(
      [...expected].sort(),
    );
  });

  it('of what is no version are no question', async () => {
    const { client, repository } = index();
    expect(await refusalOf(() => client.files('six', 'latest'))).toBe('version.invalid');
    expect(repository.served.requests).toEqual([]);
  });
});

describe('a file', () => {
  it('comes when page and target agree', async () => {
    const { client } = index();
    expect(fromUtf8(await client.fetchFile('Six', WHEEL))).toBe(WHEEL);
  });

  it.each<[string, Partial<ProjectPage>]>([
    ['the page does not offer', { files: [listed(NEWER)] }],
    ['a quarantined project no longer offers', { status: 'quarantined' }],
  ])('that %s is not found, though it has a target', async (_, page) => {
    const { client, updater } = index(page);
    expect(await updater.findTarget(`packages/six/${WHEEL}`)).not.toBeNull();
    expect(await refusalOf(() => client.fetchFile('six', WHEEL))).toBe('targets target.not-found §5.7.2');
  });

  it('without a target is not found, though the page offers it', async () => {
    const { client } = index({ files: [listed('six-3.0.tar.gz')] });
    expect(await refusalOf(() => client.fetchFile('six', 'six-3.0.tar.gz'))).toBe(
      'targets target.not-found §5.7.2',
    );
  });

  it.each<[string, PageFile]>([
    ['sha256', listed(WHEEL, 'another of that siz', { size: WHEEL.length })],
    ['size', listed(WHEEL, WHEEL, { size: WHEEL.length + 1 })],
  ])('of which page and target contradict each other in %s is not even fetched', async (field, file) => {
    const { client, repository } = index({ files: [file] });
    const refused = await client.fetchFile('six', WHEEL).catch((error: unknown) => error);
    expect(isRindError(refused, 'page.mismatch')).toBe(true);
    expect(refused).toMatchObject({ details: { field, role: repository.binFor(`packages/six/${WHEEL}`) } });
    expect(repository.served.requests.some(({ path }) => path.endsWith('.whl'))).toBe(false);
  });

  it('has to be the one that was signed', async () => {
    const { client, repository } = index();
    repository.wrongHash(`packages/six/${WHEEL}`);
    const role = repository.binFor(`packages/six/${WHEEL}`);
    expect(await refusalOf(() => client.fetchFile('six', WHEEL))).toBe(`${role} target.hash-mismatch §5.7.3`);
  });
});

describe('core metadata', () => {
  it('comes when it has the checksum that the page states', async () => {
    const { client } = index();
    expect(fromUtf8((await client.fetchCoreMetadata('six', WHEEL))!)).toBe(METADATA);
    expect(await client.fetchCoreMetadata('six', SDIST)).toBeNull();
  });

  it('is refused when it is another, when it is missing, and when it has no end', async () => {
    const { client, repository, metadataUrl, updater } = index();
    const role = repository.binFor(`packages/six/${WHEEL}`);
    const refusal = () => refusalOf(() => client.fetchCoreMetadata('six', WHEEL));
    repository.served.put(metadataUrl, utf8(METADATA.replace('six', 'sax')));
    expect(await refusal()).toBe(`${role} target.hash-mismatch §5.7.3`);
    repository.served.remove(metadataUrl);
    expect(await refusal()).toBe(`${role} target.missing §5.7.3`);
    repository.fault(metadataUrl, 'endless');
    expect(await refusal()).toBe(`${role} target.too-large §5.7.3`);
    expect(repository.served.requests.at(-1)?.maxBytes).toBe(10_000_000);
    const strict = new IndexClient({ updater, fetcher: repository, maxCoreMetadataBytes: 10 });
    repository.served.heal();
    repository.served.put(metadataUrl, utf8(METADATA));
    expect(await refusalOf(() => strict.fetchCoreMetadata('six', WHEEL))).toBe(
      `${role} target.too-large §5.7.3`,
    );
  });
});
