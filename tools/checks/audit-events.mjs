import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../setup/workspace.mjs';

/**
 * Fails when docs/reference/audit-events.md lacks an event that the source writes into an audit log, or has one that
 * it does not. Events are the codes behind `event:` or `const event =`, those in an `INSERT INTO ….audit`, and those
 * of the places below.
 */
const page = 'docs/reference/audit-events.md';
const code = /'([a-z][a-z0-9-]*\.[a-z][a-z0-9-]*)'/g;
const named = /\b(?:event:|const event =)([^,;}]*?)[,;}]/g;
const inserted = /INSERT INTO (?:signer|auth)\.audit\b([^`]*)`/g;

/** Where events are chosen by a map, a union or a reason. */
const otherPlaces = [
  ['libs/repository/src/batch.ts', /const eventOf\b.*?= \{(.*?)\n\};/s, /: '([a-z.-]+)'/g],
  ['libs/repository/src/grant-rules.ts', /kind: 'hold'([^}]*)\}/, code],
  ['apps/auth/src/audit/audit-log.ts', /type AuditEvent =([^;]*);/, code],
];

/** Event → file in which it was found first. */
const found = new Map();
const note = (text, file) => void (found.has(text) || found.set(text, relative(root, file)));

for (const group of ['apps', 'libs']) {
  for (const project of readdirSync(join(root, group))) walk(join(root, group, project, 'src'));
}
for (const [place, part, pattern] of otherPlaces) {
  const file = join(root, place);
  const text = part.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  const events = [...text.matchAll(pattern)].map((match) => match[1]);
  if (events.length === 0) fail([`${place} has no events any more: mend the list in this script`]);
  for (const each of events) note(each, file);
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
process.stdout.write(`${found.size} audit events are documented\n`);

function walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'generated') walk(path);
    else if (/(?<!\.test|\.fixture)\.ts$/.test(entry.name)) read(path);
  }
}

function read(path) {
  const text = readFileSync(path, 'utf8');
  for (const pattern of [named, inserted]) {
    for (const [, part] of text.matchAll(pattern)) {
      for (const [, event] of part.matchAll(code)) note(event, path);
    }
  }
}

function fail(problems) {
  if (problems.length === 0) return;
  process.stderr.write(`audit events:\n  ${problems.join('\n  ')}\n`);
  process.exit(1);
}
