import { parseVersion, withoutTrailingZeros } from './version.ts';
import type { Version } from './version.ts';

/**
 * Order of PEP 440: negative when `a` comes first, 0 when they are equal (`1.0` and `1`), positive otherwise.
 * @throws IndexModelError `version.invalid`
 */
export function compareVersions(a: string | Version, b: string | Version): number {
  const left = sortKey(typeof a === 'string' ? parseVersion(a) : a);
  const right = sortKey(typeof b === 'string' ? parseVersion(b) : b);
  return compareLists(left, right);
}

type Key = bigint | string | readonly Key[];

/** Below and above every number and label that a version can hold. */
const lowest = -1n;
const highest = '~';

/** PEP 440 "Summary of permitted suffixes and relative ordering", as one list to compare from the left. */
function sortKey({ epoch, release, pre, post, dev, local }: Version): readonly Key[] {
  return [
    epoch,
    withoutTrailingZeros(release),
    preKey({ pre, post, dev }),
    post ?? lowest,
    dev ?? highest,
    local === null ? lowest : local.map(localKey),
  ];
}

/** `1.dev1` comes before `1a1`, and `1` after all of its pre-releases. */
function preKey({ pre, post, dev }: Pick<Version, 'pre' | 'post' | 'dev'>): Key {
  if (pre !== null) return pre;
  return post === null && dev !== null ? lowest : highest;
}

/** Numbers come after words. */
function localKey(segment: bigint | string): Key {
  return typeof segment === 'bigint' ? [1n, segment] : [0n, segment];
}

function compareLists(a: readonly Key[], b: readonly Key[]): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const order = compareKeys(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareKeys(a: Key, b: Key): number {
  if (typeof a === 'object' && typeof b === 'object') return compareLists(a, b);
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0 || a === b) return rank;
  return a < b ? -1 : 1;
}

/** `lowest` before lists and numbers before `highest` and words; kinds that meet otherwise are alike. */
function rankOf(key: Key): number {
  if (key === lowest) return 0;
  return key === highest ? 2 : 1;
}
