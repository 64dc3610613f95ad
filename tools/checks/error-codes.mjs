import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/workspace.mjs';
import { DocumentedCodes } from './documented-codes.mjs';

/**
 * Fails when docs/reference/errors.md lacks a code that the source can answer with, or has one that it cannot.
 * Codes are the keys of each `interface …Errors`, and the quoted codes of the places below.
 */
const errors = new DocumentedCodes('error codes', 'docs/reference/errors.md');
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
  ['apps/auth/src/web/account.controller.ts', null, /'(account\.[a-z.-]+)'/g],
  ['apps/auth/src/web/confirm-device.controller.ts', null, /'(account\.[a-z.-]+)'/g],
  ['apps/auth/src/web/factors.controller.ts', null, /'(account\.[a-z.-]+-refused)'/g],
  ['apps/auth/src/web/passkey-proof.controller.ts', null, /'(account\.[a-z.-]+)'/g],
  ['apps/auth/src/web/passkeys.controller.ts', null, /'(account\.[a-z.-]+)'/g],
  ['apps/auth/src/web/password.controller.ts', null, /'(account\.[a-z.-]+)'/g],
  ['apps/auth/src/releases/release-changes.controller.ts', null, /'(release\.[a-z.-]+)'/g],
  ['apps/auth/src/web/sign-in.controller.ts', null, /'(account\.[a-z.-]+)'/g],
  ['apps/auth/src/web/publishing.controller.ts', null, /'(publisher\.[a-z.-]+-refused)'/g],
  ['apps/warehouse/src/receipts/receipt.ts', null, /\?\? '([a-z.-]+)'/g],
];

// The keys of `interface …Errors { … }`, which ends at the first line that is a brace alone.
errors.readSources((path, text) => {
  for (const [, body] of text.matchAll(/^interface \w*Errors \{\n(.*?)^\}/gms)) {
    for (const [, key] of body.matchAll(/^ {2}'([a-z0-9.-]+)':/gm)) errors.note(key, path);
  }
});
for (const [place, union, pattern = code] of otherPlaces) {
  const text = readFileSync(join(root, place), 'utf8');
  const part = union ? (new RegExp(`type ${union} =([^;]*);`).exec(text)?.[1] ?? '') : text;
  errors.noteAll(
    place,
    [...part.matchAll(pattern)].map((match) => match[1]),
  );
}
errors.compare();
