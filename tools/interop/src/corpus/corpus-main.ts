import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { clientEnvironment } from '../environment.ts';
import { places } from '../places.ts';
import { ensurePython } from '../python.ts';
import { startInstance } from '../supervisor.ts';
import { CorpusRun } from './corpus-run.ts';
import { corpusDocument } from './corpus-report.ts';
import type { CorpusRow } from './corpus-report.ts';
import { projectOf, readList } from './listed-distribution.ts';
import type { ListedDistribution } from './listed-distribution.ts';
import { ensureBackends, ensureDownloaded } from './pip-downloads.ts';
import { readStatedFacts } from './stated-facts.ts';

/**
 * `npm run corpus [-- --only PROJECT]… [--check]`: exit code 0 only if every listed file was taken and came out as it
 * went in, or is refused with the code of the list. Writes docs/corpus.md; with `--check`, it must be what a run would write.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    check: { type: 'boolean', default: false },
  },
});
const documentPath = join(places.root, 'docs', 'corpus.md');
/** twine and pip mostly wait. */
const atOnce = 3;

const python = await ensurePython(console.log);
const work = mkdtempSync(join(tmpdir(), 'rind-corpus-'));
chmodSync(work, 0o711);
let folders = 0;
const newFolder = (name: string): string => {
  const path = join(work, `${(folders += 1)}-${name}`);
  mkdirSync(path);
  return path;
};
const bench = { python, newFolder, environment: clientEnvironment(newFolder('home')) };
const list = readList().filter(
  (listed) => values.only.length === 0 || values.only.includes(projectOf(listed)),
);
if (list.length === 0) throw new Error('nothing of that name is listed');

const backendsFolder = await ensureBackends(python);
const paths = new Map<string, string>();
for (const listed of list) paths.set(listed.filename, await ensureDownloaded(python, listed, backendsFolder));
const facts = await readStatedFacts(bench, [...paths.values()]);

const starting = startInstance(newFolder('data'), { args: ['--bins', '64'] });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void starting.then((running) => running.stop()).finally(() => process.exit(1)));
}
const supervisor = await starting;
const rows: CorpusRow[] = [];
try {
  const run = new CorpusRun({ bench, instance: supervisor.instance, backendsFolder });
  const waiting = [...Map.groupBy(list, projectOf).values()];
  const work = async (): Promise<void> => {
    for (let files = waiting.shift(); files !== undefined; files = waiting.shift()) {
      for (const listed of files) await through(run, listed);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
} finally {
  await supervisor.stop();
}

async function through(run: CorpusRun, listed: ListedDistribution): Promise<void> {
  const path = paths.get(listed.filename);
  const stated = facts[listed.filename];
  if (path === undefined || stated === undefined) throw new Error(`${listed.filename} was not read`);
  const result = await run.try(listed, path, stated);
  rows.push({ listed, stated, result });
  if ('held' in result) console.log(`  ✓ ${listed.filename}`);
  else if ('refused' in result) console.log(`  – ${listed.filename}: ${result.refused}`);
  else console.log(`  ✗ ${listed.filename}: ${result.failed}`);
}

const count = (how: string): number => rows.filter(({ result }) => how in result).length;
const order = new Map(list.map(({ filename }, at) => [filename, at]));
rows.sort((a, b) => (order.get(a.listed.filename) ?? 0) - (order.get(b.listed.filename) ?? 0));
const text = corpusDocument(rows);
let stale = false;
if (values.check) stale = readFileSync(documentPath, 'utf8') !== text;
else if (values.only.length === 0 && count('failed') === 0) writeFileSync(documentPath, text);
if (stale) console.log(`${documentPath} is not what this run would write`);
const broken = count('failed') > 0 || stale;
if (broken) console.log(`kept: ${work}`);
else rmSync(work, { recursive: true, force: true });
console.log(`${count('held')} held, ${count('refused')} refused with a code, ${count('failed')} failed`);
process.exitCode = broken ? 1 : 0;
