import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../setup/workspace.mjs';

/** Fails on a citation `TUF 1.0.34 §x.y.z` that the pinned list of sections does not have. */
const sections = new Set(
  readFileSync(join(root, 'tools', 'checks', 'tuf-1.0.34-sections.txt'), 'utf8')
    .split('\n')
    .filter(Boolean),
);
const citation = /TUF (1\.0\.\d+) §(\d+(?:\.\d+)*)/g;
let checked = 0;
const wrong = [];

for (const folder of ['libs', 'apps', 'tools', 'docs']) walk(join(root, folder));

function walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!['node_modules', 'dist', 'generated', 'vectors'].includes(entry.name)) walk(path);
    } else if (/\.(?:ts|mjs|md)$/.test(entry.name)) {
      check(path);
    }
  }
}

function check(path) {
  for (const [text, version, section] of readFileSync(path, 'utf8').matchAll(citation)) {
    checked += 1;
    if (version !== '1.0.34' || !sections.has(section)) wrong.push(`${relative(root, path)}: ${text}`);
  }
}

if (wrong.length > 0) {
  process.stderr.write(`citations of sections that TUF 1.0.34 does not have:\n  ${wrong.join('\n  ')}\n`);
  process.exit(1);
}
process.stdout.write(`${checked} citations of TUF 1.0.34 hold\n`);
