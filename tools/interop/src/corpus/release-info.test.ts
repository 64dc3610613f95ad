import { expect, it } from 'vitest';
import { shownInfo, statedInfo } from './release-info.ts';
import type { StatedFacts } from './stated-facts.ts';

const metadata = {
  'metadata-version': ['2.4'],
  name: ['Demo_Pkg'],
  version: ['1!2.0.dev3'],
  summary: ['A demonstration'],
  author: ['Ann Author'],
  'author-email': ['ann@example.org'],
  maintainer: ['Max Maintainer'],
  'maintainer-email': ['max@example.org'],
  license: ['UNKNOWN'],
  'license-expression': ['MIT'],
  'home-page': ['https://example.org/home'],
  'download-url': ['https://example.org/download'],
  'description-content-type': ['text/markdown'],
  'requires-python': ['>=3.8, <4'],
  keywords: ['one,two'],
  classifier: ['Programming Language :: Python :: 3'],
  'requires-dist': ['attrs (>=20)'],
  'provides-extra': ['more'],
  dynamic: ['summary'],
  'license-file': ['LICENSE'],
  'project-url': [
    'Source, https://example.org/src?a,b',
    'Home-Page, https://example.org/home',
    'Download, https://example.org/downloads',
  ],
};
const stated: StatedFacts = {
  size: 1,
  sha256: '',
  md5: '',
  blake2b_256: '',
  metadataSha256: null,
  metadata,
  description: '# Demo\r\n\r\n  text\r\n',
};
const info = {
  name: 'Demo-Pkg',
  version: '1!2.0.dev3',
  summary: 'A demonstration',
  author: 'Ann Author',
  author_email: 'ann@example.org',
  maintainer: 'Max Maintainer',
  maintainer_email: 'max@example.org',
  license: null,
  license_expression: 'MIT',
  home_page: 'https://example.org/home',
  download_url: 'https://example.org/download',
  description_content_type: 'text/markdown',
  requires_python: '<4,>=3.8',
  keywords: 'one, two',
  classifiers: ['Programming Language :: Python :: 3'],
  requires_dist: ['attrs(>=20)'],
  provides_extra: ['more'],
  dynamic: ['summary'],
  license_files: ['LICENSE'],
  description: '# Demo\n\n  text\n',
  project_urls: {
    Homepage: 'https://example.org/home',
    Download: 'https://example.org/downloads',
    Source: 'https://example.org/src?a,b',
  },
};

it('finds what an index says of a release equal to what its file states, in whichever way both write it', () => {
  const wanted = statedInfo(stated);
  expect(shownInfo(info, wanted)).toEqual(wanted);
});

it.each(Object.keys(info))('sees another %s', (name) => {
  const wanted = statedInfo(stated);
  const value = info[name as keyof typeof info];
  const other =
    typeof value === 'string' || value === null
      ? `${value ?? ''}x`
      : Array.isArray(value)
        ? ['x']
        : { x: 'x' };
  expect(shownInfo({ ...info, [name]: other }, wanted)).not.toEqual(wanted);
  if (value !== null) expect(shownInfo({ ...info, [name]: null }, wanted)).not.toEqual(wanted);
});

it('expects no licence files of metadata before 2.4, where they were a custom of one tool', () => {
  const wanted = statedInfo({ ...stated, metadata: { ...metadata, 'metadata-version': ['2.1'] } });
  expect(wanted).not.toHaveProperty('license_files');
  expect(shownInfo({ ...info, license_files: null }, wanted)).toEqual(wanted);
});
