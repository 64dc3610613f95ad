import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../setup/workspace.mjs';

/**
 * Fails when docs/reference/errors.md lacks a code that the source can answer with, or has one that it cannot.
 * Codes are the keys of each `interface …Errors`, and the quoted codes of the places below.
 */
const page = 'docs/reference/errors.md';
const code = /'([a-z][a-z0-9-]*\.[a-z][a-z0-9.-]*)'/g;

/** Codes that are not errors of a library: reasons in receipts, problems of the status, answers of the framework. */
const otherPlaces = [
  ['libs/nest-kit/src/problem.ts'],
  ['libs/nest-kit/src/readiness.ts'],
  ['apps/supervisor/src/front/front.ts'],
  ['libs/repository/src/grant-rules.ts', 'RefusalReason'],
  ['apps/warehouse/src/status/assess-health.ts', 'ProblemCode'],
  ['apps/signer/src/intake/intake.ts', null, /reason: '([a-z.-]+)'/g],
  ['apps/signer/src/publishing/oversized.ts', null, /reason: '([a-z.-]+)'/g],
  ['apps/warehouse/src/receipts/receipt.ts', null, /\?\? '([a-z.-]+)'/g],
];

/** Code → file in which it was found first. */
const found = new Map();
const note = (text, file) => void (found.has(text) || found.set(text, relative(root, file)));

for (const group of ['apps', 'libs']) {
  for (const project of readdirSync(join(root, group))) walk(join(root, group, project, 'src'));
}
for (const [place, union, pattern = code] of otherPlaces) {
  const file = join(root, place);
  const text = readFileSync(file, 'utf8');
  const part = union ? (new RegExp(`type ${union} =([^;]*);`).exec(text)?.[1] ?? '') : text;
  const codes = [...part.matchAll(pattern)].map((match) => match[1]);
  if (codes.length === 0) fail([`${place} has no codes any more: mend the list in this script`]);
  for (const each of codes) note(each, file);
}

const documented = new Set(
  [...readFileSync(join(root, page), 'utf8').matchAll(/^\|\s*`([a-z0-9.-]+)`\s*\|/gm)].map(
    (match) => match[1],
  ),
);
fail([
  ...[...found]
    .filter(([each]) => !documented.has(each))
    .map(([each, file]) => `${each} (${file}) is not in ${page}`),
  ...[...documented]
    .filter((each) => !found.has(each))
    .map((each) => `${each} is in ${page} and nowhere in the source`),
]);
process.stdout.write(`${found.size} error codes are documented\n`);

function walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'generated') walk(path);
    else if (/(?<!\.test|\.fixture)\.ts$/.test(entry.name)) readInterfaces(path);
  }
}

/** The keys of `interface …Errors { … }`, which ends at the first line that is a brace alone. */
function readInterfaces(path) {
  for (const [, body] of readFileSync(path, 'utf8').matchAll(/^interface \w*Errors \{\n(.*?)^\}/gms)) {
    for (const [, key] of body.matchAll(/^ {2}'([a-z0-9.-]+)':/gm)) note(key, path);
  }
}

function fail(problems) {
  if (problems.length === 0) return;
  process.stderr.write(`error codes:\n  ${problems.join('\n  ')}\n`);
  process.exit(1);
}
