import { describe, expect, it } from 'vitest';
import { refused, seeLocal, seeMetadata, upload } from '../test/upload.ts';
import type { Values } from '../test/upload.ts';

describe('core metadata in a form is refused', () => {
  it.each<[string, Values, string, string]>([
    [
      'no metadata version',
      { metadata_version: undefined },
      'upload.metadata-version-invalid',
      `None is not a valid metadata version. ${seeMetadata}`,
    ],
    [
      'metadata 2.0',
      { metadata_version: '2.0' },
      'upload.metadata-version-invalid',
      `'2.0' is not a valid metadata version. ${seeMetadata}`,
    ],
    [
      'no version',
      { version: '' },
      'upload.version-invalid',
      `'version' is a required field. ${seeMetadata}`,
    ],
    [
      'a bad version',
      { version: 'one' },
      'upload.version-invalid',
      `'one' is invalid for 'version'. ${seeMetadata}`,
    ],
    [
      'a local version',
      { version: '1.0+mine' },
      'upload.local-version',
      `The use of local versions in '1.0+mine' is not allowed. ${seeLocal}`,
    ],
    [
      'two names',
      { name: ['Foo.Bar', 'other'] },
      'upload.field-invalid',
      `'name' has invalid data. ${seeMetadata}`,
    ],
    [
      'two summaries',
      { summary: ['a', 'b'] },
      'upload.field-invalid',
      `'summary' has invalid data. ${seeMetadata}`,
    ],
    [
      'one label twice',
      { project_urls: ['Docs, https://a.example', 'Docs , https://b.example'] },
      'upload.field-invalid',
      `'project_urls' has invalid data. ${seeMetadata}`,
    ],
    [
      'a summary of two lines',
      { summary: 'a\nb' },
      'upload.metadata-invalid',
      `'summary' must be a single line. ${seeMetadata}`,
    ],
    [
      'a long summary',
      { summary: 'x'.repeat(513) },
      'upload.metadata-invalid',
      `'summary' field must be 512 characters or less. ${seeMetadata}`,
    ],
    [
      'a bad Python version',
      { requires_python: 'three' },
      'upload.requires-python-invalid',
      `'three' is invalid for 'requires-python'. ${seeMetadata}`,
    ],
    [
      'HTML',
      { description_content_type: 'text/html' },
      'upload.metadata-invalid',
      `'description-content-type' must be one of ['text/plain', 'text/x-rst', 'text/markdown'], not 'text/html'. ${seeMetadata}`,
    ],
    [
      'another charset',
      { description_content_type: 'text/plain; charset=latin-1' },
      'upload.metadata-invalid',
      `'description-content-type' can only specify the UTF-8 charset, not 'latin-1'. ${seeMetadata}`,
    ],
    [
      'another Markdown',
      { description_content_type: 'text/markdown; variant="Other"' },
      'upload.metadata-invalid',
      `valid Markdown variants for 'description-content-type' are ['GFM', 'CommonMark'], not 'Other'. ${seeMetadata}`,
    ],
    [
      'a broken content type',
      { description_content_type: 'text/markdown; variant' },
      'upload.metadata-invalid',
      `'text/markdown; variant' is not a valid content type for 'description-content-type'. ${seeMetadata}`,
    ],
    [
      'a field from the future',
      { metadata_version: '2.1', license_expression: 'MIT' },
      'upload.metadata-invalid',
      `license-expression introduced in metadata version 2.4, not 2.1. ${seeMetadata}`,
    ],
    [
      'a bad extra',
      { provides_extra: ['ok', 'not ok'] },
      'upload.metadata-invalid',
      `'not ok' is invalid for 'provides-extra'. ${seeMetadata}`,
    ],
    [
      'a dynamic name',
      { dynamic: 'Name' },
      'upload.metadata-invalid',
      `'name' is not allowed as a dynamic field. ${seeMetadata}`,
    ],
    [
      'an unknown dynamic field',
      { dynamic: 'Colour' },
      'upload.metadata-invalid',
      `'colour' is not a valid dynamic field. ${seeMetadata}`,
    ],
    [
      'no label',
      { project_urls: ', https://a.example' },
      'upload.metadata-invalid',
      `Must have a label. ${seeMetadata}`,
    ],
    ['no URL', { project_urls: 'Docs' }, 'upload.metadata-invalid', `Must have a URL. ${seeMetadata}`],
    [
      'a long label',
      { project_urls: `${'x'.repeat(33)}, https://a.example` },
      'upload.metadata-invalid',
      `'${'x'.repeat(33)}' must be 32 characters or less. ${seeMetadata}`,
    ],
    [
      'another kind of URL',
      { project_urls: 'Docs, javascript:alert(1)' },
      'upload.metadata-invalid',
      `'javascript:alert(1)' is not a valid url. ${seeMetadata}`,
    ],
    [
      'a home page that is none',
      { home_page: 'six' },
      'upload.metadata-invalid',
      `'six' is not a valid url. ${seeMetadata}`,
    ],
    [
      'a direct reference',
      { requires_dist: ['six', 'evil[x] @ https://evil.example/evil.whl'] },
      'upload.metadata-invalid',
      `Can't have direct dependency: evil[x] @ https://evil.example/evil.whl. ${seeMetadata}`,
    ],
    [
      'two licences',
      { license: 'MIT', license_expression: 'MIT' },
      'upload.metadata-invalid',
      `License is deprecated when License-Expression is present. Only License-Expression should be present. ${seeMetadata}`,
    ],
  ])('for %s', (_what, changes, code, message) => {
    expect(upload(changes)).toThrow(refused(code, message));
  });
});

describe('core metadata in a form passes', () => {
  it.each<[string, Values]>([
    ['with a summary of 512 characters, however many bytes', { summary: '\u{1f40d}'.repeat(512) }],
    ['with a label of 32 characters', { project_urls: `${'x'.repeat(32)}, https://a.example` }],
    ['with an address that has a comma', { project_urls: 'Docs, https://a.example/a,b' }],
    [
      'with a Markdown of unknown variant in another type',
      { description_content_type: 'text/x-rst; variant=Other' },
    ],
    ['with a type in capitals', { description_content_type: 'Text/Markdown; Charset=utf-8;' }],
    ['with requirements that have an at sign elsewhere', { requires_dist: ['six ; extra == "a@b"'] }],
    [
      'with empty fields beyond its version',
      { metadata_version: '1.0', license_expression: '', dynamic: '' },
    ],
    ['with an empty value in a list of several', { platform: ['', 'any'] }],
  ])('%s', (_what, changes) => {
    expect(upload(changes)().name).toBe('Foo.Bar');
  });
});
