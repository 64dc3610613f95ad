import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashHex } from '@rind/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningInstance } from './instance.ts';
import { jsonLines, rind } from './rind-command.ts';
import type { CommandOutcome } from './rind-command.ts';
import { readSignedOutput, readSignedPage } from './signed-output.ts';
import { publish, receiptOf, sdist, upload } from './uploads.ts';

let instance: RunningInstance;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rind-cli-'));
  instance = await RunningInstance.start();
  await publish(instance.file, 'cli-demo', '1.0');
  await publish(instance.file, 'cli-demo', '1.1');
});
afterAll(async () => {
  await instance?.destroy();
  rmSync(folder, { recursive: true, force: true });
});

function here(...args: string[]): Promise<CommandOutcome> {
  return rind([...args, '--data', instance.dataDir], { cwd: folder });
}

/** Exit code, and the codes and objects that were printed. */
async function json(
  ...args: string[]
): Promise<{ exitCode: number | null; lines: Record<string, unknown>[] }> {
  const outcome = await here(...args, '--json');
  return { exitCode: outcome.exitCode, lines: jsonLines(outcome) };
}

interface Told {
  readonly exitCode: number | null;
  readonly code: string | undefined;
  readonly reason: unknown;
}

async function told(...args: string[]): Promise<Told> {
  const { exitCode, lines } = await json(...args);
  const error = lines.at(-1)?.['error'] as { code: string; reason: unknown } | undefined;
  return { exitCode, code: error?.code, reason: error?.reason ?? null };
}

/** Writes the file as it was uploaded, or other bytes under its name. */
function saved(project: string, version: string, bytes?: Uint8Array): string {
  const file = sdist(project, version);
  const path = join(mkdtempSync(join(folder, 'file-')), file.filename);
  writeFileSync(path, bytes ?? file.bytes);
  return path;
}

const store = (): string => instance.file.store.path;
const listed = (): ReadonlyMap<string, string> => readSignedOutput(store()).targets;
const pathOf = (project: string, version: string): string =>
  `packages/${project}/${sdist(project, version).filename}`;

describe('rind', () => {
  it('shows its help, with an example, for every command', async () => {
    const commands = ['get', 'verify', 'upload', 'inspect', 'status', 'token create', 'audit'];
    const verbs = ['yank', 'unyank', 'delete', 'restore', 'revoke', 'status'].map(
      (verb) => `operator ${verb}`,
    );
    for (const command of [...commands, ...verbs]) {
      const { exitCode, stdout } = await rind([...command.split(' '), '--help']);
      expect({ command, exitCode, example: stdout.includes(`npx rind ${command} `) }).toEqual({
        command,
        exitCode: 0,
        example: true,
      });
    }
  });

  it.each([
    ['an unknown command', ['frobnicate']],
    ['a missing argument', ['get']],
    ['an unknown option', ['status', '--frobnicate']],
    ['a status that is none', ['operator', 'status', 'cli-demo', '--to', 'gone']],
    ['a status without one', ['operator', 'status', 'cli-demo']],
    ['half a repository', ['get', 'cli-demo', '--metadata-url', 'http://127.0.0.1:9/']],
    ['a requirement that is none', ['get', 'cli-demo==']],
    ['an expiry that is none', ['token', 'create', '--expires', 'soon']],
    ['a date that is none', ['audit', '--since', 'yesterday']],
    ['a reason of two lines', ['operator', 'yank', 'cli-demo', '--reason', 'a\nb']],
  ])('answers %s with 2 and one error', async (_mistake, args) => {
    const outcome = await rind([...args, '--json'], { env: { RIND_DATA: instance.dataDir } });
    expect([outcome.exitCode, outcome.stderr]).toEqual([2, '']);
    expect(jsonLines(outcome)).toEqual([{ error: expect.objectContaining({ code: 'usage.invalid' }) }]);
    const plain = await rind(args, { env: { RIND_DATA: instance.dataDir } });
    expect([plain.exitCode, plain.stdout]).toEqual([2, '']);
    expect(plain.stderr).toContain('[usage.invalid]');
  });

  it('finds the instance by --data, by RIND_DATA, and nowhere else', async () => {
    const env = { RIND_DATA: instance.dataDir };
    expect((await rind(['status'], { cwd: folder, env })).exitCode).toBe(0);
    const lost = await rind(['status', '--data', folder, '--json'], { env });
    expect([lost.exitCode, jsonLines(lost)[0]]).toMatchObject([2, { error: { code: 'instance.not-found' } }]);
  });
});

describe('rind status and audit', () => {
  it('print the status document as the API has it', async () => {
    const { exitCode, lines } = await json('status');
    expect(exitCode).toBe(0);
    expect(lines).toEqual([
      expect.objectContaining({ healthy: true, problems: [], validForMs: expect.any(Number) }),
    ]);
    const remote = await rind(['status', '--url', `${instance.file.url}/`]);
    expect([remote.exitCode, remote.stdout.split('\n')[0]]).toEqual([0, '✓ healthy']);
  });

  it('print the log of auth and signer, from a date on and of one event', async () => {
    const { lines } = await json('audit', '--event', 'grant.issued');
    expect(lines.map(({ target }) => target)).toEqual([pathOf('cli-demo', '1.0'), pathOf('cli-demo', '1.1')]);
    for (const line of lines) {
      expect(Object.keys(line).sort()).toEqual(['actor', 'at', 'detail', 'event', 'project', 'target']);
    }
    const later = await json('audit', '--since', String(lines[1]?.['at']), '--event', 'grant.issued');
    expect(later.lines.map(({ target }) => target)).toEqual([pathOf('cli-demo', '1.1')]);
  });
});

describe('rind token create', () => {
  it('prints a token alone that uploads', async () => {
    const { exitCode, stdout } = await here('token', 'create', '--user', 'somebody', '--expires', '90d');
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^pypi-[A-Za-z0-9_-]+\n$/)]);
    const answer = await upload({ ...instance.file, token: stdout.trim() }, 'cli-somebody', '1.0');
    expect(answer.status).toBe(200);
  });

  it('limits it to the projects that were named', async () => {
    const made = await json('token', 'create', '--project', 'cli-demo', '--project', 'cli-other');
    expect([made.exitCode, made.lines]).toEqual([0, [{ token: expect.any(String), id: expect.any(String) }]]);
    const token = String(made.lines[0]?.['token']);
    expect((await upload({ ...instance.file, token }, 'cli-third', '1.0')).status).toBe(403);
    expect((await upload({ ...instance.file, token }, 'cli-other', '1.0')).status).toBe(200);
  });
});

describe('rind get', () => {
  it('downloads the newest release, or the one that was asked for', async () => {
    const newest = await json('get', 'cli-demo', '--out', join(folder, 'newest'));
    expect([newest.exitCode, newest.lines.map(({ filename }) => filename)]).toEqual([
      0,
      ['cli_demo-1.1.tar.gz'],
    ]);
    const { exitCode, lines } = await json('get', 'CLI.Demo==1', '--out', 'older');
    const { filename, bytes } = sdist('cli-demo', '1.0');
    const path = join(folder, 'older', filename);
    expect([exitCode, lines]).toEqual([
      0,
      [
        {
          file: path,
          project: 'cli-demo',
          filename,
          length: bytes.length,
          sha256: hashHex('sha256', bytes),
          verified: true,
        },
      ],
    ]);
    expect(new Uint8Array(readFileSync(path))).toEqual(bytes);
    expect(readdirSync(join(folder, 'older'))).toEqual([filename]);
  });

  it('reaches another repository by its addresses and a root', async () => {
    const { url, metadata, targets, root } = instance.file;
    for (const where of [
      ['--url', url],
      ['--metadata-url', metadata, '--target-base-url', targets],
    ]) {
      const trust = ['--root', root, '--dir', mkdtempSync(join(folder, 'trust-'))];
      const args = [
        'get',
        'cli-demo',
        '--file',
        'cli_demo-1.0.tar.gz',
        '--out',
        join(folder, 'away'),
        ...where,
        ...trust,
      ];
      expect((await rind(args)).exitCode).toBe(0);
    }
  });

  it.each<[string, string[], number, string]>([
    ['a project that is not here', ['cli-nobody'], 4, 'target.not-found'],
    ['a version that is not here', ['cli-demo==9'], 4, 'file.not-found'],
    ['a file that is not here', ['cli-demo', '--file', 'cli_demo-9.tar.gz'], 4, 'file.not-found'],
    ['what is no name', ['cli demo!'], 2, 'name.invalid'],
    ['what is no version', ['cli-demo==one'], 2, 'version.invalid'],
    ['a folder that is a file', ['cli-demo', '--out', '/dev/null'], 1, 'file.unwritable'],
  ])('answers %s by its code', async (_what, args, exitCode, code) => {
    expect(await told('get', ...args)).toMatchObject({ exitCode, code });
  });
});

describe('rind verify', () => {
  it('says of each file what it is, and answers with the gravest', async () => {
    const good = saved('cli-demo', '1.0');
    const forged = saved('cli-demo', '1.1', sdist('cli-demo', '1.1').bytes.with(-1, 1));
    const unknown = saved('cli-demo', '9.9');
    const missing = join(folder, 'cli_demo-1.0.tar.gz');
    expect((await json('verify', good)).lines).toEqual([
      expect.objectContaining({ file: good, targetPath: pathOf('cli-demo', '1.0'), verified: true }),
    ]);
    expect(await told('verify', forged)).toMatchObject({ exitCode: 3, code: 'target.hash-mismatch' });
    expect(await told('verify', unknown)).toMatchObject({ exitCode: 4, code: 'file.not-found' });
    expect(await told('verify', missing)).toMatchObject({ exitCode: 2, code: 'usage.invalid' });
    expect(await told('verify', '/etc/passwd')).toMatchObject({ exitCode: 2, code: 'filename.invalid' });
    const all = await json('verify', unknown, missing, forged, good);
    expect([all.exitCode, all.lines.length, all.lines.at(-1)]).toMatchObject([3, 4, { verified: true }]);
    expect((await json('verify', missing, unknown, good)).exitCode).toBe(4);
  });

  it('answers 5 while a file waits for the signer, and 0 as soon as it is signed', async () => {
    const [signer] = instance.file.processes.signer;
    process.kill(signer!, 'SIGSTOP');
    try {
      const answer = await upload(instance.file, 'cli-waiting', '1.0');
      expect(answer.status).toBe(200);
      const path = saved('cli-waiting', '1.0');
      expect(await told('verify', path)).toMatchObject({ exitCode: 5, code: 'target.not-yet' });
      process.kill(signer!, 'SIGCONT');
      await receiptOf(instance.file, answer.receipt!);
      expect((await here('verify', path)).exitCode).toBe(0);
    } finally {
      process.kill(signer!, 'SIGCONT');
    }
  });
});

describe('rind inspect', () => {
  it.each([
    ['1.root.json', 'root'],
    ['timestamp.json', 'timestamp'],
    ['1.snapshot.json', 'snapshot'],
    ['1.targets.json', 'targets'],
    ['1.bins.json', 'targets'],
    ['32768.bin-00.json', 'targets'],
  ])('shows %s, from the folder and from its address', async (file, type) => {
    const local = await json('inspect', join(store(), 'metadata', file));
    expect([local.exitCode, local.lines]).toEqual([
      0,
      [
        expect.objectContaining({
          type,
          expired: false,
          version: expect.any(Number),
          signatures: expect.any(Array),
        }),
      ],
    ]);
    const remote = await here('inspect', `${instance.file.metadata}${file}`);
    expect([remote.exitCode, remote.stdout.startsWith(`${type} version `)]).toEqual([0, true]);
  });

  it.each<[string, (there: string) => string, number, string]>([
    ['a file that is none', () => '/etc/passwd', 3, 'metadata.not-json'],
    ['a file that is not there', () => '/nowhere.json', 2, 'usage.invalid'],
    ['an address where nothing is', (there) => `${there}99.root.json`, 4, 'file.not-found'],
  ])('answers %s by its code', async (_what, target, exitCode, code) => {
    expect(await told('inspect', target(instance.file.metadata))).toMatchObject({ exitCode, code });
  });
});

describe('rind operator', () => {
  const filename = sdist('cli-op', '1.0').filename;
  const path = pathOf('cli-op', '1.0');
  const offered = (): Record<string, unknown>[] => readSignedPage(store(), 'cli-op').files;

  beforeAll(async () => {
    await publish(instance.file, 'cli-op', '1.0');
    await publish(instance.file, 'cli-op', '2.0');
  });

  it('yanks a release on its page with the reason, and unyanks it', async () => {
    const { exitCode, lines } = await json('operator', 'yank', 'cli-op==1.0', '--reason', 'broken');
    expect([exitCode, lines]).toEqual([
      0,
      [expect.objectContaining({ state: 'verifiable', targetPath: path, code: null })],
    ]);
    expect(offered().map(({ yanked }) => yanked)).toEqual(['broken', false]);
    expect((await here('operator', 'unyank', filename)).exitCode).toBe(0);
    expect(offered().map(({ yanked }) => yanked)).toEqual([false, false]);
  });

  it('deletes a file from its bin and its page, and keeps its name', async () => {
    expect((await here('operator', 'delete', filename)).exitCode).toBe(0);
    expect([listed().has(path), offered().map((file) => file['filename'])]).toEqual([
      false,
      [sdist('cli-op', '2.0').filename],
    ]);
    expect(await told('get', 'cli-op==1.0')).toMatchObject({ exitCode: 4, code: 'file.not-found' });
    const again = await upload(instance.file, 'cli-op', '1.0', sdist('cli-op', '1.0', 'other'));
    expect([again.status, again.code]).toEqual([400, 'filename.reused']);
    const refusal = await told('operator', 'delete', filename);
    expect(refusal).toEqual({ exitCode: 3, code: 'grant.refused', reason: 'path.deleted' });
  });

  it('restores it', async () => {
    expect((await here('operator', 'restore', filename)).exitCode).toBe(0);
    expect([listed().has(path), offered().length]).toEqual([true, 2]);
    expect((await here('verify', saved('cli-op', '1.0'))).exitCode).toBe(0);
    expect(await told('operator', 'restore', 'cli-op')).toMatchObject({
      exitCode: 4,
      code: 'file.not-found',
    });
  });

  it('revokes a whole project, and restores a release of it', async () => {
    const revoked = await json('operator', 'revoke', 'cli-op');
    expect([revoked.exitCode, revoked.lines.length, offered()]).toEqual([0, 2, []]);
    expect(await told('operator', 'yank', filename)).toMatchObject({ exitCode: 3, reason: 'path.revoked' });
    expect((await json('operator', 'restore', 'cli-op==1.0')).lines.length).toBe(1);
    expect(offered().map((file) => file['filename'])).toEqual([filename]);
    expect((await here('operator', 'restore', 'cli-op')).exitCode).toBe(0);
    expect(offered().length).toBe(2);
  });

  it('quarantines a project: neither its page nor a bin offers its files, until it is active', async () => {
    const there = () => [listed().has(path), listed().has(pathOf('cli-op', '2.0')), offered().length];
    expect(
      (await here('operator', 'status', 'cli-op', '--to', 'quarantined', '--reason', 'odd')).exitCode,
    ).toBe(0);
    expect(there()).toEqual([false, false, 0]);
    expect(await told('get', 'cli-op')).toMatchObject({ exitCode: 4, code: 'file.not-found' });
    const refused = await upload(instance.file, 'cli-op', '3.0');
    expect([refused.status, refused.code]).toEqual([403, 'project.quarantined']);
    expect((await here('operator', 'status', 'cli-op', '--to', 'active')).exitCode).toBe(0);
    expect(there()).toEqual([true, true, 2]);
  });

  it('hears the signer’s reason for a refusal, and reports the other files', async () => {
    expect(await told('operator', 'yank', 'cli_op-9.9.tar.gz')).toEqual({
      exitCode: 3,
      code: 'grant.refused',
      reason: 'path.unknown',
    });
    // An hour behind: what was applied since is newer.
    const env = { RIND_CLOCK_OFFSET_MS: '-3600000' };
    const late = await rind(['operator', 'yank', 'cli-op', '--data', instance.dataDir, '--json'], { env });
    const error = { code: 'grant.refused', reason: 'grant.replayed' };
    expect([late.exitCode, jsonLines(late)]).toMatchObject([3, [{ error }, { error }]]);
  });

  it('does not go on with a key that is not the operator’s, or not to be opened', async () => {
    const { keyFile } = instance.file.operator;
    const grantKey = keyFile.replace(/operator\/operator(?:\.pem)?$/, 'auth/grant.pem');
    // With auth's key one may do what people confirm there, and nothing that is the operator's alone.
    expect(await told('operator', 'revoke', filename, '--key-file', grantKey)).toMatchObject({
      exitCode: 3,
      code: 'grant.refused',
      reason: 'grant.verb-not-allowed',
    });
    const wrong = join(folder, 'passphrase');
    writeFileSync(wrong, 'not it');
    expect(await told('operator', 'yank', filename, '--passphrase-file', wrong)).toMatchObject({
      exitCode: 2,
      code: 'key.denied',
    });
  });
});

describe('rind, when the index is down', () => {
  it.each([
    ['verify', () => ['verify', saved('cli-demo', '1.0')], 'fetch.failed'],
    ['get', () => ['get', 'cli-demo'], 'fetch.failed'],
    ['status', () => ['status'], 'network.failed'],
    ['token create', () => ['token', 'create'], 'network.failed'],
    ['audit', () => ['audit'], 'database.unavailable'],
  ])('answers %s with 6', async (_name, args, code) => {
    await instance.stop();
    expect(await told(...args())).toMatchObject({ exitCode: 6, code });
  });
});
