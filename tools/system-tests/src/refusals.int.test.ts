import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningInstance } from './instance.ts';
import { basic, multipartType, send, uploadForm } from './legacy-request.ts';
import type { RawAnswer, RawRequest } from './legacy-request.ts';
import { auth, damagedToken, refusalCases } from './refusal-cases.ts';
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

const damaged = (where: 'identifier' | 'signature'): string => damagedToken(instance.file.token, where);
const ours = (): Record<string, string> => auth(instance.file.token);

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
  it.each(refusalCases(() => ({ ours: instance.file.token, restricted, somebody })))(
    '$what: $status $code, and no trace',
    async ({ status, code, request }) => {
      await expectNoTrace(async () => {
        expectRefusal(await send(instance.file.upload, request()), status, code);
      });
    },
  );

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
