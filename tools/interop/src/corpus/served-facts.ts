import assert from 'node:assert/strict';
import { sha256Hex } from '../fixtures.ts';
import type { Instance } from '../instance.ts';
import { projectOf, versionOf } from './listed-distribution.ts';
import type { ListedDistribution } from './listed-distribution.ts';
import { shownInfo, specifiers, statedInfo } from './release-info.ts';
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
  const wanted = statedInfo(describing);
  assert.deepEqual(shownInfo(info, wanted), wanted, 'the metadata in PyPI’s JSON');
}
