import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthForms } from './auth-forms.ts';
import { RunningInstance } from './instance.ts';
import { jsonLines, rind } from './rind-command.ts';
import { publish, receiptOf } from './uploads.ts';

interface SimpleFile {
  readonly filename: string;
  readonly yanked: boolean | string;
}

let instance: RunningInstance;
let forms: AuthForms;

beforeAll(async () => {
  instance = await RunningInstance.start();
  forms = new AuthForms(instance.file);
  await forms.signIn(instance.file);
});
afterAll(() => instance?.destroy());

/** What pip reads. */
async function offered(project: string): Promise<{ files: SimpleFile[]; status: string | undefined }> {
  const response = await fetch(new URL(`/simple/${project}/`, instance.file.url), {
    headers: { accept: 'application/vnd.pypi.simple.v1+json' },
  });
  const page = (await response.json()) as { files: SimpleFile[]; 'project-status'?: { status: string } };
  const files = page.files.map(({ filename, yanked }) => ({ filename, yanked: yanked ?? false }));
  return { files, status: page['project-status']?.status };
}

async function change(path: string, fields: Readonly<Record<string, string>> = {}): Promise<void> {
  const answer = await forms.fill(`/manage/project/${path}`, fields);
  expect([path, answer.status, answer.code]).toEqual([path, 303, null]);
}

const seen = (project: string, expected: object): Promise<void> =>
  expect.poll(() => offered(project), { timeout: 20_000, interval: 50 }).toMatchObject(expected);

async function healthy(): Promise<void> {
  const status = await rind(['status', '--json', '--data', instance.dataDir]);
  expect([status.exitCode, jsonLines(status)[0]]).toMatchObject([0, { healthy: true, problems: [] }]);
  const fsck = await rind(['fsck', '--database', '--json', '--data', instance.dataDir]);
  expect([fsck.exitCode, jsonLines(fsck)[0]]).toMatchObject([0, { ok: true, findings: [] }]);
}

describe('An author on auth’s pages', () => {
  it('yanks, unyanks, deletes and restores a release, and everybody sees it', async () => {
    const old = (await publish(instance.file, 'mine', '1.0')).targetPath.split('/').at(-1)!;
    const kept = (await publish(instance.file, 'mine', '2.0')).targetPath.split('/').at(-1)!;
    const both = (yanked: boolean | string) => [
      { filename: old, yanked },
      { filename: kept, yanked: false },
    ];
    await change('mine/release/1.0/yank/', { reason: 'broken on Tuesdays' });
    await seen('mine', { files: both('broken on Tuesdays') });

    const { text } = await forms.get('/manage/project/mine/release/1.0/');
    const receipt = /<a href="([^"]+)">receipt<\/a>/.exec(text)![1]!;
    expect(await receiptOf(instance.file, new URL(receipt).pathname)).toMatchObject({
      state: 'verifiable',
      targetPath: `packages/mine/${old}`,
    });

    await change('mine/release/1.0/unyank/');
    await seen('mine', { files: both(false) });
    await change('mine/release/1.0/delete/', { name: 'mine' });
    await seen('mine', { files: [{ filename: kept, yanked: false }] });
    await healthy();
    await change('mine/release/1.0/restore/');
    await seen('mine', { files: both(false) });
    await change('mine/status/archive/');
    await seen('mine', { status: 'archived' });
    await healthy();
  });

  it('who confirms while the warehouse is away loses nothing, though auth is killed', async () => {
    const filename = (await publish(instance.file, 'patient', '1.0')).targetPath.split('/').at(-1)!;
    const { auth, warehouse } = instance.file.processes;
    process.kill(warehouse!, 'SIGSTOP');
    try {
      await change('patient/release/1.0/yank/');
      process.kill(auth!, 'SIGKILL');
      await instance.until('auth is back', () => {
        const pid = instance.file.processes.auth;
        return pid !== null && pid !== auth;
      });
    } finally {
      process.kill(warehouse!, 'SIGCONT');
    }
    await expect
      .poll(() => offered('patient'), { timeout: 60_000, interval: 200 })
      .toMatchObject({ files: [{ filename, yanked: true }] });
    await instance.ready();
    await healthy();
  }, 120_000);

  it('cannot end what operators decided', async () => {
    await publish(instance.file, 'doubtful', '1.0');
    const operator = ['--data', instance.dataDir];
    const quarantine = await rind(['operator', 'status', 'doubtful', '--to', 'quarantined', ...operator]);
    expect([quarantine.exitCode, quarantine.stderr]).toEqual([0, '']);
    await seen('doubtful', { status: 'quarantined' });
    await change('doubtful/status/archive/');
    const receiptIn = async (): Promise<string | undefined> =>
      /<a href="([^"]+)">receipt<\/a>/.exec((await forms.get('/manage/project/doubtful/')).text)?.[1];
    await expect.poll(receiptIn).toBeDefined();
    const receipt = await receiptOf(instance.file, new URL((await receiptIn())!).pathname);
    expect(receipt).toMatchObject({ state: 'rejected', code: 'project.quarantined' });
    expect((await offered('doubtful')).status).toBe('quarantined');
  });
});
