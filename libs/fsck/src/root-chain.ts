import { equalBytes } from '@rind/kernel';
import { parseRoot, roleTypes } from '@rind/metadata';
import type { Metadata, Root } from '@rind/metadata';
import type { Audit } from './audit.ts';
import { checkExpiry } from './expiry.ts';
import { examineBytes, metadataPath, readMetadata } from './metadata-file.ts';
import type { Expected } from './metadata-file.ts';
import { checkKeys, checkSignatures } from './signatures.ts';
import type { Delegator } from './signatures.ts';

/** How many numbers after a missing root are tried where the place cannot be listed. */
const PROBES = 3;

/**
 * Follows the roots from the given one to the newest (TUF 1.0.34 §5.3). A root that a client would refuse ends the
 * chain, as it does for the client.
 * @returns the newest root that the chain leads to, or null when the given file is none
 */
export async function followRoots(audit: Audit, given: Uint8Array): Promise<Metadata<Root> | null> {
  const { report, limits, progress } = audit;
  const start = examineBytes(audit, expectedRoot(audit, null), given);
  if (start === null) return null;
  report.checked.roots++;
  checkSignatures(audit, placeOf(start), start, [delegatorOf(start)]);
  let newest = start;
  for (let count = 1; count < limits.maxRoots; count++) {
    const version = newest.signed.version + 1;
    const expected = expectedRoot(audit, version);
    const bytes = await audit.reader.get(expected.path, expected.maxBytes);
    if (bytes === null) break;
    const next = examineBytes(audit, expected, bytes);
    if (next === null || next.signed.version !== version) break;
    report.checked.roots++;
    if (!checkSignatures(audit, placeOf(next), next, [delegatorOf(newest), delegatorOf(next)])) break;
    newest = next;
    progress({ step: 'roots', done: count, total: null });
  }
  await checkGaps(audit, start, newest);
  const roles = roleTypes.map((name) => ({ name, ...newest.signed.roles[name] }));
  checkKeys(audit, placeOf(newest), newest.signed.keys, roles);
  checkExpiry(audit, placeOf(newest), newest.signed, 'offline');
  return newest;
}

/** Every root stays in the repository: clients that were away need each of them (TUF 1.0.34 §5.3.3). */
async function checkGaps(audit: Audit, start: Metadata<Root>, newest: Metadata<Root>): Promise<void> {
  const { report, reader } = audit;
  const stored = await storedRoots(audit, newest.signed.version);
  let previous = newest.signed.version;
  for (const version of stored) {
    const missing = version - previous - 1;
    if (missing > 0)
      report.add('fsck.root-gap', { role: 'root', version: previous + 1 }, { missing, next: version });
    previous = version;
  }
  for (
    let version = Math.max(1, start.signed.version - PROBES * 8);
    version < start.signed.version;
    version++
  ) {
    const path = metadataPath('root', version);
    if ((await reader.get(path, audit.limits.maxRootBytes)) === null) {
      report.add('fsck.root-absent', { role: 'root', version, path });
    }
  }
  await compareWithPublished(audit, start);
}

/** The given root must be the one that the repository publishes under its number. */
async function compareWithPublished(audit: Audit, given: Metadata<Root>): Promise<void> {
  const { version } = given.signed;
  const expected = expectedRoot(audit, version);
  const bytes = await audit.reader.get(expected.path, expected.maxBytes);
  if (bytes === null) {
    audit.report.add('fsck.root-absent', expected);
    return;
  }
  if (bytes !== 'too-large' && equalBytes(bytes, given.bytes)) return;
  const published = await readMetadata(audit, expected);
  if (published === null) return;
  if (!equalBytes(published.signedBytes(), given.signedBytes())) audit.report.add('fsck.root-fork', expected);
  checkSignatures(audit, expected, published, [delegatorOf(given)]);
}

/** Numbers of the roots beyond `newest` that are there, ascending. */
async function storedRoots({ reader, limits }: Audit, newest: number): Promise<readonly number[]> {
  const found: number[] = [];
  if (reader.list !== undefined) {
    for await (const path of reader.list('metadata/')) {
      const version = /^metadata\/([1-9][0-9]{0,8})\.root\.json$/.exec(path)?.[1];
      if (version !== undefined && Number(version) > newest) found.push(Number(version));
    }
    return found.sort((a, b) => a - b);
  }
  for (let version = newest + 1; version <= newest + PROBES; version++) {
    if ((await reader.get(metadataPath('root', version), limits.maxRootBytes)) !== null) found.push(version);
  }
  return found;
}

function expectedRoot({ limits }: Audit, version: number | null): Expected<Root> {
  const path = metadataPath('root', version);
  return { role: 'root', version, path, maxBytes: limits.maxRootBytes, parse: parseRoot };
}

function placeOf({ signed: { version } }: Metadata<Root>) {
  return { role: 'root', version, path: metadataPath('root', version) };
}

function delegatorOf({ signed }: Metadata<Root>): Delegator {
  return { by: `root ${signed.version}`, role: signed.roles.root, keys: signed.keys };
}
