import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { installedVersions, pinnedVersions } from './client-versions.ts';
import { differences, rowsOf, writeRows } from './compatibility.ts';
import { clientEnvironment } from './environment.ts';
import { ensureFixtures } from './fixtures.ts';
import type { Fixtures } from './fixtures.ts';
import { runInLanes } from './lanes.ts';
import type { Job } from './lanes.ts';
import { readOptions, usage } from './options.ts';
import type { Options } from './options.ts';
import { places } from './places.ts';
import { ensureVenv } from './python.ts';
import type { Python, VenvName } from './python.ts';
import { Report } from './report.ts';
import { measure, reasonOf } from './suite.ts';
import type { Bench, VersionOf } from './suite.ts';
import { suites, suitesApart, suitesSlow } from './suites.ts';
import { startInstance } from './supervisor.ts';
import type { RunningSupervisor } from './supervisor.ts';

/** `npm run interop`: exit code 0 only if every cell held, and the table of compatibility says the same. */
const options = optionsOrExit();
const say = (line: string): void => console.log(line);

const isChosen = ({ name }: { name: string }): boolean =>
  options.only.length === 0 || options.only.includes(name);
const chosen = suites.filter(isChosen);
const chosenApart = [...suitesApart, ...(options.slow || options.only.length > 0 ? suitesSlow : [])].filter(
  isChosen,
);
const names = [...suites, ...suitesApart, ...suitesSlow].map(({ name }) => name);
const unknown = options.only.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no suite ${unknown.join(', ')}; there are ${names.join(', ')}`);
  process.exit(2);
}

const venvs = new Map<VenvName, Promise<Python>>();
const venv = (name: VenvName): Promise<Python> => {
  const known = venvs.get(name) ?? ensureVenv(name, say, options.newest);
  venvs.set(name, known);
  return known;
};
const versions = options.newest ? await installedVersions(venv) : pinnedVersions();
const versionOf: VersionOf = (client) => versions[client];

const report = new Report(say);
const work = mkdtempSync(join(tmpdir(), 'rind-interop-'));
// The database runs as another user when we are root, and must reach its folder below.
chmodSync(work, 0o711);
const supervisors = new Set<RunningSupervisor>();
const stopAll = (): Promise<unknown> => Promise.all([...supervisors].map((each) => each.stop()));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void stopAll().then(() => process.exit(1)));
}
try {
  const python = await venv('main');
  say(`clients on Python ${python.version}, everything else in ${work}`);
  await runInLanes(jobsOf(python), options.lanes, report, say, ({ suites: lost }, own, error) => {
    for (const suite of lost) suite.fail(own, versionOf, reasonOf(error));
  });
} catch (error) {
  for (const suite of [...chosen, ...chosenApart]) suite.fail(report, versionOf, reasonOf(error));
}

if (report.held && !options.keep) rmSync(work, { recursive: true, force: true });
else say(`\nkept: ${work}`);
if (options.json !== null) {
  writeFileSync(resolve(options.json), `${JSON.stringify(report, null, 2)}\n`);
}
const tableHolds = options.newest || compareTable();
say('');
for (const line of report.lines()) say(line);
process.exitCode = report.held && tableHolds ? 0 : 1;

function optionsOrExit(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

/** With `--write` writes into docs/compatibility.md the suites that held; says where it differs from this run. */
function compareTable(): boolean {
  const path = join(places.documents, 'compatibility.md');
  const ran = new Set([...chosen, ...chosenApart].map(({ name }) => name));
  const results = report.toJSON().filter(({ suite }) => ran.has(suite));
  const rows = rowsOf(results);
  if (options.write) {
    const failed = new Set(results.filter(({ result }) => result === 'failed').map(({ suite }) => suite));
    const unrun = suitesSlow.flatMap(({ name: suite, cells }) =>
      cells.map(({ client, operation }) => {
        return { suite, client, version: versionOf(client), operation, result: 'not run: slow' };
      }),
    );
    const held = new Set([...ran].filter((suite) => !failed.has(suite)));
    const heldRows = rows.filter(({ suite }) => held.has(suite));
    const document = readFileSync(path, 'utf8');
    writeFileSync(path, writeRows(document, heldRows, held, names, unrun));
  }
  const differing = differences(readFileSync(path, 'utf8'), rows, ran, names);
  if (differing.length > 0) {
    say('\ndocs/compatibility.md differs from this run (--write writes what held):');
    for (const line of differing) say(`  ${line}`);
  }
  return differing.length === 0;
}

/** The longest first. */
function jobsOf(python: Python): Job[] {
  const bench = benchOf(python);
  const together: Job = {
    name: 'on one instance',
    suites: chosen,
    run: async (own, tell) => runAgainstOne(bench, await ensureFixtures(python, say), own, tell),
  };
  const apart = chosenApart.map((suite): Job => {
    return { name: suite.name, suites: [suite], run: (own) => suite.run(bench, own, versionOf) };
  });
  return chosen.length === 0 ? apart : [together, ...apart];
}

async function runAgainstOne(
  bench: Bench,
  fixtures: Fixtures,
  own: Report,
  tell: (line: string) => void,
): Promise<void> {
  const supervisor = await bench.startInstance({});
  const context = { ...bench, fixtures, instance: supervisor.instance };
  try {
    for (const suite of chosen) {
      tell(`\n${suite.name}`);
      await suite.run(context, own, versionOf);
    }
  } finally {
    const stopped = await measure(async () => {
      const code = await supervisor.stop();
      if (code !== 0) throw new Error(`exit code ${code}`);
    });
    tell('\ninstance');
    const operation = 'SIGTERM stops everything, exit code 0';
    own.add({ suite: 'instance', client: 'rind', version: versionOf('rind'), operation, ...stopped });
  }
}

function benchOf(python: Python): Bench {
  let folders = 0;
  const newFolder = (name: string): string => {
    folders += 1;
    const path = join(work, `${folders}-${name}`);
    mkdirSync(path);
    return path;
  };
  return {
    python,
    venv,
    newFolder,
    environment: clientEnvironment(newFolder('home')),
    async startInstance(options) {
      const supervisor = await startInstance(newFolder('data'), options);
      supervisors.add(supervisor);
      return supervisor;
    },
  };
}
