import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  digests,
  fieldsOf,
  refused,
  sdist,
  sdistName,
  seeMetadata,
  upload,
  wheel,
  wheelName,
} from '../test/upload.ts';
import type { Values } from '../test/upload.ts';
import { UploadError } from './upload-error.ts';
import { checkUploadAction, parseUploadForm } from './upload-form.ts';

describe('an upload form', () => {
  it('of a wheel is read', () => {
    expect(upload({ summary: 'Short', requires_python: '>= 3.8', comment: 'hi' })()).toEqual({
      project: 'foo-bar',
      name: 'Foo.Bar',
      version: '1.0',
      filetype: 'bdist_wheel',
      pyversion: 'py3',
      comment: 'hi',
      metadataVersion: '2.4',
      summary: 'Short',
      requiresPython: '>=3.8',
      description: null,
      descriptionContentType: null,
      licenseExpression: null,
      distribution: expect.objectContaining({ kind: 'wheel', filename: wheelName }) as unknown,
    });
  });

  it('of a source distribution is read, its Python version being "source"', () => {
    for (const pyversion of [undefined, '', 'source']) {
      expect(upload({ ...sdist, pyversion }, { filename: sdistName })()).toMatchObject({
        filetype: 'sdist',
        pyversion: 'source',
        requiresPython: null,
        summary: null,
      });
    }
  });

  it('gives the version in its normal form', () => {
    expect(
      upload({ version: ' V1.0-alpha.1 ' }, { filename: 'foo_bar-1.0a1-py3-none-any.whl' })().version,
    ).toBe('1.0a1');
  });

  it('as twine fills it passes', () => {
    const twine: Values = {
      ...wheel,
      classifiers: ['Programming Language :: Python', 'Topic :: Utilities'],
      project_urls: ['Homepage, https://example.org/', 'Issues, https://example.org/issues'],
      requires_dist: ['six>=1.0', 'attrs ; python_version < "3.8"'],
      provides_extra: 'test',
      description: 'long\ntext',
      description_content_type: 'text/markdown; charset=UTF-8; variant=GFM',
      license_file: ['LICENSE', 'AUTHORS'],
      dynamic: ['License-File', 'classifier'],
      md5_digest: digests.md5,
      blake2_256_digest: digests.blake2b256,
      keywords: 'a,b',
      author_email: '"A" <a@example.org>',
    };
    expect(upload(twine)().project).toBe('foo-bar');
  });

  it('as uv fills it passes', () => {
    expect(
      upload({ requires_python: '', summary: '', license_expression: 'MIT' })().requiresPython,
    ).toBeNull();
  });

  it('need not state its action: that may stand in the query', () => {
    expect(upload({ ':action': undefined, protocol_version: undefined })().name).toBe('Foo.Bar');
  });

  it('may have unknown fields', () => {
    expect(upload({ gpg_signature: 'x', whatever: ['a', 'b'] })().name).toBe('Foo.Bar');
  });
});

describe('a form is refused', () => {
  it.each<[string, Values, string, string]>([
    [
      'another protocol',
      { protocol_version: '2' },
      'upload.bad-protocol-version',
      'Unknown protocol version.',
    ],
    [
      'no name',
      { name: undefined },
      'upload.name-invalid',
      `'' is an invalid value for Name. Error: This field is required. ${seeMetadata}`,
    ],
    [
      'UNKNOWN for a name',
      { name: ' UNKNOWN ' },
      'upload.name-invalid',
      `'' is an invalid value for Name. Error: This field is required. ${seeMetadata}`,
    ],
    [
      'a bad name',
      { name: "-it's-" },
      'upload.name-invalid',
      `"-it's-" is an invalid value for Name. Error: Start and end with a letter or numeral containing only ASCII numeric and '.', '_' and '-'. ${seeMetadata}`,
    ],
    [
      'a long name',
      { name: 'a'.repeat(201) },
      'upload.name-invalid',
      `'${'a'.repeat(30)}...${'a'.repeat(30)}' is an invalid value for Name. Error: Use at most 200 characters. ${seeMetadata}`,
    ],
    [
      'no file type',
      { filetype: undefined },
      'upload.filetype-invalid',
      'Invalid value for filetype. Error: This field is required.',
    ],
    [
      'an egg',
      { filetype: 'bdist_egg' },
      'upload.filetype-invalid',
      'Invalid value for filetype. Error: Use a known file type.',
    ],
    [
      'a wheel without Python version',
      { pyversion: '' },
      'upload.pyversion-invalid',
      'Invalid value for pyversion. Error: Python version is required for binary distribution uploads.',
    ],
    [
      'a source distribution for one Python version',
      { filetype: 'sdist', pyversion: '3' },
      'upload.pyversion-invalid',
      "Invalid value for pyversion. Error: Use 'source' as Python version for an sdist.",
    ],
    [
      'no digest',
      { sha256_digest: undefined },
      'upload.digest-missing',
      'Error: Include at least one message digest.',
    ],
    [
      'an empty digest',
      { sha256_digest: '' },
      'upload.digest-missing',
      'Error: Include at least one message digest.',
    ],
    [
      'half a SHA256 digest',
      { sha256_digest: 'ab' },
      'upload.digest-invalid',
      'Invalid value for sha256_digest. Error: Use a valid, hex-encoded, SHA256 message digest.',
    ],
    [
      'half a BLAKE2 digest',
      { blake2_256_digest: 'ab' },
      'upload.digest-invalid',
      'Invalid value for blake2_256_digest. Error: Use a valid, hex-encoded, BLAKE2 message digest.',
    ],
    [
      'a wrong digest',
      { sha256_digest: '0'.repeat(64) },
      'upload.digest-mismatch',
      'The digest supplied does not match a digest calculated from the uploaded file.',
    ],
  ])('for %s', (_what, changes, code, message) => {
    expect(upload(changes)).toThrow(refused(code, message));
  });

  it.each(['md5_digest', 'sha256_digest', 'blake2_256_digest'])(
    'for a wrong %s beside right ones',
    (field) => {
      const all = {
        md5_digest: digests.md5,
        sha256_digest: digests.sha256,
        blake2_256_digest: digests.blake2b256,
      };
      expect(upload(all)().name).toBe('Foo.Bar');
      const wrong = all[field as keyof typeof all].replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
      expect(upload({ ...all, [field]: wrong })).toThrow(refused('upload.digest-mismatch'));
    },
  );

  it.each([
    ['md5_digest', 'md5'],
    ['blake2_256_digest', 'blake2b256'],
  ] as const)('not for having %s alone, in capitals', (field, name) => {
    expect(upload({ sha256_digest: undefined, [field]: digests[name].toUpperCase() })().name).toBe('Foo.Bar');
  });

  it.each([
    ['no file', { filename: '' }, 'upload.no-file', 'Upload payload does not have a file.'],
    ['no media type', { contentType: '' }, 'upload.bad-content-type', 'Invalid distribution file.'],
    ['a picture', { contentType: 'Image/png' }, 'upload.bad-content-type', 'Invalid distribution file.'],
    [
      'a directory',
      { filename: `x/${wheelName}` },
      'filename.invalid',
      "Cannot upload a file with '/' or '\\' in the name.",
    ],
    [
      'another project',
      { filename: 'six-1.0-py3-none-any.whl' },
      'filename.wrong-name',
      "Start filename for 'Foo.Bar' with 'foo_bar'.",
    ],
    [
      'another version',
      { filename: 'foo_bar-1.1-py3-none-any.whl' },
      'filename.wrong-version',
      "Version in filename should be '1.0' not '1.1'.",
    ],
    [
      'a platform',
      { filename: 'foo_bar-1.0-py3-none-linux_x86_64.whl' },
      'filename.unsupported-platform',
      "Binary wheel 'foo_bar-1.0-py3-none-linux_x86_64.whl' has an unsupported platform tag 'linux_x86_64'.",
    ],
  ])('for %s', (_what, file, code, message) => {
    expect(upload({}, file)).toThrow(refused(code, message));
  });
});

describe('of several faults the first is reported', () => {
  const inOrder: [string, Values, { filename?: string; contentType?: string }][] = [
    ['upload.bad-action', { ':action': 'x' }, {}],
    ['upload.bad-protocol-version', { protocol_version: '9' }, {}],
    ['upload.name-invalid', { name: '-' }, {}],
    ['upload.filetype-invalid', { filetype: 'x' }, {}],
    ['upload.field-invalid', { summary: ['a', 'b'] }, {}],
    ['upload.metadata-version-invalid', { metadata_version: '9' }, {}],
    ['upload.version-invalid', { version: 'x' }, {}],
    ['upload.metadata-invalid', { description_content_type: 'x' }, {}],
    ['upload.requires-python-invalid', { requires_python: 'x' }, {}],
    ['upload.metadata-invalid', { home_page: 'x' }, {}],
    ['upload.no-file', {}, { filename: '' }],
    ['filename.invalid', {}, { filename: 'a/b' }],
    ['upload.bad-content-type', {}, { contentType: '' }],
    ['upload.digest-mismatch', { md5_digest: 'x' }, {}],
    ['filename.wrong-name', {}, { filename: 'six-1.0-py3-none-any.whl' }],
  ];

  it.each(inOrder.map(([code], i) => [i, code] as const))('%i: %s', (i, code) => {
    const later = inOrder.slice(i).reverse();
    const changes = Object.assign({}, ...later.map(([, values]) => values)) as Values;
    const file = Object.assign({}, ...later.map(([, , parts]) => parts)) as { filename?: string };
    expect(upload(changes, file)).toThrow(refused(code));
  });
});

describe('an action', () => {
  it.each(['submit', 'submit_pkg_info', 'doc_upload'])('%s is gone', (action) => {
    const message = 'Project pre-registration is no longer required or supported, upload your files instead.';
    expect(() => checkUploadAction(action)).toThrow(refused('upload.gone', message, 410));
    expect(upload({ ':action': action })).toThrow(refused('upload.gone', message, 410));
  });

  it('of another name is refused', () => {
    expect(() => checkUploadAction('')).toThrow(refused('upload.bad-action'));
    expect(() => checkUploadAction('file_upload')).not.toThrow();
  });
});

describe('whatever is sent', () => {
  const known = [
    ...Object.keys(wheel),
    'summary',
    'requires_python',
    'project_urls',
    'dynamic',
    'description_content_type',
  ];
  const anything = fc.array(fc.tuple(fc.constantFrom(...known), fc.string({ unit: 'grapheme' })), {
    maxLength: 6,
  });

  it('is read or refused with a text', () => {
    fc.assert(
      fc.property(anything, fc.string(), (more, filename) => {
        try {
          parseUploadForm({ fields: [...more, ...fieldsOf(wheel)], filename, contentType: 'x/y', digests });
        } catch (error) {
          expect(error).toBeInstanceOf(UploadError);
          expect((error as UploadError).message).not.toBe('');
        }
      }),
    );
  });

  it('has its NULs written out', () => {
    expect(upload({ comment: 'a\0b' })().comment).toBe('a\\x00b');
  });
});
