import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/workspace.mjs';
import { DocumentedCodes } from './documented-codes.mjs';

/**
 * Fails when docs/reference/audit-events.md lacks an event that the source writes into an audit log, or has one that
 * it does not. Events are the codes behind `event:` or `const event =`, those in an `INSERT INTO ….audit`, and those
 * of the places below.
 */
const events = new DocumentedCodes('audit events', 'docs/reference/audit-events.md');
const code = /'([a-z][a-z0-9-]*\.[a-z][a-z0-9-]*)'/g;
const named = /\b(?:event:|const event =)([^,;}]*?)[,;}]/g;
const inserted = /INSERT INTO (?:signer|auth)\.audit\b([^`]*)`/g;

/** Where events are chosen by a map, a union or a reason. */
const otherPlaces = [
  ['libs/repository/src/batch.ts', /const eventOf\b.*?= \{(.*?)\n\};/s, /: '([a-z.-]+)'/g],
  ['libs/repository/src/grant-rules.ts', /kind: 'hold'([^}]*)\}/, code],
  ['apps/auth/src/audit/audit-log.ts', /type AuditEvent =([^;]*);/, code],
];

events.readSources((path, text) => {
  for (const pattern of [named, inserted]) {
    for (const [, part] of text.matchAll(pattern)) {
      for (const [, event] of part.matchAll(code)) events.note(event, path);
    }
  }
});
for (const [place, part, pattern] of otherPlaces) {
  const text = part.exec(readFileSync(join(root, place), 'utf8'))?.[1] ?? '';
  events.noteAll(
    place,
    [...text.matchAll(pattern)].map((match) => match[1]),
  );
}
events.compare();
