import { createHasher, hashHex } from '@rind/crypto';
import { toHex } from '@rind/kernel';

/** Algorithms that a digest may rest on; others, MD5 among them, say nothing. */
export const strongAlgorithms = ['sha256', 'sha512', 'blake2b-256'] as const;

export interface Mismatch {
  readonly algorithm: string;
  readonly expected: string;
  readonly found: string;
}

/** The first listed digest that the bytes do not have; null when all agree; `unsupported` when none can be judged. */
export function digestMismatch(
  hashes: ReadonlyMap<string, string>,
  bytes: Uint8Array,
): Mismatch | 'unsupported' | null {
  return compare(hashes, (algorithm) => hashHex(algorithm, bytes));
}

/** Hashes what arrives in pieces, at most `maxBytes` and one piece more of it. */
export async function hashStream(
  hashes: ReadonlyMap<string, string>,
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<{ length: number; mismatch: Mismatch | 'unsupported' | null }> {
  const hashers = new Map(
    strongAlgorithms.filter((algorithm) => hashes.has(algorithm)).map((name) => [name, createHasher(name)]),
  );
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > maxBytes) break;
    for (const hasher of hashers.values()) hasher.update(chunk);
  }
  const mismatch = compare(hashes, (algorithm) => toHex(hashers.get(algorithm)!.digest()));
  return { length, mismatch };
}

function compare(
  hashes: ReadonlyMap<string, string>,
  digestOf: (algorithm: (typeof strongAlgorithms)[number]) => string,
): Mismatch | 'unsupported' | null {
  let known = 0;
  for (const algorithm of strongAlgorithms) {
    const expected = hashes.get(algorithm);
    if (expected === undefined) continue;
    known++;
    const found = digestOf(algorithm);
    if (found !== expected) return { algorithm, expected, found };
  }
  return known === 0 ? 'unsupported' : null;
}
