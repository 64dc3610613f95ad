import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPool } from '@rind/database';
import { wheelBytes } from '@rind/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningInstance } from './instance.ts';
import { jsonLines, rind } from './rind-command.ts';
import { publish, receiptOf, upload } from './uploads.ts';

interface Report {
  readonly ok: boolean;
  readonly checked: Readonly<Record<string, number | null>>;
  readonly findings: readonly { code: string; severity: string; role: string | null; path: string | null }[];
}

let instance: RunningInstance;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rind-fsck-'));
  instance = await RunningInstance.start();
  await publish(instance.file, 'audited', '1.0');
  await publish(instance.file, 'audited', '1.1');
});
afterAll(async () => {
  await instance?.destroy();
  rmSync(folder, { recursive: true, force: true });
});

async function fsck(
  ...args: string[]
): Promise<{ exitCode: number | null; report: Report; error: string | undefined }> {
  const outcome = await rind(['fsck', ...args, '--data', instance.dataDir, '--json'], { cwd: folder });
  const [line] = jsonLines(outcome);
  const error = line?.['error'] as { code: string } | undefined;
  return { exitCode: outcome.exitCode, report: line as unknown as Report, error: error?.code };
}

/** A copy of the published files that may be damaged. */
function copied(): { place: string; root: string; files: (pattern: RegExp) => string[] } {
  const place = mkdtempSync(join(folder, 'copy-'));
  for (const part of ['metadata', 'targets']) {
    cpSync(join(instance.file.store.path, part), join(place, part), { recursive: true });
  }
  const names = (readdirSync(place, { recursive: true }) as string[]).sort();
  return {
    place,
    root: join(place, 'metadata', '1.root.json'),
    files: (pattern) => names.filter((name) => pattern.test(name)).map((name) => join(place, name)),
  };
}

function newest(files: readonly string[]): string {
  const version = (file: string): number => Number(/([0-9]+)\.[^/]+$/.exec(file)?.[1]);
  return [...files].sort((a, b) => version(a) - version(b)).at(-1)!;
}

/** Another digit, so that the file stays JSON. */
function corrupt(file: string): void {
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(/"sig":"./, (text) => `"sig":"${text.endsWith('0') ? '1' : '0'}`),
  );
}

const codes = ({ findings }: Report): string[] => [...new Set(findings.map(({ code }) => code))];

describe('rind fsck on a running instance', () => {
  it('finds nothing wrong with it, in its store and its database', async () => {
    const { exitCode, report } = await fsck('--targets', 'all', '--database');
    expect(report.findings).toEqual([]);
    expect({ ok: report.ok, exitCode }).toEqual({ ok: true, exitCode: 0 });
    expect(report.checked).toMatchObject({
      roots: 1,
      roles: 68,
      delegations: 65,
      bins: 64,
      targets: 3,
      targetsRead: 3,
    });
    expect(report.checked).toMatchObject({ pages: 1, databaseRows: 5 + 64 + 3, sampleSeed: null });
  });

  it('finds nothing wrong with it from outside, and cannot list there', async () => {
    const { exitCode, report } = await fsck(instance.file.url, '--root', instance.file.root, '--seed', '7');
    expect(report.findings).toEqual([]);
    expect(exitCode).toBe(0);
    expect(report.checked).toMatchObject({
      bins: 64,
      targets: 3,
      targetsRead: 3,
      storedVersions: 0,
      sampleSeed: 7,
    });
  });

  it('finds nothing wrong with it while it publishes', async () => {
    const busy = Array.from({ length: 4 }, (_, n) => publish(instance.file, `busy-${n}`, '1.0'));
    const reports = await Promise.all([1, 2].map(() => fsck('--targets', 'all', '--database')));
    await Promise.all(busy);
    for (const { exitCode, report } of reports) {
      expect(report.findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
      expect(exitCode).toBe(0);
    }
  });

  it('refuses a bin that somebody changed on the disk', async () => {
    const copy = copied();
    const bin = newest(copy.files(/\.bin-2a\.json$/));
    corrupt(bin);
    const { exitCode, report } = await fsck(copy.place, '--root', copy.root, '--targets', 'none');
    expect(exitCode).toBe(3);
    expect(codes(report)).toEqual(['fsck.threshold', 'fsck.bad-signature']);
    expect(report.findings.map(({ role }) => role)).toEqual(['bin-2a', 'bin-2a']);
  });

  it('refuses a file that is not what is signed, and one that is gone', async () => {
    const copy = copied();
    const [first, second] = copy.files(/^targets\/packages\/audited\/.+\.tar\.gz$/);
    writeFileSync(first!, 'changed');
    rmSync(second!);
    const { exitCode, report } = await fsck(copy.place, '--root', copy.root);
    expect(exitCode).toBe(3);
    expect(codes(report)).toEqual(['fsck.target-length', 'fsck.target-missing']);
  });

  it('refuses the metadata of a wheel that is not what the page says, and one that is gone', async () => {
    const bytes = wheelBytes({ name: 'wheeled', version: '1.0' });
    const wheel = { filename: 'wheeled-1.0-py3-none-any.whl', bytes };
    const kind = { filetype: 'bdist_wheel', pyversion: 'py3' };
    const { receipt } = await upload(instance.file, 'wheeled', '1.0', wheel, kind);
    expect((await receiptOf(instance.file, receipt!)).state).toBe('verifiable');
    const copy = copied();
    const [metadata] = copy.files(/\.whl\.metadata$/);
    const all = () => fsck(copy.place, '--root', copy.root, '--targets', 'all');
    const honest = await all();
    expect([honest.exitCode, honest.report.checked['coreMetadata']]).toEqual([0, 1]);
    writeFileSync(metadata!, 'changed');
    const changed = await all();
    expect([changed.exitCode, codes(changed.report)]).toEqual([3, ['fsck.core-metadata-hash']]);
    rmSync(metadata!);
    const gone = await all();
    expect([gone.exitCode, codes(gone.report)]).toEqual([3, ['fsck.core-metadata-missing']]);
  });

  it('tells what the database says otherwise', async () => {
    const copy = copied();
    await publish(instance.file, 'audited', '1.2');
    const { exitCode, report } = await fsck(copy.place, '--root', copy.root, '--database');
    expect(exitCode).toBe(3);
    expect(codes(report)).toEqual(['fsck.database-role', 'fsck.database-targets']);
    expect(report.findings.map(({ role }) => role)).toEqual(
      expect.arrayContaining(['snapshot', 'timestamp']),
    );
  });

  it('explains numbers in the store by publications that were abandoned', async () => {
    const copy = copied();
    const ahead = newest(copy.files(/\.snapshot\.json$/));
    const version = Number(/([0-9]+)\.snapshot/.exec(ahead)![1]) + 10;
    const stray = join(copy.place, 'metadata', `${version}.snapshot.json`);
    cpSync(ahead, stray);
    const args = [copy.place, '--root', copy.root, '--targets', 'none'];
    expect(codes((await fsck(...args)).report)).toEqual(['fsck.unpublished-version']);
    const unexplained = await fsck(...args, '--database');
    expect([unexplained.exitCode, codes(unexplained.report)]).toEqual([3, ['fsck.unexplained-version']]);
    const pool = openPool(instance.file.db.signer, { max: 1, name: 'test' });
    try {
      await pool.query(
        `INSERT INTO signer.publication (fence, kind, state, snapshot_version, timestamp_version, closed_at)
         VALUES (1, 'changes', 'abandoned', $1, $1, now())`,
        [version],
      );
    } finally {
      await pool.close();
    }
    const explained = await fsck(...args, '--database');
    expect([explained.exitCode, codes(explained.report)]).toEqual([0, ['fsck.unpublished-version']]);
  });

  it.each<[string, readonly string[], number, string]>([
    ['a location without a root', ['/nowhere'], 2, 'usage.invalid'],
    ['a kind of address that is unknown', ['ftp://index.test', '--root', 'ROOT'], 2, 'usage.invalid'],
    ['a folder that is not there', ['/nowhere', '--root', 'ROOT'], 4, 'file.not-found'],
    ['a folder without a repository', ['/', '--root', 'ROOT'], 4, 'file.not-found'],
    ['a server that does not answer', ['http://127.0.0.1:1/', '--root', 'ROOT'], 6, 'fetch.failed'],
  ])('has an exit code for %s', async (_what, args, exitCode, code) => {
    const outcome = await fsck(...args.map((arg) => (arg === 'ROOT' ? instance.file.root : arg)));
    expect([outcome.exitCode, outcome.error]).toEqual([exitCode, code]);
  });
});
