import { connect } from 'node:net';
import { hashHex } from '@rind/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningInstance } from './instance.ts';
import { basic, multipartType, send, uploadForm } from './legacy-request.ts';
import type { RawAnswer, RawRequest } from './legacy-request.ts';
import { jsonLines, rind } from './rind-command.ts';
import { TraceReader } from './upload-traces.ts';
import type { Traces } from './upload-traces.ts';
import { publish, sdist, upload } from './uploads.ts';

let instance: RunningInstance;
let traces: TraceReader;
let restricted: string;
let somebody: string;

beforeAll(async () => {
  instance = await RunningInstance.start();
  traces = new TraceReader(instance.dataDir, instance.file);
  await publish(instance.file, 'taken', '1.0');
  await publish(instance.file, 'project-a', '1.0');
  restricted = await token('--user', 'demo', '--project', 'project-a');
  somebody = await token('--user', 'somebody');
});
afterAll(async () => {
  await traces?.close();
  await instance?.destroy();
});

async function token(...args: string[]): Promise<string> {
  const made = await rind(['token', 'create', ...args, '--json', '--data', instance.dataDir]);
  return String(jsonLines(made)[0]?.['token']);
}

const auth = (password: string, user = '__token__'): Record<string, string> => ({
  authorization: basic(user, password),
});

/** A token that was damaged after it was made: in the part that names it, or in its signature. */
function damaged(where: 'identifier' | 'signature'): string {
  const { token } = instance.file;
  const bytes = Buffer.from(token.slice('pypi-'.length), 'base64url');
  const at =
    where === 'signature'
      ? bytes.length - 1
      : /[0-9a-f]{8}-[0-9a-f]{4}-/.exec(bytes.toString('latin1'))!.index;
  bytes[at] = where === 'signature' ? bytes[at]! ^ 1 : bytes[at] === 0x30 ? 0x31 : 0x30;
  return `pypi-${bytes.toString('base64url')}`;
}

/** Clients find the text in the reason phrase or in the body, scripts find the code in the header. */
function expectRefusal(answer: RawAnswer, status: number, code: string): void {
  expect([answer.status, answer.headers['x-rind-error']]).toEqual([status, code]);
  expect(answer.reason.length).toBeGreaterThan(10);
  expect(answer.body).toBe(`${status} ${answer.reason}\n`);
}

async function expectNoTrace(refused: () => Promise<void>): Promise<void> {
  const before = await quiet();
  await refused();
  await expect.poll(() => traces.read(), { timeout: 5_000 }).toEqual(before);
}

/** The traces once nothing is under way: the signer may still be at work on what was accepted before. */
async function quiet(): Promise<Traces> {
  let now = await traces.read();
  await instance.until('nothing is under way', async () => {
    now = await traces.read();
    return now.liveGrants.length + now.spooled.length + now.drafts.length === 0;
  });
  return now;
}

interface Refusal {
  readonly what: string;
  readonly status: number;
  readonly code: string;
  readonly request: () => RawRequest;
}

const ours = (): Record<string, string> => auth(instance.file.token);
const other = (text: string): Uint8Array => new TextEncoder().encode(text);

const refusals: Refusal[] = [
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
    request: () => ({ headers: auth(instance.file.token, 'token'), form: uploadForm('new-one', '1.0') }),
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
    request: () => ({ headers: auth(damaged('identifier')), form: uploadForm('new-one', '1.0') }),
  },
  {
    what: 'a token with a forged signature',
    status: 403,
    code: 'token.bad-signature',
    request: () => ({ headers: auth(damaged('signature')), form: uploadForm('new-one', '1.0') }),
  },
  {
    what: 'the token of project A on project B',
    status: 403,
    code: 'token.wrong-project',
    request: () => ({ headers: auth(restricted), form: uploadForm('project-b', '1.0') }),
  },
  {
    what: "somebody else's project",
    status: 403,
    code: 'authorization.not-a-maintainer',
    request: () => ({ headers: auth(somebody), form: uploadForm('taken', '1.1') }),
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
      ['a direct reference', 'upload.metadata-invalid', { requires_dist: 'six @ https://x.example/six.whl' }],
      ['a classifier of no list', 'upload.metadata-invalid', { classifiers: 'Private :: Do Not Upload' }],
      [
        'a licence of no list',
        'upload.metadata-invalid',
        { license_expression: 'Mine', metadata_version: '2.4' },
      ],
      ['a licence file above', 'upload.metadata-invalid', { license_file: '../X', metadata_version: '2.4' }],
      ['a keyword to import', 'upload.metadata-invalid', { import_name: 'class', metadata_version: '2.5' }],
      ['a field that is younger', 'upload.metadata-invalid', { import_name: 'x', metadata_version: '2.4' }],
      ['an author nobody can write to', 'upload.metadata-invalid', { author_email: 'root@localhost' }],
      ['a home page that runs', 'upload.metadata-invalid', { home_page: 'javascript:alert(1)' }],
      ['a link without a label', 'upload.metadata-invalid', { project_urls: ', https://x.example' }],
      ['a description in HTML', 'upload.metadata-invalid', { description_content_type: 'text/html' }],
      ['a name that changes later', 'upload.metadata-invalid', { dynamic: 'Name', metadata_version: '2.2' }],
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

describe('the traces', () => {
  it('of an accepted upload are seen', async () => {
    const before = await quiet();
    expect((await upload(instance.file, 'traced', '1.0')).status).toBe(200);
    const after = await traces.read();
    expect(after.projects).toEqual([...before.projects, 'traced'].sort());
    expect([after.requests, after.files]).toEqual([before.requests + 1, before.files + 1]);
    expect(after.stored.filter((path) => path.endsWith('traced-1.0.tar.gz'))).toHaveLength(1);
    await publish(instance.file, 'traced', '1.0');
  });
});

describe('a refused upload', () => {
  it.each(refusals)('$what: $status $code, and no trace', async ({ status, code, request }) => {
    await expectNoTrace(async () => {
      expectRefusal(await send(instance.file.upload, request()), status, code);
    });
  });

  it('says in JSON what it says in text, to whom prefers it', async () => {
    const form = uploadForm('taken', '1.0', { file: sdist('taken', '1.0', 'other') });
    const request = { headers: { ...ours(), accept: 'application/json' }, form };
    const { status, reason, headers, body } = await send(instance.file.upload, request);
    expect([status, headers['x-rind-error'], headers['content-type']]).toEqual([
      400,
      'file.exists',
      expect.stringContaining('application/json'),
    ]);
    expect(JSON.parse(body)).toEqual({ message: reason, code: `400 ${reason}`, title: 'Bad Request' });
  });

  it('begins with the words that twine skips on, when the file is there', async () => {
    const file = sdist('taken', '1.0', 'other');
    const { reason } = await send(instance.file.upload, {
      headers: ours(),
      form: uploadForm('taken', '1.0', { file }),
    });
    expect(reason.startsWith(`File already exists ('${file.filename}', with blake2_256 hash '`)).toBe(true);
  });

  it('keeps no name: who comes next may take it', async () => {
    const receipt = await publish({ ...instance.file, token: somebody }, 'new-one', '1.0');
    expect(receipt.targetPath).toBe('packages/new-one/new_one-1.0.tar.gz');
  });
});

describe('a body that nobody wants', () => {
  it('is refused for its token before it is read', async () => {
    await expectNoTrace(async () => {
      const { hostname, port, host } = new URL(instance.file.upload);
      const socket = connect(Number(port), hostname);
      const startedAt = performance.now();
      socket.write(
        [
          'POST /legacy/ HTTP/1.1',
          `Host: ${host}`,
          `Authorization: ${basic('__token__', damaged('identifier'))}`,
          `Content-Type: ${multipartType}`,
          `Content-Length: ${50 * 1024 * 1024}`,
          '\r\n',
        ].join('\r\n'),
      );
      socket.write('--rind-system-test-boundary\r\nContent-Disposition: form-data; name="name"\r\n\r\n');
      const head = await new Promise<string>((resolve, reject) => {
        let text = '';
        socket.setEncoding('latin1').on('data', (chunk: string) => {
          text += chunk;
          if (text.includes('\r\n\r\n')) resolve(text);
        });
        socket.once('error', reject);
        socket.once('close', () => reject(new Error(`closed after: ${text}`)));
      });
      expect(head).toMatch(/^HTTP\/1\.1 403 Invalid or non-existent authentication information\./);
      expect(head.toLowerCase()).toContain('\r\nx-rind-error: token.unknown\r\n');
      expect(performance.now() - startedAt).toBeLessThan(4_000);
      socket.destroy();
    });
  });

  it('is answered even when the client sends all of it first', async () => {
    await expectNoTrace(async () => {
      const bytes = new Uint8Array(20 * 1024 * 1024);
      const form = uploadForm('new-two', '1.0', { file: { filename: 'new_two-1.0.tar.gz', bytes } });
      const request = { headers: auth(damaged('signature')), form };
      expectRefusal(await send(instance.file.upload, request), 403, 'token.bad-signature');
    });
  });

  it('that ends in the middle leaves nothing', async () => {
    await expectNoTrace(async () => {
      const { hostname, port, host } = new URL(instance.file.upload);
      const socket = connect(Number(port), hostname);
      socket.on('error', () => {});
      socket.write(
        [
          'POST /legacy/ HTTP/1.1',
          `Host: ${host}`,
          `Authorization: ${basic('__token__', instance.file.token)}`,
          `Content-Type: ${multipartType}`,
          'Content-Length: 1000000',
          '',
          '--rind-system-test-boundary',
          'Content-Disposition: form-data; name="content"; filename="half-1.0.tar.gz"',
          'Content-Type: application/octet-stream',
          '',
          'x'.repeat(300_000),
        ].join('\r\n'),
      );
      await instance.until('the file is spooled', async () => (await traces.read()).spooled.length > 0);
      socket.destroy();
      await instance.until('it is gone', async () => (await traces.read()).spooled.length === 0);
    });
  });
});

describe('other requests to the upload address', () => {
  const to = (path: string, request: RawRequest): Promise<RawAnswer> =>
    send(new URL(path, instance.file.url).href, request);

  it('POST without the slash is told where it is, with 308', async () => {
    const answer = await to('/legacy', { headers: ours(), form: uploadForm('new-two', '1.0') });
    expect([answer.status, answer.headers['x-rind-error']]).toEqual([308, 'upload.missing-slash']);
  });

  it('the action of the query counts too', async () => {
    const answer = await to('/legacy/?:action=submit', {
      headers: ours(),
      form: uploadForm('new-two', '1.0'),
    });
    expectRefusal(answer, 410, 'upload.gone');
  });

  it('GET shows a page to a person', async () => {
    const answer = await to('/legacy/', { method: 'GET' });
    expect([answer.status, answer.headers['content-type']]).toEqual([
      200,
      expect.stringContaining('text/html'),
    ]);
  });

  it.each(['PUT', 'DELETE', 'PATCH'])('%s is refused with a code', async (method) => {
    const { status, headers } = await to('/legacy/', { method });
    expect([status, headers['x-rind-error']]).toEqual([
      expect.any(Number),
      expect.stringContaining('request.'),
    ]);
    expect([404, 405]).toContain(status);
  });

  it.each(['/internal/uploads', '/healthz', '/readyz', '/metrics', '/internal/tokens/introspect'])(
    '%s is not there for the public',
    async (path) => {
      const { status, headers } = await to(path, { method: 'GET' });
      expect([status, headers['x-rind-error']]).toEqual([404, 'route.unknown']);
    },
  );
});

describe('an upload that is repeated', () => {
  it('is accepted with the receipt of the first, and leaves no grant', async () => {
    const first = await upload(instance.file, 'twice', '1.0');
    expect([first.status, first.text]).toEqual([200, '']);
    await publish(instance.file, 'twice', '1.0');
    await expectNoTrace(async () => {
      const again = await upload(instance.file, 'twice', '1.0');
      expect(again).toEqual(first);
    });
  });

  it('does not become somebody else’s', async () => {
    await expectNoTrace(async () => {
      const answer = await upload({ ...instance.file, token: somebody }, 'twice', '1.0');
      expect([answer.status, answer.code]).toEqual([403, 'authorization.not-a-maintainer']);
    });
  });
});
