import { utf8 } from '@rind/kernel';
import type { RepositorySimulator } from '@rind/testkit';
import { describe, expect, it } from 'vitest';
import { audit, codes, documented, documents, pageOf, summary, withoutVersions } from '../test/repository.ts';

const [first, second] = documents as [(typeof documents)[number], (typeof documents)[number]];
const metadataOf = (simulator: RepositorySimulator, { path }: typeof first): string =>
  `${simulator.targetObject(path)}.metadata`;

/** What a copy of the store has: `metadata/` and `targets/`. */
function copied(simulator: RepositorySimulator): RepositorySimulator {
  for (const { provenancePath } of documents) simulator.served.remove(provenancePath);
  return simulator;
}

describe('what a page names beside the targets', () => {
  it.each(['all', 'sample'] as const)('is read with %s targets, and says so', async (targets) => {
    const report = await audit(documented(), { targets });
    expect(summary(report)).toEqual([]);
    expect(report.checked).toMatchObject({ coreMetadata: 2, provenance: 2 });
  });

  it('is not read when no target is', async () => {
    const simulator = documented();
    for (const each of documents) simulator.served.remove(metadataOf(simulator, each));
    const report = await audit(copied(simulator), { targets: 'none' });
    expect(summary(report)).toEqual([]);
    expect(report.checked).toMatchObject({ coreMetadata: 0, provenance: 0 });
  });

  it('is read of the files of the sample only', async () => {
    const simulator = documented();
    const oneOfAll = { targets: 'sample', limits: { sampleSize: 1 } } as const;
    const counts = await Promise.all(
      Array.from({ length: 12 }, async (_, seed) => {
        const { checked } = await audit(simulator, { ...oneOfAll, seed });
        return [checked.coreMetadata, checked.provenance].join(' ');
      }),
    );
    expect(new Set(counts)).toEqual(new Set(['0 0', '1 1']));
  });

  it('is found under the names that repositories without consistent snapshots have', async () => {
    const simulator = withoutVersions(documented());
    const report = await audit(simulator);
    expect(summary(report)).toEqual([]);
    expect(report.checked).toMatchObject({ coreMetadata: 2, provenance: 2 });
    simulator.served.put(`targets/${first.path}.metadata`, utf8('other'));
    expect(codes(await audit(simulator))).toEqual(['fsck.core-metadata-hash']);
  });

  it('is told with the page that names it, and with what is there instead', async () => {
    const simulator = documented();
    simulator.served.put(metadataOf(simulator, first), utf8('other'));
    simulator.served.remove(metadataOf(simulator, second));
    const { findings } = await audit(simulator);
    const page = 'simple/six/index.json';
    const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/) as unknown;
    expect(findings.map(({ code, path, detail }) => [code, path, detail])).toEqual([
      [
        'fsck.core-metadata-hash',
        `${first.path}.metadata`,
        { page, looked: metadataOf(simulator, first), expected: sha256, found: sha256 },
      ],
      [
        'fsck.core-metadata-missing',
        `${second.path}.metadata`,
        { page, looked: metadataOf(simulator, second), expected: sha256 },
      ],
    ]);
    expect(findings.map(({ role }) => role)).toEqual(Array(2).fill(simulator.binFor(page)));
  });

  it('is of no interest in quarantine, where nothing is offered', async () => {
    const simulator = documented();
    for (const each of documents) simulator.served.remove(metadataOf(simulator, each));
    simulator.addTarget('simple/six/index.json', pageOf('six', { status: 'quarantined' }));
    simulator.publish();
    expect(summary(await audit(copied(simulator)))).toEqual([]);
  });

  it('is read no further than clients read', async () => {
    const simulator = documented();
    const report = await audit(simulator, { limits: { maxPageDocumentBytes: 5 } });
    expect(report.findings.map(({ code, path }) => [code, path])).toEqual(
      [...documents.map(({ path }) => `${path}.metadata`), ...documents.map((each) => each.provenancePath)]
        .sort()
        .map((path) => ['fsck.too-large', path]),
    );
  });
});

describe('provenance', () => {
  it('is not to be had in a copy of the store, and nobody misses it there', async () => {
    const report = await audit(copied(documented()));
    expect(summary(report)).toEqual([]);
    expect(report.checked).toMatchObject({ coreMetadata: 2, provenance: 0 });
  });

  it('is missed where another one is served, even a wrong one', async () => {
    const simulator = documented();
    simulator.served.put(first.provenancePath, utf8('{}'));
    simulator.served.remove(second.provenancePath);
    const report = await audit(simulator);
    expect(report.findings.map(({ code, path }) => [code, path])).toEqual([
      ['fsck.provenance-hash', first.provenancePath],
      ['fsck.provenance-missing', second.provenancePath],
    ]);
  });
});
