import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashHex } from '@rind/crypto';
import { attenuate, parseToken } from '@rind/macaroon';
import { sdistBytes, wheelBytes } from '@rind/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningInstance } from './instance.ts';
import { jsonLines, rind } from './rind-command.ts';
import { receiptOf, sdist, upload } from './uploads.ts';

let instance: RunningInstance;
let folder: string;
let wire: Server;
/** Tokens that passed the wire, oldest first. */
const seen: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rind-upload-'));
  instance = await RunningInstance.start();
  wire = createServer((from, to) => {
    const [, basic = ''] = (from.headers.authorization ?? '').split('Basic ');
    if (basic !== '') seen.push(Buffer.from(basic, 'base64').toString().replace('__token__:', ''));
    const url = new URL(from.url ?? '/', instance.file.url);
    const onward = request(url, { method: from.method, headers: from.headers }, (answer) => {
      to.writeHead(answer.statusCode ?? 500, answer.statusMessage, answer.headers);
      answer.pipe(to);
    });
    onward.on('error', () => to.destroy());
    from.pipe(onward);
  });
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  wire?.closeAllConnections();
  wire?.close();
  await instance?.destroy();
  rmSync(folder, { recursive: true, force: true });
});

const throughWire = () => [
  '--repository-url',
  `http://127.0.0.1:${(wire.address() as AddressInfo).port}/legacy/`,
];

interface Outcome {
  readonly exitCode: number | null;
  readonly lines: Record<string, unknown>[];
  /** Everything that was printed. */
  readonly text: string;
}

/** `rind upload … --json`, with the instance's token unless `env` says another. */
async function uploadBy(
  args: string[],
  env: Record<string, string> = { RIND_TOKEN: instance.file.token },
): Promise<Outcome> {
  const clean = { RIND_TOKEN: '', TWINE_PASSWORD: '', ...env };
  const outcome = await rind(['upload', ...args, '--data', instance.dataDir, '--json'], { env: clean });
  const text = outcome.stdout + outcome.stderr;
  for (const token of [instance.file.token, ...seen]) expect(text).not.toContain(token);
  return { exitCode: outcome.exitCode, lines: jsonLines(outcome), text };
}

function saved(filename: string, bytes: Uint8Array): string {
  const path = join(mkdtempSync(join(folder, 'file-')), filename);
  writeFileSync(path, bytes);
  return path;
}
const savedSdist = (project: string, version: string) => {
  const { filename, bytes } = sdist(project, version);
  return saved(filename, bytes);
};

const refused = (reason: string) => ({
  error: expect.objectContaining({ code: 'upload.refused', reason }) as object,
});

describe('rind upload', () => {
  it('publishes files and waits until they can be verified', async () => {
    const metadata = ['Summary: Größe', 'Requires-Python: >=3.8', '', 'About\n\nmore'];
    const parts = { name: 'Up.Load', version: '1.0', metadata };
    const source = saved('up_load-1.0.tar.gz', sdistBytes(parts));
    const wheel = saved('up_load-1.0-py3-none-any.whl', wheelBytes(parts));
    const { exitCode, lines } = await uploadBy([source, wheel]);
    expect([exitCode, lines]).toEqual([
      0,
      [source, wheel].map((file) =>
        expect.objectContaining({
          file,
          project: 'up-load',
          version: '1.0',
          state: 'verifiable',
          warnings: [],
        }),
      ),
    ]);
    const verified = await rind(['verify', source, wheel, '--data', instance.dataDir]);
    expect(verified.exitCode).toBe(0);
    const about = (await (await fetch(new URL('/pypi/up-load/json', instance.file.url))).json()) as {
      info: Record<string, unknown>;
    };
    expect(about.info).toMatchObject({ summary: 'Größe', requires_python: '>=3.8' });
    expect(String(about.info['description']).trim()).toBe('About\n\nmore');
  });

  it('takes the token from a file or from the variables of twine', async () => {
    const file = join(folder, 'token');
    writeFileSync(file, `${instance.file.token}\n`);
    const fromFile = await uploadBy([savedSdist('up-file', '1.0'), '--token-file', file, '--no-wait'], {});
    expect([fromFile.exitCode, fromFile.lines]).toEqual([
      0,
      [expect.objectContaining({ state: 'accepted' })],
    ]);
    const { receipt } = fromFile.lines[0] as { receipt: string };
    expect(await receiptOf(instance.file, new URL(receipt).pathname)).toMatchObject({ state: 'verifiable' });
    const fromTwine = await uploadBy([savedSdist('up-file', '1.1')], { TWINE_PASSWORD: instance.file.token });
    expect(fromTwine.exitCode).toBe(0);
  });

  it('gives the same receipt to whoever sends a file again', async () => {
    const path = savedSdist('up-again', '1.0');
    const [first, second] = [await uploadBy([path]), await uploadBy([path])];
    expect([second.exitCode, second.lines]).toEqual([0, first.lines]);
  });

  it('reports every file, and answers with the gravest', async () => {
    const good = savedSdist('up-many', '1.0');
    const broken = saved('up_many-1.1.tar.gz', new Uint8Array(100));
    const empty = saved(
      'up_many-1.2.tar.gz',
      sdistBytes({ name: 'up-many', version: '1.2', without: ['PKG-INFO'] }),
    );
    const { exitCode, lines } = await uploadBy([broken, good, empty, join(folder, 'none-1.0.tar.gz')]);
    expect(exitCode).toBe(3);
    expect(lines).toEqual([
      { error: expect.objectContaining({ code: 'archive.not-tar' }) },
      { error: expect.objectContaining({ code: 'distribution.file-missing' }) },
      { error: expect.objectContaining({ code: 'usage.invalid' }) },
      expect.objectContaining({ file: good, state: 'verifiable' }),
    ]);
  });

  it('says why the index refuses a file', async () => {
    expect((await uploadBy([savedSdist('up-twice', '1.0')])).exitCode).toBe(0);
    const { filename, bytes } = sdist('up-twice', '1.0', 'other');
    const again = await uploadBy([saved(filename, bytes)]);
    expect([again.exitCode, again.lines]).toEqual([3, [refused('file.exists')]]);
  });

  it.each<[string, string[], Record<string, string>]>([
    ['no token', [], {}],
    ['a password', [], { TWINE_PASSWORD: 'hunter2' }],
    ['a token file that is not there', ['--token-file', '/nowhere'], {}],
    ['an address that is none', ['--repository-url', 'legacy'], { RIND_TOKEN: 'x' }],
    ['a password in the address', ['--repository-url', 'http://u:p@127.0.0.1/'], { RIND_TOKEN: 'x' }],
  ])('answers %s with 2', async (_what, args, env) => {
    const { exitCode, lines, text } = await uploadBy([savedSdist('up-usage', '1.0'), ...args], env);
    expect([exitCode, lines]).toEqual([2, [{ error: expect.objectContaining({ code: 'usage.invalid' }) }]]);
    for (const secret of Object.values(env)) if (secret.length > 1) expect(text).not.toContain(secret);
  });

  it('answers an index that is not there, or is none, with 6', async () => {
    for (const url of ['http://127.0.0.1:9/legacy/', `${instance.file.url}/nobody/`]) {
      const { exitCode, lines } = await uploadBy([savedSdist('up-lost', '1.0'), '--repository-url', url]);
      expect([exitCode, lines]).toEqual([
        6,
        [{ error: expect.objectContaining({ code: 'network.failed' }) }],
      ]);
    }
  });
});

describe('a token taken from the wire', () => {
  it('is good for the file that it came with, and for nothing else', async () => {
    const path = savedSdist('up-stolen', '1.0');
    const before = seen.length;
    const { exitCode, lines } = await uploadBy([path, ...throughWire()]);
    expect([exitCode, seen.length]).toEqual([0, before + 1]);
    const stolen = seen.at(-1)!;
    const bytes = sdist('up-stolen', '1.0').bytes;
    const caveats = parseToken(stolen).caveats.map((caveat) => JSON.parse(caveat) as unknown[]);
    expect(caveats.slice(-3)).toEqual([
      [1, ['up-stolen']],
      [101, [hashHex('sha256', bytes)]],
      [0, expect.any(Number), expect.any(Number)],
    ]);
    const thief = { ...instance.file, token: stolen };
    const attempts = [
      await upload(thief, 'up-stolen', '1.1'),
      await upload(thief, 'up-stolen', '1.0', sdist('up-stolen', '1.0', 'evil')),
      await upload(thief, 'up-else', '1.0'),
    ];
    expect(attempts.map(({ status, code }) => [status, code])).toEqual([
      [403, 'token.wrong-file'],
      [403, 'token.wrong-file'],
      [403, 'token.wrong-project'],
    ]);
    const again = await upload(thief, 'up-stolen', '1.0');
    const receipt = new URL((lines[0] as { receipt: string }).receipt).pathname;
    expect([again.status, again.receipt]).toEqual([200, receipt]);
  });

  it('is good for nothing after five minutes', async () => {
    const path = savedSdist('up-late', '1.0');
    const env = { RIND_TOKEN: instance.file.token, RIND_CLOCK_OFFSET_MS: '-300000' };
    const late = await uploadBy([path, ...throughWire()], env);
    expect([late.exitCode, late.lines]).toEqual([3, [refused('token.expired')]]);
    const stolen = await upload({ ...instance.file, token: seen.at(-1)! }, 'up-late', '1.0');
    expect([stolen.status, stolen.code]).toEqual([403, 'token.expired']);
  });
});

describe('a token for a single use', () => {
  it('publishes one file, and answers whoever sends that file again as the first time', async () => {
    const once = { ...instance.file, token: attenuate(instance.file.token, [102, 'system-1']) };
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => upload(once, 'up-once', `1.${i}`)),
    );
    const taken = answers.findIndex(({ status }) => status === 200);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([null, 'token.used']));
    const receipt = answers[taken]!.receipt!;
    expect(await receiptOf(instance.file, receipt)).toMatchObject({ state: 'verifiable' });
    const again = await upload(once, 'up-once', `1.${taken}`);
    expect([again.status, again.text, again.receipt]).toEqual([200, '', receipt]);
    const changed = await upload(once, 'up-once', `1.${taken}`, sdist('up-once', `1.${taken}`, 'other'));
    expect([changed.status, changed.code]).toEqual([403, 'token.used']);
  });

  it('survives a refusal of its file, for the same file alone', async () => {
    const once = { ...instance.file, token: attenuate(instance.file.token, [102, 'system-2']) };
    const broken = { filename: 'up_retry-1.0.tar.gz', bytes: new Uint8Array(100) };
    const first = await upload(once, 'up-retry', '1.0', broken);
    expect([first.status, first.code]).toEqual([400, 'archive.not-tar']);
    const second = await upload(once, 'up-retry', '1.0', broken);
    expect([second.status, second.code]).toEqual([400, 'archive.not-tar']);
    const other = await upload(once, 'up-retry', '1.0');
    expect([other.status, other.code]).toEqual([403, 'token.used']);
  });
});

describe('a token for one version', () => {
  it('publishes that version alone', async () => {
    const narrow = { ...instance.file, token: attenuate(instance.file.token, [100, ['2.0.0']]) };
    const other = await upload(narrow, 'up-version', '2.1');
    expect([other.status, other.code]).toEqual([403, 'token.wrong-version']);
    expect((await upload(narrow, 'up-version', '2.0')).status).toBe(200);
  });
});
