import { isCanonical } from '@rind/canonical-json';
import { fromUtf8, utf8 } from '@rind/kernel';
import type { ProjectName } from '@rind/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProjectPage } from './simple-page-parser.ts';
import { renderProjectPage } from './simple-page.ts';
import type { PageFile, ProjectPage } from './simple-page.ts';

const file = (filename: string, changes: Partial<PageFile> = {}): PageFile => ({
  filename,
  sha256: 'ab'.repeat(32),
  size: 10,
  uploadTime: '2023-11-14T22:13:20.000001Z',
  yanked: false,
  ...changes,
});
const page = (files: readonly PageFile[], changes: Partial<ProjectPage> = {}): ProjectPage => ({
  name: 'six' as ProjectName,
  status: 'active',
  files,
  ...changes,
});
const json = (one: ProjectPage) => JSON.parse(fromUtf8(renderProjectPage(one))) as Record<string, unknown>;
const names = (one: ProjectPage) =>
  (json(one)['files'] as { filename: string }[]).map(({ filename }) => filename);

describe('a project page', () => {
  it('is PEP 691 JSON with relative URLs and nothing that changes with place or time', () => {
    const full = file('six-1.0-py3-none-any.whl', {
      requiresPython: '>=3.8',
      yanked: 'broken',
      coreMetadataSha256: 'cd'.repeat(32),
      provenanceSha256: 'ef'.repeat(32),
    });
    expect(json(page([full, file('six-1.0.tar.gz')]))).toEqual({
      meta: { 'api-version': '1.4' },
      name: 'six',
      'project-status': { status: 'active' },
      versions: ['1.0'],
      files: [
        {
          filename: 'six-1.0-py3-none-any.whl',
          url: `../../packages/six/${'ab'.repeat(32)}/six-1.0-py3-none-any.whl`,
          hashes: { sha256: 'ab'.repeat(32) },
          size: 10,
          'upload-time': '2023-11-14T22:13:20.000001Z',
          yanked: 'broken',
          'requires-python': '>=3.8',
          'core-metadata': { sha256: 'cd'.repeat(32) },
          provenance: `../../integrity/six/1.0/six-1.0-py3-none-any.whl/provenance#sha256=${'ef'.repeat(32)}`,
        },
        {
          filename: 'six-1.0.tar.gz',
          url: `../../packages/six/${'ab'.repeat(32)}/six-1.0.tar.gz`,
          hashes: { sha256: 'ab'.repeat(32) },
          size: 10,
          'upload-time': '2023-11-14T22:13:20.000001Z',
          yanked: false,
        },
      ],
    });
  });

  it('has other bytes in another edition, which says the same to whoever reads it', () => {
    const plain = page([file('six-1.0.tar.gz')]);
    const bytes = [undefined, 1, 2].map((edition) =>
      renderProjectPage(edition === undefined ? plain : { ...plain, edition }),
    );
    expect(new Set(bytes.map(fromUtf8)).size).toBe(3);
    expect(json({ ...plain, edition: 1 })).toEqual({ ...json(plain), _edition: 1 });
    expect(bytes.map((one) => parseProjectPage(one))).toEqual(Array(3).fill(parseProjectPage(bytes[0]!)));
  });

  it('resolves its URLs to the index’s files', () => {
    const { url } = (json(page([file('six-1.0.tar.gz')]))['files'] as { url: string }[])[0]!;
    expect(new URL(url, 'https://index.example/base/simple/six/').href).toBe(
      `https://index.example/base/packages/six/${'ab'.repeat(32)}/six-1.0.tar.gz`,
    );
  });

  it('lists files by version, then name, and each release once', () => {
    const files = [
      'six-1.10.tar.gz',
      'six-1.9.tar.gz',
      'six-1.9-py3-none-any.whl',
      'six-1.9.0-py2-none-any.whl',
      'six-2.0a1.tar.gz',
    ];
    expect(names(page(files.map((name) => file(name))))).toEqual([
      'six-1.9-py3-none-any.whl',
      'six-1.9.0-py2-none-any.whl',
      'six-1.9.tar.gz',
      'six-1.10.tar.gz',
      'six-2.0a1.tar.gz',
    ]);
    expect(json(page(files.map((name) => file(name))))['versions']).toEqual(['1.9', '1.10', '2.0a1']);
  });

  it('lists names without a version last', () => {
    const one = page(['six-1.0.exe', 'six-2.0.tar.gz', 'a.egg'].map((name) => file(name)));
    expect(names(one)).toEqual(['six-2.0.tar.gz', 'a.egg', 'six-1.0.exe']);
    expect(json(one)['versions']).toEqual(['2.0']);
  });

  it('has the same bytes in whatever order its files come', () => {
    const versions = fc.uniqueArray(
      fc.tuple(fc.nat(30), fc.nat(30)).map((pair) => pair.join('.')),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(
        versions.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => {
          const render = (order: readonly string[]) =>
            renderProjectPage(page(order.map((version) => file(`six-${version}.tar.gz`))));
          expect(render(shuffled)).toEqual(render(list));
        },
      ),
    );
  });

  it.each([
    ['a reason', 'why not', 'why not'],
    ['no reason', true, true],
    ['an empty reason', '', true],
    ['no yank', false, false],
  ])('states %s', (_what, yanked, stated) => {
    const [only] = json(page([file('six-1.0.tar.gz', { yanked })]))['files'] as { yanked: unknown }[];
    expect(only!.yanked).toBe(stated);
  });

  it.each([
    ['active', 1],
    ['archived', 1],
    ['deprecated', 1],
    ['quarantined', 0],
  ] as const)('of a project that is %s offers %i files', (status, count) => {
    const one = page([file('six-1.0.tar.gz')], { status, statusReason: 'so' });
    expect(names(one)).toHaveLength(count);
    expect(json(one)['versions']).toHaveLength(count);
    expect(json(one)['project-status']).toEqual({ status, reason: 'so' });
  });

  it('never has the key that old pip could not read, nor any of the server’s own', () => {
    const text = fromUtf8(
      renderProjectPage(page([file('six-1.0-py3-none-any.whl', { coreMetadataSha256: 'cd'.repeat(32) })])),
    );
    expect(text).not.toContain('dist-info-metadata');
    expect(text).not.toContain('"_');
  });

  it('is canonical and reads back', () => {
    const text = fc.stringMatching(/^[ -~é]{1,20}$/);
    const generated = fc.uniqueArray(
      fc.record(
        {
          filename: fc.tuple(fc.nat(99), fc.nat(99)).map((pair) => `six-${pair.join('.')}.tar.gz`),
          sha256: fc.constant('ab'.repeat(32)),
          size: fc.nat(),
          uploadTime: fc.constant('2023-11-14T22:13:20.000001Z'),
          yanked: fc.oneof(fc.boolean(), text),
          requiresPython: fc.constant('>=3.8,<4'),
          coreMetadataSha256: fc.constant('cd'.repeat(32)),
          provenanceSha256: fc.constant('ef'.repeat(32)),
        },
        { requiredKeys: ['filename', 'sha256', 'size', 'uploadTime', 'yanked'] },
      ),
      { selector: ({ filename }) => filename },
    );
    fc.assert(
      fc.property(generated, text, (files, statusReason) => {
        const one = page(files, { status: 'deprecated', statusReason });
        const bytes = renderProjectPage(one);
        expect(isCanonical(bytes)).toBe(true);
        const parsed = parseProjectPage(bytes);
        expect(renderProjectPage(parsed)).toEqual(bytes);
        expect([parsed.name, parsed.status, parsed.statusReason]).toEqual([
          'six',
          'deprecated',
          statusReason,
        ]);
        expect(new Set(parsed.files)).toEqual(new Set(files));
      }),
    );
  });
});

describe('a page that was received', () => {
  const good = json(page([file('six-1.0.tar.gz', { coreMetadataSha256: 'cd'.repeat(32) })]));
  const [entry] = good['files'] as Record<string, unknown>[];
  const parse = (value: unknown) => () => parseProjectPage(utf8(JSON.stringify(value)));
  const withFile = (changes: Record<string, unknown>) => ({ ...good, files: [{ ...entry, ...changes }] });

  it('may have members that this version does not know, and lack what is optional', () => {
    const bare = {
      ...withFile({ provenance: null, 'requires-python': null }),
      'project-status': undefined,
      tracks: [],
    };
    expect(parse({ ...bare, meta: { 'api-version': '1.9', _x: 1 } })()).toEqual(
      page([file('six-1.0.tar.gz', { coreMetadataSha256: 'cd'.repeat(32) })]),
    );
  });

  it.each([
    ['no JSON', undefined],
    ['a list', []],
    ['no meta', { ...good, meta: undefined }],
    ['a version 2', { ...good, meta: { 'api-version': '2.0' } }],
    ['a name in another spelling', { ...good, name: 'Six' }],
    ['no name', { ...good, name: undefined }],
    ['files that are no list', { ...good, files: {} }],
    ['a file that is no object', { ...good, files: ['x'] }],
    ['a file twice', { ...good, files: [entry, entry] }],
    ['an unknown status', { ...good, 'project-status': { status: 'gone' } }],
    ['a reason that is no text', { ...good, 'project-status': { status: 'active', reason: 1 } }],
    ['another project’s URL', withFile({ url: (entry!['url'] as string).replace('/six/', '/seven/') })],
    ['an absolute URL', withFile({ url: `https://elsewhere.example/${'ab'.repeat(32)}` })],
    ['another file’s URL', withFile({ filename: 'six-1.1.tar.gz' })],
    ['a path for a name', withFile({ filename: '../x' })],
    ['no hash', withFile({ hashes: {} })],
    ['an upper-case hash', withFile({ hashes: { sha256: 'AB'.repeat(32) } })],
    ['a negative size', withFile({ size: -1 })],
    ['no size', withFile({ size: undefined })],
    ['no time', withFile({ 'upload-time': '2023-11-14' })],
    ['a number for yanked', withFile({ yanked: 1 })],
    ['a number for requires-python', withFile({ 'requires-python': 3 })],
    ['core metadata without hash', withFile({ 'core-metadata': {} })],
    ['provenance that is no text', withFile({ provenance: true })],
    [
      'provenance without hash',
      withFile({ provenance: '../../integrity/six/1.0/six-1.0.tar.gz/provenance' }),
    ],
    [
      'another file’s provenance',
      withFile({
        provenance: `../../integrity/six/1.0/six-1.0-py3-none-any.whl/provenance#sha256=${'ef'.repeat(32)}`,
      }),
    ],
    [
      'provenance from elsewhere',
      withFile({
        provenance: `https://elsewhere.example/integrity/six/1.0/six-1.0.tar.gz/provenance#sha256=${'ef'.repeat(32)}`,
      }),
    ],
  ])('with %s is refused', (_what, value) => {
    expect(parse(value)).toThrow(expect.objectContaining({ code: 'page.malformed' }));
  });
});
