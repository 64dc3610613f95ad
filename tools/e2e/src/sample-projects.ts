import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One release as its authors upload it. */
export interface SampleRelease {
  readonly project: string;
  readonly version: string;
  readonly kinds: readonly ('sdist' | 'wheel')[];
  /** Fields of the form; those that may come more than once do. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

const description = (file: string, type: string): readonly (readonly [string, string])[] => [
  ['description', readFileSync(fileURLToPath(new URL(`../descriptions/${file}`, import.meta.url)), 'utf8')],
  ['description_content_type', type],
];

const ferret: SampleRelease['fields'] = [
  ['summary', 'Reads ragged tables out of text that people wrote'],
  ['author', 'Ann Author'],
  ['author_email', 'ann@example.org'],
  ['license_expression', 'MIT'],
  ['keywords', 'table,text,parser'],
  ['requires_python', '>=3.10'],
  ['project_urls', 'Source, https://example.org/ferret/src'],
  ['project_urls', 'Documentation, https://ferret.example.org/guide'],
  ['project_urls', 'Issues, https://example.org/ferret/issues'],
  ['requires_dist', 'attrs>=23.1'],
  ['requires_dist', 'typing-extensions>=4.6; python_version < "3.12"'],
  ['requires_dist', 'colorama; sys_platform == "win32"'],
  ['requires_dist', 'pandas<4,>=2.0; extra == "pandas"'],
  ['requires_dist', 'pytest>=8; extra == "test"'],
  ['requires_dist', 'hypothesis[cli]~=6.100; extra == "test"'],
  ['provides_extra', 'pandas'],
  ['provides_extra', 'test'],
  ['classifiers', 'Development Status :: 5 - Production/Stable'],
  ['classifiers', 'Intended Audience :: Developers'],
  ['classifiers', 'Programming Language :: Python :: 3'],
  ['classifiers', 'Programming Language :: Python :: 3.12'],
  ['classifiers', 'Topic :: Text Processing'],
  ...description('ferret-tables.md', 'text/markdown; charset=UTF-8; variant=GFM'),
];

const longName = `a-name-that-goes-on-${'and-on-'.repeat(7)}until-it-ends`;

/** What the pages have to show: each format of description, many releases and few, long names and hostile texts. */
export const sampleReleases: readonly SampleRelease[] = [
  {
    project: 'plain-notes',
    version: '3.1.4',
    kinds: ['sdist'],
    fields: [['summary', 'Notes in plain files'], ...description('plain-notes.txt', 'text/plain')],
  },
  {
    project: 'hard-to-show',
    version: '1!2024.12.31.post4.dev20261121',
    kinds: ['sdist'],
    fields: [
      ['summary', 'A summary with <b>markup</b>, “quotes” & one_word_that_is_far_too_long_'.padEnd(180, 'x')],
      ['author', 'Wolfeschlegelsteinhausenbergerdorff'.repeat(3)],
      ['project_urls', 'A label that is long enough, https://example.org/?a=1&b="2"'],
      ['keywords', 'k'.repeat(120)],
      ...description('hard-to-show.md', 'text/markdown'),
    ],
  },
  { project: longName, version: '0.0.1', kinds: ['sdist', 'wheel'], fields: [] },
  {
    project: 'only-a-preview',
    version: '1.0a1',
    kinds: ['sdist'],
    fields: [['summary', 'Tables of a pre-release']],
  },
  {
    project: 'Pelican_Orbits',
    version: '2026.11',
    kinds: ['sdist', 'wheel'],
    fields: [
      ['summary', 'Positions and passes of satellites, for people who watch them'],
      ['maintainer_email', 'Pelican Watchers <pelican@example.org>'],
      ['license', 'BSD'],
      ...description('pelican-orbits.rst', 'text/x-rst'),
    ],
  },
  ...['tablecloth', 'tables-of-tides', 'periodic-tables'].map((project) => ({
    project,
    version: '1.4',
    kinds: ['sdist'] as const,
    fields: [['summary', `Tables, and all that belongs on them: ${project.replaceAll('-', ' ')}`]] as const,
  })),
  ...['0.9', '1.0.0', '1.1.0'].map((version) => ({
    project: 'ferret-tables',
    version,
    kinds: ['sdist'] as const,
    fields: ferret,
  })),
  { project: 'ferret-tables', version: '1.2.0', kinds: ['sdist', 'wheel'], fields: ferret },
  { project: 'ferret-tables', version: '2.0.0rc1', kinds: ['wheel'], fields: ferret },
];

/** Yanked after all is published. */
export const yankedRelease = 'ferret-tables==1.0.0';
export const yankReason = 'Drops the last row of long tables';

const release = (project: string, version: string): string =>
  `/project/${project}/${encodeURIComponent(version)}/`;

/** Every kind of page, by a name for the report. `/help/` explains the index. */
export const pages: readonly { readonly name: string; readonly path: string; readonly status: 200 | 404 }[] =
  [
    { name: 'home', path: '/', status: 200 },
    { name: 'project', path: '/project/ferret-tables/', status: 200 },
    { name: 'project in RST', path: '/project/pelican-orbits/', status: 200 },
    { name: 'project in plain text', path: '/project/plain-notes/', status: 200 },
    { name: 'project with a hostile text', path: '/project/hard-to-show/', status: 200 },
    { name: 'project with a long name', path: `/project/${longName}/`, status: 200 },
    { name: 'yanked release', path: release('ferret-tables', '1.0.0'), status: 200 },
    { name: 'pre-release', path: release('ferret-tables', '2.0.0rc1'), status: 200 },
    { name: 'search', path: '/search/?q=tables', status: 200 },
    { name: 'search without a find', path: '/search/?q=zzzzqqqq', status: 200 },
    { name: 'state', path: '/state/', status: 200 },
    { name: 'help', path: '/help/', status: 200 },
    { name: 'no such project', path: '/project/there-is-none/', status: 404 },
  ];
