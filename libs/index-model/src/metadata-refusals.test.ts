import { describe, expect, it } from 'vitest';
import { refused, seeMetadata, upload } from '../test/upload.ts';
import type { Values } from '../test/upload.ts';

/** In metadata 2.5, which has every field. */
const form = (values: Values): (() => unknown) => upload({ metadata_version: '2.5', ...values });
const texts = (count: number, text: (at: number) => string): string[] =>
  Array.from({ length: count }, (_, at) => text(at));

/** What is wrong, the form's values, the field that is named, and the text before "See …". */
type Row = readonly [what: string, values: Values, field: string, text: string];

const requirements: Row[] = [
  [
    'an empty requirement',
    { requires_dist: ['six', ''] },
    'requires-dist',
    "'' is invalid for 'requires-dist'.",
  ],
  ['a path', { requires_dist: './six' }, 'requires-dist', "'./six' is invalid for 'requires-dist'."],
  [
    'an address without a name',
    { requires_dist: 'https://x.example/six.whl' },
    'requires-dist',
    "'https://x.example/six.whl' is invalid for 'requires-dist'.",
  ],
  [
    'a single equals sign',
    { requires_dist: 'six=1' },
    'requires-dist',
    "'six=1' is invalid for 'requires-dist'.",
  ],
  [
    'a bare version',
    { requires_dist: 'six 1.0' },
    'requires-dist',
    "'six 1.0' is invalid for 'requires-dist'.",
  ],
  ['an open bracket', { requires_dist: 'six[a' }, 'requires-dist', "'six[a' is invalid for 'requires-dist'."],
  [
    'an open parenthesis',
    { requires_dist: 'six (>=1' },
    'requires-dist',
    "'six (>=1' is invalid for 'requires-dist'.",
  ],
  ['an empty marker', { requires_dist: 'six;' }, 'requires-dist', "'six;' is invalid for 'requires-dist'."],
  [
    'an unknown marker variable',
    { requires_dist: "six; colour == 'red'" },
    'requires-dist',
    `"six; colour == 'red'" is invalid for 'requires-dist'.`,
  ],
  [
    'a marker that is no comparison',
    { requires_dist: "six; 'nt'" },
    'requires-dist',
    `"six; 'nt'" is invalid for 'requires-dist'.`,
  ],
  [
    'an unfinished escape in a marker',
    { requires_dist: "six; extra == '\\x4'" },
    'requires-dist',
    `"six; extra == '\\\\x4'" is invalid for 'requires-dist'.`,
  ],
  [
    'two lines',
    { requires_dist: 'six\nevil' },
    'requires-dist',
    "'six\\nevil' is invalid for 'requires-dist'.",
  ],
  ['a comment', { requires_dist: 'six # no' }, 'requires-dist', "'six # no' is invalid for 'requires-dist'."],
  [
    'another script',
    { requires_dist: '\u0455ix' },
    'requires-dist',
    "'\u0455ix' is invalid for 'requires-dist'.",
  ],
  [
    'a file on the disk',
    { requires_dist: 'six @ file:///etc/passwd' },
    'requires-dist',
    "Can't have direct dependency: six @ file:///etc/passwd.",
  ],
  [
    'a repository, in the spelling of Python',
    { requires_dist: "six[b, a]@git+https://x.example/six@main ; extra=='y'" },
    'requires-dist',
    `Can't have direct dependency: six[a,b] @ git+https://x.example/six@main ; extra == "y".`,
  ],
  [
    'a direct reference among what is provided',
    { provides_dist: 'six @ https://x.example/' },
    'provides-dist',
    "Can't have direct dependency: 'six @ https://x.example/'.",
  ],
  [
    'a direct reference among what is obsolete',
    { obsoletes_dist: 'six @ https://x.example/' },
    'obsoletes-dist',
    "Can't have direct dependency: 'six @ https://x.example/'.",
  ],
];

const licences: Row[] = [
  ...(
    ['BSD', 'MIT or', 'MIT Apache-2.0', '(MIT', 'MIT WITH MIT', 'LicenseRef-a_b', 'MIT/Apache-2.0'] as const
  ).map((expression): Row => [
    `the expression ${expression}`,
    { license_expression: expression },
    'license-expression',
    `'${expression}' is invalid for 'license-expression'.`,
  ]),
  [
    'a licence file above',
    { license_file: '../LICENSE' },
    'license-file',
    "'../LICENSE' is invalid for 'license-file', parent directory indicators are not allowed.",
  ],
  [
    'a pattern of licence files',
    { license_file: ['LICENSE', 'LICEN*'] },
    'license-file',
    "'LICEN*' is invalid for 'license-file', paths must be resolved.",
  ],
  [
    'a licence file of the machine',
    { license_file: '/etc/passwd' },
    'license-file',
    "'/etc/passwd' is invalid for 'license-file', paths must be relative.",
  ],
  [
    'a licence file of a drive',
    { license_file: 'C:\\LICENSE' },
    'license-file',
    "'C:\\\\LICENSE' is invalid for 'license-file', paths must be relative.",
  ],
  [
    'a licence file with backslashes',
    { license_file: 'a\\LICENSE' },
    'license-file',
    "'a\\\\LICENSE' is invalid for 'license-file', paths must use '/' delimiter.",
  ],
];

const classifiers: Row[] = [
  [
    'a classifier that nobody made',
    { classifiers: ['Programming Language :: Python', 'Z :: Z', 'Programming Language :: Snake'] },
    'classifier',
    "'Programming Language :: Snake' is not a valid classifier.",
  ],
  [
    'a private classifier',
    { classifiers: 'Private :: Do Not Upload' },
    'classifier',
    "'Private :: Do Not Upload' is not a valid classifier.",
  ],
  [
    'a classifier in another case',
    { classifiers: 'programming language :: python' },
    'classifier',
    "'programming language :: python' is not a valid classifier.",
  ],
  [
    'a deprecated classifier with a successor',
    { classifiers: 'Natural Language :: Ukranian' },
    'classifier',
    "The classifier 'Natural Language :: Ukranian' has been deprecated, use one of ['Natural Language :: Ukrainian'] instead.",
  ],
  [
    'a deprecated classifier',
    { classifiers: 'License :: OSI Approved :: X.Net License' },
    'classifier',
    "The classifier 'License :: OSI Approved :: X.Net License' has been deprecated.",
  ],
  [
    'an unknown classifier before a deprecated one',
    { classifiers: ['License :: OSI Approved :: X.Net License', 'Z :: Z'] },
    'classifier',
    "'Z :: Z' is not a valid classifier.",
  ],
];

const people: Row[] = [
  [
    'a word for an address',
    { author_email: 'nobody' },
    'author-email',
    "'nobody' is not a valid email address: An email address must have an @-sign.",
  ],
  [
    'an address without a domain',
    { maintainer_email: 'A <a@b>' },
    'maintainer-email',
    "'a@b' is not a valid email address: The part after the @-sign is not valid. It should have a period.",
  ],
  [
    'an address on this machine',
    { author_email: 'root@x.localhost' },
    'author-email',
    "'root@x.localhost' is not a valid email address: The part after the @-sign is a special-use or reserved name that cannot be used with email.",
  ],
  [
    'two periods in an address',
    { author_email: 'a..b@c.example' },
    'author-email',
    "'a..b@c.example' is not a valid email address: An email address cannot have two periods in a row.",
  ],
  [
    'a quoted address',
    { author_email: '"a b"@c.example' },
    'author-email',
    `'"a b"@c.example' is not a valid email address: Quoting the part before the @-sign is not allowed here.`,
  ],
];

const links: Row[] = [
  ...(
    [
      'javascript:alert(1)',
      'data:text/html,x',
      'ftp://x.example',
      '//x.example',
      ' https://x.example',
      'x',
    ] as const
  ).map((url): Row => [
    `the home page ${url}`,
    { home_page: url },
    'home-page',
    `'${url}' is not a valid url.`,
  ]),
  [
    'a download of a script',
    { download_url: 'javascript:alert(1)' },
    'download-url',
    "'javascript:alert(1)' is not a valid url.",
  ],
  [
    'a port beyond all ports',
    { home_page: 'https://x.example:65536/' },
    'home-page',
    "'https://x.example:65536/' is not a valid url.",
  ],
  [
    'brackets',
    { home_page: 'https://x.example/[x]' },
    'home-page',
    "'https://x.example/[x]' is not a valid url.",
  ],
  [
    'a script behind a label',
    { project_urls: ['Docs, https://x.example', 'Evil, javascript:alert(1)'] },
    'project-url',
    "'javascript:alert(1)' is not a valid url.",
  ],
];

const names: Row[] = [
  [
    'a name that is none',
    { import_name: 'not-a-name' },
    'import-name',
    "'not-a-name' is invalid for 'import-name'; 'not-a-name' is not a valid identifier.",
  ],
  [
    'a keyword',
    { import_namespace: 'a.class' },
    'import-namespace',
    "'a.class' is invalid for 'import-namespace'; 'class' is a keyword.",
  ],
  [
    'another mark than private',
    { import_name: 'a; public' },
    'import-name',
    "'a; public' is invalid for 'import-name'; the only valid option is 'private'.",
  ],
  [
    'an extra that is none',
    { provides_extra: 'a b' },
    'provides-extra',
    "'a b' is invalid for 'provides-extra'.",
  ],
  [
    'what cannot be dynamic',
    { dynamic: 'Metadata-Version' },
    'dynamic',
    "'metadata-version' is not allowed as a dynamic field.",
  ],
  [
    'dynamic itself',
    { dynamic: 'Dynamic' },
    'dynamic',
    "Dynamic field 'dynamic' is not a valid dynamic field.",
  ],
];

const ages: Row[] = (
  [
    ['1.0', { classifiers: 'Topic :: Software Development' }, 'classifier', '1.1'],
    ['1.1', { requires_dist: 'six' }, 'requires-dist', '1.2'],
    ['1.2', { provides_extra: 'a' }, 'provides-extra', '2.1'],
    ['2.1', { dynamic: 'Platform' }, 'dynamic', '2.2'],
    ['2.3', { license_file: 'LICENSE' }, 'license-file', '2.4'],
    ['2.4', { import_name: 'a' }, 'import-name', '2.5'],
  ] as const
).map(([version, values, field, since]): Row => [
  `${field} in ${version}`,
  { ...values, metadata_version: version },
  field,
  `${field} introduced in metadata version ${since}, not ${version}.`,
]);

const order: Row[] = [
  [
    'the first field by its name, of all that are wrong',
    { requires_dist: '!', license_expression: '!', classifiers: 'Z' },
    'license-expression',
    "'!' is invalid for 'license-expression'.",
  ],
  [
    'the rules of the index only after those of the specification',
    { author_email: 'nobody', requires_dist: '!' },
    'requires-dist',
    "'!' is invalid for 'requires-dist'.",
  ],
  [
    'the rules of the index by field too',
    { project_urls: 'x', author_email: 'nobody', classifiers: 'Z' },
    'author-email',
    "'nobody' is not a valid email address: An email address must have an @-sign.",
  ],
];

const rows = { requirements, licences, classifiers, people, links, names, ages, order };

describe.each(Object.entries(rows))('%s: refused', (_group, each) => {
  it.each(each)('for %s', (_what, values, field, text) => {
    expect(form(values)).toThrow(refused('upload.metadata-invalid', `${text} ${seeMetadata}`));
    expect(form(values)).toThrow(
      expect.objectContaining({ details: { status: 400, field } }) as unknown as Error,
    );
  });
});

describe('what was made to take long is refused at once', () => {
  it.each<[string, Values]>([
    ['parentheses in a marker', { requires_dist: `six; ${'('.repeat(100_000)}` }],
    [
      'closed parentheses in a marker',
      { requires_dist: `six; ${'('.repeat(500)}os_name=='a'${')'.repeat(500)}` },
    ],
    ['parentheses in a licence', { license_expression: `${'('.repeat(50_000)}MIT${')'.repeat(50_000)}` }],
    ['a name of dots and hyphens', { requires_dist: `a${'.-'.repeat(100_000)}` }],
    ['commas', { requires_dist: `six>=1${','.repeat(100_000)}` }],
    ['a specifier of digits', { requires_dist: `six>=${'1.'.repeat(50_000)}` }],
    ['an address of dots', { author_email: `${'a.'.repeat(50_000)}` }],
    ['a label without end', { project_urls: `${'x'.repeat(100_000)}` }],
    ['unknown classifiers', { classifiers: texts(2_000, (at) => `Z :: ${at}`) }],
  ])('%s', (_what, values) => {
    expect(form(values)).toThrow(refused('upload.metadata-invalid'));
  });
});

describe('usual metadata passes', () => {
  it.each<[string, Values]>([
    [
      'requirements',
      { requires_dist: ['six', 'six (>=1,<2)', "six[a] ~= 1.0 ; extra == 'x' and os_name == 'nt'"] },
    ],
    [
      'an old list of requirements',
      { provides_dist: 'six', obsoletes_dist: 'six (<1)', requires: 'anything' },
    ],
    [
      'a licence',
      { license_expression: 'mit and (apache-2.0 or GPL-2.0-only with Classpath-exception-2.0)' },
    ],
    ['licence files', { license_file: ['LICENSE', 'licenses/MIT.txt'] }],
    ['classifiers', { classifiers: ['Programming Language :: Python :: 3', 'Typing :: Typed'] }],
    ['an author', { author_email: '"B, A" <a@b.example>' }],
    ['several authors', { author_email: 'A <a@b.example>, not an address' }],
    ['no author in particular', { author_email: '<>' }],
    ['comments in comments', { author_email: `a@b.example ${'('.repeat(50_000)}${')'.repeat(50_000)}` }],
    ['groups in groups', { author_email: `a@b${':'.repeat(50_000)}a` }],
    ['links', { home_page: 'http://x.example', project_urls: ['Docs, https://x.example/?a#b'] }],
    ['names to import', { import_name: ['a', 'a.b; private'], import_namespace: 'c' }],
    ['what will be known later', { dynamic: ['Classifier', 'requires-dist', 'Import-Name'] }],
  ])('%s', (_what, values) => {
    expect(form(values)).not.toThrow();
  });
});
