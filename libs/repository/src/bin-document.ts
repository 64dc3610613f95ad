import { canonicalBytes, parseJson } from '@rind/canonical-json';
import { concatBytes, fromUtf8, utf8 } from '@rind/kernel';
import type { JsonObject, JsonValue } from '@rind/kernel';
import { roleNameField } from '@rind/metadata';
import { RepositoryError } from './errors.ts';
import { maxBinBytes } from './object-keys.ts';

/**
 * The bytes of a bin as this repository writes them:
 * `{"signatures":[…],"signed":{"_type":"targets","expires":…,"spec_version":…,"targets":{…},"version":N,"x-rind-role":…}}`,
 * canonical throughout, so that the signed part can be cut out, checked and spliced without parsing.
 */
export interface BinHead {
  readonly role: string;
  readonly version: number;
  /** TUF date. */
  readonly expires: string;
}

/** One target to set, or with `target` null to take out. */
export interface BinChange {
  readonly path: string;
  readonly target: BinTarget | null;
}

export interface BinTarget {
  /** Bytes. */
  readonly length: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

const signedMarker = utf8('],"signed":');
const headStart = '{"_type":"targets","expires":"';

/** Canonical `signed` bytes of a bin without targets. */
export function emptyBin(head: BinHead, specVersion: string): Uint8Array {
  return utf8(`${headStart}${head.expires}","spec_version":"${specVersion}","targets":{}${tail(head)}`);
}

/** The verbatim `signed` bytes inside a bin file of ours. */
export function signedPart(file: Uint8Array, expected: { role: string; version: number }): Uint8Array {
  const at = indexOf(file, signedMarker, 4096);
  if (at < 0 || file[file.length - 1] !== 0x7d) throw corrupt(expected, 'not a bin of this repository');
  return file.subarray(at + signedMarker.length, file.length - 1);
}

/** Refuses a bin that is not the one the snapshot names: another role's, or another version. */
export function checkHead(signed: Uint8Array, expected: { role: string; version: number }): void {
  const end = fromUtf8(signed.subarray(Math.max(0, signed.length - 120)));
  if (!end.endsWith(`,"version":${expected.version},"${roleNameField}":"${expected.role}"}`)) {
    throw corrupt(expected, 'role or version differ');
  }
  if (fromUtf8(signed.subarray(0, headStart.length)) !== headStart)
    throw corrupt(expected, 'not a targets file');
}

/** New `version` and `expires` around the untouched bytes of `targets`. */
export function spliceBin(
  signed: Uint8Array,
  old: { role: string; version: number },
  head: BinHead,
): Uint8Array {
  checkHead(signed, old);
  const expiresAt = headStart.length;
  const oldTail = tail({ ...old, expires: '' }).length;
  return concatBytes(
    utf8(`${headStart}${head.expires}`),
    signed.subarray(expiresAt + head.expires.length, signed.length - oldTail),
    utf8(tail(head)),
  );
}

/** The bin with changes merged in; `targets` counts what it holds afterwards. */
export function editBin(
  signed: Uint8Array,
  old: { role: string; version: number },
  changes: readonly BinChange[],
  head: BinHead,
): { signed: Uint8Array; targets: number } {
  checkHead(signed, old);
  const document = parseJson(signed, { maxBytes: maxBinBytes * 2 }) as JsonObject;
  const targets: Record<string, JsonValue> = Object.assign(Object.create(null), document['targets']);
  for (const { path, target } of changes) {
    if (target === null) delete targets[path];
    else targets[path] = { hashes: { sha256: target.sha256 }, length: target.length };
  }
  const edited = canonicalBytes({
    ...document,
    expires: head.expires,
    targets,
    version: head.version,
    [roleNameField]: head.role,
  });
  if (edited.length > maxBinBytes) {
    throw new RepositoryError('bin.too-large', `${head.role} would pass ${maxBinBytes} bytes`, {
      role: head.role,
      bytes: edited.length,
      maxBytes: maxBinBytes,
    });
  }
  return { signed: edited, targets: Object.keys(targets).length };
}

function tail(head: BinHead): string {
  return `,"version":${head.version},"${roleNameField}":"${head.role}"}`;
}

function corrupt(
  expected: { role: string; version: number },
  reason: string,
): RepositoryError<'store.corrupt'> {
  return new RepositoryError('store.corrupt', `${expected.role} ${expected.version}: ${reason}`, {
    ...expected,
    reason,
  });
}

function indexOf(haystack: Uint8Array, needle: Uint8Array, within: number): number {
  const last = Math.min(haystack.length - needle.length, within);
  for (let i = 0; i <= last; i++) {
    let j = 0;
    while (j < needle.length && haystack[i + j] === needle[j]) j++;
    if (j === needle.length) return i;
  }
  return -1;
}
