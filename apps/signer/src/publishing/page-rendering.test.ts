import { parseProjectPage } from '@rind/index-model';
import type { PathFacts, ProjectFacts } from '@rind/queue-port';
import { describe, expect, it } from 'vitest';
import { renderPages } from './page-rendering.ts';

const project = (name: string): ProjectFacts => ({
  name,
  status: 'active',
  statusReason: null,
  lastSeq: 0,
  pageSha256: null,
  pageLength: null,
  pageBin: null,
});
const file = (name: string, over: Partial<PathFacts> = {}): PathFacts => ({
  targetPath: `packages/${name}/${name}-1.0.tar.gz`,
  project: name,
  filename: `${name}-1.0.tar.gz`,
  state: 'live',
  length: 3,
  sha256: 'a'.repeat(64),
  sha512: 'b'.repeat(128),
  blake2b256: 'c'.repeat(64),
  requiresPython: null,
  coreMetadataSha256: null,
  provenanceSha256: null,
  uploadedAt: '2026-01-01T00:00:00.000000Z',
  yanked: false,
  yankedReason: null,
  lastSeq: 1,
  bin: 3,
  ...over,
});
const projects = new Map(['one', 'two'].map((name) => [name, project(name)]));
const paths = [file('one'), file('two')];
const keyOf = ({ project, sha256 }: { project: string; sha256: string }) =>
  `targets/simple/${project}/${sha256}.index.json`;
const avoiding = (avoided: ReadonlySet<string>) => async (keys: readonly string[]) =>
  new Set(keys.filter((key) => avoided.has(key)));

describe('the pages of a publication', () => {
  it('are the same for the same facts while nothing was condemned', async () => {
    const pages = await renderPages(projects, paths, avoiding(new Set()));
    expect(pages).toEqual(await renderPages(projects, [...paths].reverse(), avoiding(new Set())));
    expect(pages.map(({ targetPath }) => targetPath)).toEqual([
      'simple/one/index.json',
      'simple/two/index.json',
    ]);
  });

  it('never are an object that somebody was told to delete, and say the same', async () => {
    const plain = await renderPages(projects, paths, avoiding(new Set()));
    const avoided = new Set([keyOf(plain[0]!)]);
    const second = await renderPages(projects, paths, avoiding(avoided));
    expect(keyOf(second[0]!)).not.toBe(keyOf(plain[0]!));
    expect(parseProjectPage(second[0]!.bytes)).toEqual(parseProjectPage(plain[0]!.bytes));
    expect(second[1]).toEqual(plain[1]);
    avoided.add(keyOf(second[0]!));
    const third = await renderPages(projects, paths, avoiding(avoided));
    expect(avoided.has(keyOf(third[0]!))).toBe(false);
    expect(parseProjectPage(third[0]!.bytes)).toEqual(parseProjectPage(plain[0]!.bytes));
  });

  it('state the documents beside a file, as the warehouse told of them', async () => {
    const beside = { coreMetadataSha256: 'd'.repeat(64), provenanceSha256: 'e'.repeat(64) };
    const [page] = await renderPages(
      new Map([['one', project('one')]]),
      [file('one', beside)],
      avoiding(new Set()),
    );
    expect(parseProjectPage(page!.bytes).files[0]).toMatchObject(beside);
  });

  it('leave out what is not live', async () => {
    const [page] = await renderPages(
      new Map([['one', project('one')]]),
      [file('one', { state: 'deleted' })],
      avoiding(new Set()),
    );
    expect(parseProjectPage(page!.bytes).files).toEqual([]);
  });
});
