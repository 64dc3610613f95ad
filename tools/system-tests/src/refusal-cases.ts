import { hashHex } from '@rind/crypto';
import { basic, uploadForm } from './legacy-request.ts';
import type { RawRequest } from './legacy-request.ts';
import { sdist } from './uploads.ts';

export const auth = (password: string, user = '__token__'): Record<string, string> => ({
  authorization: basic(user, password),
});

/** A token that was damaged after it was made: in the part that names it, or in its signature. */
export function damagedToken(token: string, where: 'identifier' | 'signature'): string {
  const bytes = Buffer.from(token.slice('pypi-'.length), 'base64url');
  const at =
    where === 'signature'
      ? bytes.length - 1
      : /[0-9a-f]{8}-[0-9a-f]{4}-/.exec(bytes.toString('latin1'))!.index;
  bytes[at] = where === 'signature' ? bytes[at]! ^ 1 : bytes[at] === 0x30 ? 0x31 : 0x30;
  return `pypi-${bytes.toString('base64url')}`;
}

const other = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Something that the upload address refuses. */
export interface Refusal {
  readonly what: string;
  readonly status: number;
  readonly code: string;
  readonly request: () => RawRequest;
}

/** Tokens of the instance, when it runs. */
export interface RefusedTokens {
  readonly ours: string;
  /** Of the same account, for `project-a` alone. */
  readonly restricted: string;
  /** Of an account that owns nothing; `taken` is not its own. */
  readonly somebody: string;
}

/** Each as it is sent, with the status and the code that it gets. */
export function refusalCases(tokens: () => RefusedTokens): readonly Refusal[] {
  const ours = (): Record<string, string> => auth(tokens().ours);
  return [
    {
      what: 'no credentials',
      status: 403,
      code: 'token.missing',
      request: () => ({ form: uploadForm('new-one', '1.0') }),
    },
    {
      what: 'an account with its password',
      status: 403,
      code: 'token.password-login',
      request: () => ({ headers: auth('secret', 'demo'), form: uploadForm('new-one', '1.0') }),
    },
    {
      what: 'a token under another user name',
      status: 403,
      code: 'token.password-login',
      request: () => ({ headers: auth(tokens().ours, 'token'), form: uploadForm('new-one', '1.0') }),
    },
    {
      what: 'what is no token',
      status: 403,
      code: 'token.malformed',
      request: () => ({ headers: auth('pypi-AgEIcHlwaS5vcmc'), form: uploadForm('new-one', '1.0') }),
    },
    {
      what: 'a token that was never made',
      status: 403,
      code: 'token.unknown',
      request: () => ({
        headers: auth(damagedToken(tokens().ours, 'identifier')),
        form: uploadForm('new-one', '1.0'),
      }),
    },
    {
      what: 'a token with a forged signature',
      status: 403,
      code: 'token.bad-signature',
      request: () => ({
        headers: auth(damagedToken(tokens().ours, 'signature')),
        form: uploadForm('new-one', '1.0'),
      }),
    },
    {
      what: 'the token of project A on project B',
      status: 403,
      code: 'token.wrong-project',
      request: () => ({ headers: auth(tokens().restricted), form: uploadForm('project-b', '1.0') }),
    },
    {
      what: "somebody else's project",
      status: 403,
      code: 'authorization.not-a-maintainer',
      request: () => ({ headers: auth(tokens().somebody), form: uploadForm('taken', '1.1') }),
    },
    ...(
      [
        [
          'a digest of another file',
          'upload.digest-mismatch',
          { sha256_digest: hashHex('sha256', other('x')) },
        ],
        ['a digest that is none', 'upload.digest-invalid', { sha256_digest: 'abc' }],
        ['no digest', 'upload.digest-missing', { sha256_digest: '' }],
        ['what is no version', 'upload.version-invalid', { version: 'one' }],
        ['no version', 'upload.version-invalid', { version: '' }],
        ['a local version', 'upload.local-version', { version: '1.0+local' }],
        ['what is no name', 'upload.name-invalid', { name: '-new-' }],
        ['no name', 'upload.name-invalid', { name: '' }],
        ['an unknown action', 'upload.bad-action', { ':action': 'frobnicate' }],
        ['an unknown protocol', 'upload.bad-protocol-version', { protocol_version: '2' }],
        ['an unknown metadata version', 'upload.metadata-version-invalid', { metadata_version: '9.9' }],
        ['an unknown file type', 'upload.filetype-invalid', { filetype: 'bdist_wininst' }],
        ['a Python of no sense', 'upload.pyversion-invalid', { pyversion: 'py3' }],
        ['a Requires-Python of no sense', 'upload.requires-python-invalid', { requires_python: 'new' }],
        ['a requirement of no sense', 'upload.metadata-invalid', { requires_dist: 'six=1' }],
        [
          'a direct reference',
          'upload.metadata-invalid',
          { requires_dist: 'six @ https://x.example/six.whl' },
        ],
        ['a classifier of no list', 'upload.metadata-invalid', { classifiers: 'Private :: Do Not Upload' }],
        [
          'a licence of no list',
          'upload.metadata-invalid',
          { license_expression: 'Mine', metadata_version: '2.4' },
        ],
        [
          'a licence file above',
          'upload.metadata-invalid',
          { license_file: '../X', metadata_version: '2.4' },
        ],
        ['a keyword to import', 'upload.metadata-invalid', { import_name: 'class', metadata_version: '2.5' }],
        ['a field that is younger', 'upload.metadata-invalid', { import_name: 'x', metadata_version: '2.4' }],
        ['an author nobody can write to', 'upload.metadata-invalid', { author_email: 'root@localhost' }],
        ['a home page that runs', 'upload.metadata-invalid', { home_page: 'javascript:alert(1)' }],
        ['a link without a label', 'upload.metadata-invalid', { project_urls: ', https://x.example' }],
        ['a description in HTML', 'upload.metadata-invalid', { description_content_type: 'text/html' }],
        [
          'a name that changes later',
          'upload.metadata-invalid',
          { dynamic: 'Name', metadata_version: '2.2' },
        ],
      ] as const
    ).map(([what, code, fields]) => ({
      what,
      status: 400,
      code,
      request: () => ({ headers: ours(), form: uploadForm('new-one', '1.0', { fields }) }),
    })),
    ...(
      [
        ['a name of the standard library', 'project.name-stdlib', 'json', '1.0'],
        ['a name that looks like another', 'project.name-too-similar', 'ta-ken', '1.0'],
        ['a second source distribution', 'release.second-sdist', 'taken', '1.0.0'],
      ] as const
    ).map(([what, code, project, version]) => ({
      what,
      status: 400,
      code,
      request: () => ({ headers: ours(), form: uploadForm(project, version) }),
    })),
    ...(
      [
        ['the file of another project', 'filename.wrong-name', 'other-1.0.tar.gz'],
        ['the file of another version', 'filename.wrong-version', 'new_one-2.0.tar.gz'],
        ['a file of no known kind', 'filename.invalid', 'new_one-1.0.exe'],
        ['a file name with a folder', 'filename.invalid', '../new_one-1.0.tar.gz'],
      ] as const
    ).map(([what, code, filename]) => ({
      what,
      status: 400,
      code,
      request: () => ({
        headers: ours(),
        form: uploadForm('new-one', '1.0', { file: { filename, bytes: sdist('new-one', '1.0').bytes } }),
      }),
    })),
    {
      what: 'no file',
      status: 400,
      code: 'upload.no-file',
      request: () => ({ headers: ours(), form: uploadForm('new-one', '1.0', { file: null }) }),
    },
    {
      what: 'no form',
      status: 400,
      code: 'upload.malformed-form',
      request: () => ({ headers: ours() }),
    },
    ...['submit', 'submit_pkg_info', 'doc_upload'].map((action) => ({
      what: `the action ${action} of old`,
      status: 410,
      code: 'upload.gone',
      request: () => ({
        headers: ours(),
        form: uploadForm('new-one', '1.0', { fields: { ':action': action } }),
      }),
    })),
    {
      what: 'other bytes under a name that is there',
      status: 400,
      code: 'file.exists',
      request: () => ({
        headers: ours(),
        form: uploadForm('taken', '1.0', { file: sdist('taken', '1.0', 'other') }),
      }),
    },
    {
      what: 'bytes that are there, under another name',
      status: 400,
      code: 'file.exists',
      request: () => ({
        headers: ours(),
        form: uploadForm('new-one', '1.0', {
          file: { filename: 'new_one-1.0.tar.gz', bytes: sdist('taken', '1.0').bytes },
        }),
      }),
    },
  ];
}
