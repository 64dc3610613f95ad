import assert from 'node:assert/strict';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '../command.ts';
import { machineEnvironment } from '../environment.ts';
import { runRind } from '../instance.ts';
import { assertExitCode } from '../outcomes.ts';
import { places } from '../places.ts';
import { defineSuite } from '../suite.ts';
import type { Bench, Cell } from '../suite.ts';

interface Report {
  readonly ok: boolean;
  readonly checked: Readonly<Record<string, number>>;
  readonly findings: readonly {
    readonly code: string;
    readonly severity: string;
    readonly role: string | null;
    readonly path: string | null;
  }[];
}

interface Layout {
  readonly name: string;
  readonly checked: Readonly<Record<string, number>>;
  /** What is said of it though nothing is wrong. */
  readonly remarks: readonly string[];
  readonly fault: {
    readonly what: string;
    readonly damage: (folder: string) => void;
    readonly finding: readonly [code: string, subject: string];
  };
}

const change = (folder: string, file: string, from: string, to: string): void => {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  assert.ok(text.includes(from), `${file} has no ${from}`);
  writeFileSync(path, text.replace(from, to));
};

const layouts: readonly Layout[] = [
  {
    name: 'basic',
    checked: { roots: 2, roles: 4, delegations: 1, bins: 0, targets: 2, targetsRead: 2 },
    remarks: ['fsck.not-canonical'],
    fault: {
      what: 'a target that was changed',
      damage: (folder) => writeFileSync(join(folder, 'targets', 'guide.txt'), 'A guide'),
      finding: ['fsck.target-hash', 'guide.txt'],
    },
  },
  {
    name: 'hash-bins',
    checked: { roots: 1, roles: 36, delegations: 33, bins: 32, targets: 40, targetsRead: 40 },
    remarks: ['fsck.bins-alike', 'fsck.not-canonical'],
    fault: {
      what: 'two bins that were swapped',
      damage(folder) {
        const [first, second] = ['1.00-07.json', '1.08-0f.json'].map((name) =>
          join(folder, 'metadata', name),
        );
        renameSync(first!, `${first!}.aside`);
        renameSync(second!, first!);
        renameSync(`${first!}.aside`, second!);
      },
      finding: ['fsck.bin-range', 'files/'],
    },
  },
  {
    name: 'rstuf',
    checked: {
      roots: 1,
      roles: 19,
      delegations: 16,
      bins: 16,
      targets: 40,
      targetsRead: 40,
      storedVersions: 34,
    },
    remarks: ['fsck.bins-alike', 'fsck.not-canonical'],
    fault: {
      what: 'a bin with an expiry that nobody signed',
      damage: (folder) => change(folder, 'metadata/2.bins-1.json', '"expires": "20', '"expires": "21'),
      finding: ['fsck.threshold', 'bins-1'],
    },
  },
  {
    name: 'tuf-on-ci',
    checked: { roots: 1, roles: 4, delegations: 1, bins: 0, signatures: 6, targets: 2, targetsRead: 2 },
    remarks: ['fsck.empty-signature', 'fsck.key-id', 'fsck.not-canonical'],
    fault: {
      what: 'a delegated role that is gone',
      damage: (folder) => rmSync(join(folder, 'metadata', '1.docs.json')),
      finding: ['fsck.missing', 'docs'],
    },
  },
];

/** `rind fsck` on repositories that others made: nothing wrong with them, until something is. */
export const fsck = defineSuite({
  name: 'fsck',
  async prepare(bench: Bench): Promise<string> {
    const folder = bench.newFolder('repositories');
    const options = { environment: machineEnvironment() };
    await mustRun(bench.python.program('python'), [places.makeRepositories, folder], options);
    return folder;
  },
  cells: layouts.flatMap(({ name, checked, remarks, fault }): readonly Cell<string>[] => [
    {
      client: 'rind',
      operation: `finds nothing wrong with a repository of the layout ${name}`,
      async run(folder) {
        const { code, report } = await audit(join(folder, name));
        const found = new Set(report.findings.map((finding) => finding.code));
        assert.deepEqual([...found].sort(), remarks);
        assert.ok(report.findings.every(({ severity }) => severity === 'info'));
        assert.deepEqual({ ...report.checked, ...checked }, report.checked);
        assert.deepEqual({ code, ok: report.ok }, { code: 0, ok: true });
      },
    },
    {
      client: 'rind',
      operation: `finds in the layout ${name} ${fault.what}`,
      async run(folder) {
        fault.damage(join(folder, name));
        const { code, report } = await audit(join(folder, name));
        const [expected, subject] = fault.finding;
        const errors = report.findings.filter(({ severity }) => severity === 'error');
        assert.deepEqual([...new Set(errors.map((finding) => finding.code))], [expected]);
        assert.ok(errors.every(({ role, path }) => `${role} ${path}`.includes(subject)));
        assert.deepEqual({ code, ok: report.ok }, { code: 3, ok: false });
      },
    },
  ]),
});

async function audit(place: string): Promise<{ code: number | null; report: Report }> {
  const root = join(place, 'root.json');
  const outcome = await runRind(['fsck', place, '--root', root, '--targets', 'all', '--json']);
  const report = JSON.parse(outcome.stdout) as Report;
  if (!Array.isArray(report.findings)) assertExitCode(outcome, 0);
  return { code: outcome.code, report };
}
