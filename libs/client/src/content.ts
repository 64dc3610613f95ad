import { hashHex } from '@rind/crypto';
import type { TargetFile } from '@rind/metadata';
import { ClientError } from './errors.ts';
import type { Place } from './errors.ts';

/** Algorithms that a digest may rest on. A listed MD5 is nothing to go by. */
const strong = ['sha256', 'sha512', 'blake2b-256'] as const;

/** What another, trusted document says of a file. */
export interface ListedContent {
  /** Bytes. */
  readonly length?: number;
  /** Algorithm → lower-case hex. */
  readonly hashes?: ReadonlyMap<string, string>;
}

/** Refuses metadata that is not what the role above lists: `verify.length-mismatch`, `verify.hash-mismatch`. */
export function verifyListedMetadata(
  bytes: Uint8Array,
  listed: ListedContent,
  length: Place,
  hashes: Place,
): void {
  if (listed.length !== undefined && listed.length !== bytes.length) {
    throw new ClientError('verify.length-mismatch', length, {
      expected: listed.length,
      received: bytes.length,
    });
  }
  if (listed.hashes === undefined) return;
  const known = knownHashes(listed.hashes);
  if (known.length === 0) {
    throw new ClientError('verify.unsupported-hash', hashes, { algorithms: [...listed.hashes.keys()] });
  }
  for (const [algorithm, digest] of known) {
    if (hashHex(algorithm, bytes) !== digest)
      throw new ClientError('verify.hash-mismatch', hashes, { algorithm });
  }
}

/**
 * Refuses content that is not the target's (TUF 1.0.34 §5.7.3). The length and each listed hash of known algorithm
 * must agree, and one such hash at least must be listed.
 */
export function verifyTarget(path: string, target: ListedTarget, bytes: Uint8Array): void {
  const place = fetchTargetPlace(target);
  if (target.length !== bytes.length) {
    const lengths = { expected: target.length, received: bytes.length };
    throw new ClientError('target.length-mismatch', place, { path, ...lengths });
  }
  const known = knownHashes(target.hashes);
  if (known.length === 0) {
    throw new ClientError('target.unsupported-hash', place, { path, algorithms: [...target.hashes.keys()] });
  }
  for (const [algorithm, digest] of known) {
    if (hashHex(algorithm, bytes) !== digest) {
      throw new ClientError('target.hash-mismatch', place, { path, algorithm });
    }
  }
}

/** A target's entry, with the role that lists it when it came out of a search. */
export type ListedTarget = Pick<TargetFile, 'length' | 'hashes'> & { readonly role?: string };

export function fetchTargetPlace(target: ListedTarget): Place {
  return { role: target.role ?? 'targets', spec: 'TUF 1.0.34 §5.7.3' };
}

/** The digest that consistent snapshots put before the file's name: any listed one will do, SHA-256 if it is there. */
export function prefixDigest(target: ListedTarget): string {
  const [first] = knownHashes(target.hashes);
  return first?.[1] ?? [...target.hashes.values()][0]!;
}

function knownHashes(hashes: ReadonlyMap<string, string>): readonly [(typeof strong)[number], string][] {
  return strong.flatMap((algorithm) => {
    const digest = hashes.get(algorithm);
    return digest === undefined ? [] : [[algorithm, digest] satisfies [(typeof strong)[number], string]];
  });
}
