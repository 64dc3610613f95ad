import assert from 'node:assert/strict';
import { sha256Hex } from '../fixtures.ts';
import type { Instance } from '../instance.ts';
import { projectOf, versionOf } from './listed-distribution.ts';
import type { ListedDistribution } from './listed-distribution.ts';
import type { StatedFacts } from './stated-facts.ts';

interface SimpleFile {
  readonly filename: string;
  readonly url: string;
  readonly hashes: Readonly<Record<string, string>>;
  readonly size: number;
  readonly 'requires-python'?: string;
  readonly 'core-metadata'?: false | { readonly sha256: string };
}

interface LegacyJson {
  readonly info: Readonly<Record<string, unknown>>;
  readonly urls: readonly {
    readonly filename: string;
    readonly size: number;
    readonly digests: Readonly<Record<string, string>>;
    readonly packagetype: string;
    readonly requires_python: string | null;
  }[];
}

/**
 * Fails unless the simple page, PEP 658 and PyPI’s JSON say of the file what the file says.
 * @param describing what the first file of the release states: `info` of the JSON is about that
 */
export async function assertServedFacts(
  instance: Instance,
  listed: ListedDistribution,
  stated: StatedFacts,
  describing: StatedFacts,
): Promise<void> {
  await assertSimplePage(instance, listed, stated);
  await assertLegacyJson(instance, listed, stated, describing);
}

async function assertSimplePage(
  instance: Instance,
  listed: ListedDistribution,
  stated: StatedFacts,
): Promise<void> {
  const pageUrl = `${instance.file.simple}${projectOf(listed)}/`;
  const accept = 'application/vnd.pypi.simple.v1+json';
  const page = (await (await fetch(pageUrl, { headers: { accept } })).json()) as { files: SimpleFile[] };
  const file = page.files.find(({ filename }) => filename === listed.filename);
  assert.ok(file, `the page does not list ${listed.filename}`);
  const core = stated.metadataSha256 === null ? undefined : { sha256: stated.metadataSha256 };
  assert.deepEqual(
    {
      hashes: file.hashes,
      size: file.size,
      requiresPython: specifiers(file['requires-python']),
      core: file['core-metadata'] === false ? undefined : file['core-metadata'],
    },
    {
      hashes: { sha256: stated.sha256 },
      size: stated.size,
      requiresPython: specifiers(stated.metadata['requires-python']?.[0]),
      core,
    },
    'the simple page',
  );
  if (core === undefined) return;
  const metadata = await fetch(`${new URL(file.url, pageUrl).href}.metadata`);
  assert.equal(sha256Hex(new Uint8Array(await metadata.arrayBuffer())), core.sha256, 'PEP 658');
}

async function assertLegacyJson(
  instance: Instance,
  listed: ListedDistribution,
  stated: StatedFacts,
  describing: StatedFacts,
): Promise<void> {
  const url = `${instance.file.url}/pypi/${projectOf(listed)}/${versionOf(listed)}/json`;
  const answer = await fetch(url);
  assert.equal(answer.status, 200, url);
  const { info, urls } = (await answer.json()) as LegacyJson;
  const file = urls.find(({ filename }) => filename === listed.filename);
  assert.ok(file, `${url} does not list ${listed.filename}`);
  assert.deepEqual(
    {
      size: file.size,
      digests: file.digests,
      packagetype: file.packagetype,
      requires_python: specifiers(file.requires_python),
    },
    {
      size: stated.size,
      digests: { sha256: stated.sha256, md5: stated.md5, blake2b_256: stated.blake2b_256 },
      packagetype: listed.kind === 'sdist' ? 'sdist' : 'bdist_wheel',
      requires_python: specifiers(stated.metadata['requires-python']?.[0]),
    },
    'the file in PyPI’s JSON',
  );
  const { shown, wanted } = metadataFields(info, describing);
  assert.deepEqual(shown, wanted, 'the metadata in PyPI’s JSON');
}

/** Fields of one value, and of many, by their name in the JSON and in the file. */
const single = {
  version: 'version',
  summary: 'summary',
  author: 'author',
  author_email: 'author-email',
  maintainer: 'maintainer',
  maintainer_email: 'maintainer-email',
  license_expression: 'license-expression',
  description_content_type: 'description-content-type',
} as const;
const several = {
  classifiers: 'classifier',
  requires_dist: 'requires-dist',
  provides_extra: 'provides-extra',
} as const;

/** White space at ends and between lines is nobody's statement; an absent list is an empty one. */
function metadataFields(info: LegacyJson['info'], { metadata }: StatedFacts) {
  const shown: Record<string, unknown> = {};
  const wanted: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(single)) {
    shown[name] = spaced(String(info[name] ?? ''));
    wanted[name] = spaced(metadata[field]?.[0] ?? '');
    // Old tools wrote this for what nobody said.
    if (wanted[name] === 'UNKNOWN') wanted[name] = shown[name];
  }
  for (const [name, field] of Object.entries(several)) {
    shown[name] = sorted(info[name] as string[] | null);
    wanted[name] = sorted(metadata[field]);
  }
  // Before 2.4 the field was a custom of one tool, and twine leaves it out.
  if (Number(metadata['metadata-version']?.[0]) >= 2.4) {
    shown['license_files'] = sorted(info['license_files'] as string[] | null);
    wanted['license_files'] = sorted(metadata['license-file']);
  }
  return { shown, wanted };
}

function spaced(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** An index writes a set of specifiers in its own order and without spaces, as PyPI does. */
function specifiers(text: string | null | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((each) => each.replace(/\s+/g, ''))
    .filter((each) => each !== '')
    .sort();
}

/** Requirements are compared without the spaces that tools set differently. */
function sorted(values: readonly string[] | null | undefined): string[] {
  return [...(values ?? [])].map((value) => spaced(value).replace(/\s*([;<>=!~()[\],])\s*/g, '$1')).sort();
}
