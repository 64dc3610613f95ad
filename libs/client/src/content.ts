import type { Fetcher } from '@rind/client-port';
import { hashHex } from '@rind/crypto';
import type { TargetFile } from '@rind/metadata';
import { ClientError } from './errors.ts';
import type { Place } from './errors.ts';
import { fetchBounded } from './metadata-source.ts';

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

/** A target's entry, with the role that lists it when it came out of a search. */
export type ListedTarget = Pick<TargetFile, 'length' | 'hashes'> & { readonly role?: string };

/** What is known of a file for installers: a target's entry, or for core metadata a checksum without a length. */
export type ListedFile = Required<Pick<ListedContent, 'hashes'>> &
  Pick<ListedContent, 'length'> & { readonly role?: string };

/**
 * Refuses content that is not the target's (TUF 1.0.34 §5.7.3). The length and each listed hash of known algorithm
 * must agree, and one such hash at least must be listed.
 */
export function verifyTarget(path: string, target: ListedTarget, bytes: Uint8Array): void {
  verifyListedFile(path, target, bytes);
}

function verifyListedFile(path: string, listed: ListedFile, bytes: Uint8Array): void {
  const place = fetchTargetPlace(listed);
  const { length, hashes } = listed;
  if (length !== undefined && length !== bytes.length) {
    throw new ClientError('target.length-mismatch', place, {
      path,
      expected: length,
      received: bytes.length,
    });
  }
  const known = knownHashes(hashes);
  if (known.length === 0) {
    throw new ClientError('target.unsupported-hash', place, { path, algorithms: [...hashes.keys()] });
  }
  for (const [algorithm, digest] of known) {
    if (hashHex(algorithm, bytes) !== digest) {
      throw new ClientError('target.hash-mismatch', place, { path, algorithm });
    }
  }
}

/** Downloads a file and verifies it; no more than its length is read, or `maxBytes` where no length is listed. */
export async function fetchListedFile(
  fetcher: Fetcher,
  url: string,
  path: string,
  listed: ListedFile,
  maxBytes: number,
): Promise<Uint8Array> {
  const { length: expected } = listed;
  const place = fetchTargetPlace(listed);
  const bytes = await fetchBounded(fetcher, url, expected ?? maxBytes, place);
  if (bytes === null) throw new ClientError('target.missing', place, { path, url });
  if (bytes === 'too large') {
    throw expected === undefined
      ? new ClientError('target.too-large', place, { path, maxBytes })
      : new ClientError('target.length-mismatch', place, { path, expected, received: null });
  }
  verifyListedFile(path, listed, bytes);
  return bytes;
}

function fetchTargetPlace(listed: ListedFile): Place {
  return { role: listed.role ?? 'targets', spec: 'TUF 1.0.34 §5.7.3' };
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
