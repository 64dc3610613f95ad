import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { clientEnvironment } from './environment.ts';
import { ensureFixtures } from './fixtures.ts';
import type { Fixtures } from './fixtures.ts';
import { goTufVersion } from './go-tuf.ts';
import { places } from './places.ts';
import { ensurePython, pinnedVersion } from './python.ts';
import type { Python } from './python.ts';
import { Report } from './report.ts';
import { measure, reasonOf } from './suite.ts';
import type { Bench, ClientName, Suite, VersionOf } from './suite.ts';
import { suites, suitesApart } from './suites.ts';
import { startInstance } from './supervisor.ts';
import type { RunningSupervisor } from './supervisor.ts';
import { tufJsVersion } from './watching-clients.ts';

/** `npm run interop [-- --only SUITE]… [--keep] [--json FILE]`: exit code 0 only if every cell held. */
const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    /** Leaves the folder of the run in place, as a failure does. */
    keep: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const say = (line: string): void => console.log(line);

const isChosen = ({ name }: { name: string }): boolean =>
  values.only.length === 0 || values.only.includes(name);
const chosen = suites.filter(isChosen);
const chosenApart = suitesApart.filter(isChosen);
const names = [...suites, ...suitesApart].map(({ name }) => name);
const unknown = values.only.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no suite ${unknown.join(', ')}; there are ${names.join(', ')}`);
  process.exit(2);
}

const rindVersion = (
  JSON.parse(readFileSync(join(places.root, 'package.json'), 'utf8')) as { version: string }
).version;
const versions: Readonly<Record<ClientName, string>> = {
  pip: pinnedVersion('pip'),
  uv: pinnedVersion('uv'),
  twine: pinnedVersion('twine'),
  'python-tuf': pinnedVersion('tuf'),
  'go-tuf': goTufVersion(),
  'tuf-js': tufJsVersion(),
  rind: rindVersion,
  http: process.versions.node,
};
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
await orFail([...chosen, ...chosenApart], async () => {
  const python = await ensurePython(say);
  const bench = benchOf(python);
  say(`clients on Python ${python.version}, everything else in ${work}`);
  if (chosen.length > 0) {
    await orFail(chosen, async () => runAgainstOne(bench, await ensureFixtures(python, say)));
  }
  for (const suite of chosenApart) {
    say(`\n${suite.name}`);
    await orFail([suite], () => suite.run(bench, report, versionOf));
  }
});

if (report.held && !values.keep) rmSync(work, { recursive: true, force: true });
else say(`\nkept: ${work}`);
if (values.json !== undefined) writeFileSync(resolve(values.json), `${JSON.stringify(report, null, 2)}\n`);
say('');
for (const line of report.lines()) say(line);
process.exitCode = report.held ? 0 : 1;

/** What breaks down takes all cells of its suites with it. */
async function orFail(concerned: readonly Pick<Suite, 'fail'>[], act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    for (const suite of concerned) suite.fail(report, versionOf, reasonOf(error));
  }
}

async function runAgainstOne(bench: Bench, fixtures: Fixtures): Promise<void> {
  const supervisor = await bench.startInstance({});
  const context = { ...bench, fixtures, instance: supervisor.instance };
  try {
    for (const suite of chosen) {
      say(`\n${suite.name}`);
      await suite.run(context, report, versionOf);
    }
  } finally {
    const stopped = await measure(async () => {
      const code = await supervisor.stop();
      if (code !== 0) throw new Error(`exit code ${code}`);
    });
    say('\ninstance');
    const operation = 'SIGTERM stops everything, exit code 0';
    report.add({ suite: 'instance', client: 'rind', version: rindVersion, operation, ...stopped });
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
    newFolder,
    environment: clientEnvironment(newFolder('home')),
    async startInstance(options) {
      const supervisor = await startInstance(newFolder('data'), options);
      supervisors.add(supervisor);
      return supervisor;
    },
  };
}
