import { binIndexOf as indexOf, succinctRoleName } from '@rind/metadata';
import { RepositoryError } from './errors.ts';

/** Bins share one key, and a version must not be shared by two of them: the multiplier that keeps them apart. */
export const binVersionStride = 32_768;
export const minBinCount = 2;
/** python-tuf reads at most 2,000,000 bytes of snapshot: 32,768 bins is the last power of two that fits. */
export const maxBinCount = 32_768;
export const binPrefix = 'bin';

/** How the `bins` role delegates: TAP 15, or PEP 458's `path_hash_prefixes`. */
export type BinEncoding = 'succinct' | 'explicit';

/** Bits of the path hash that choose the bin; `count` must be a power of two from 2 to 32,768. */
export function bitLengthOf(count: number): number {
  const bits = Math.log2(count);
  if (!Number.isInteger(bits) || count < minBinCount || count > maxBinCount) {
    throw new RepositoryError(
      'bins.bad-count',
      'the number of bins must be a power of two from 2 to 32,768',
      {
        count,
      },
    );
  }
  return bits;
}

/** Index of the bin that holds `path`. */
export function binIndexOf(path: string, bitLength: number): number {
  return indexOf(bitLength, path);
}

/** `bin-0a3f`: as many hex digits as the last index needs. */
export function binName(index: number, bitLength: number): string {
  return succinctRoleName({ bitLength, namePrefix: binPrefix }, index);
}

/** `counter × 32768 + index`, counter from 1: no two bins ever share a version (docs/divergences.md). */
export function binVersion(counter: number, index: number): number {
  return counter * binVersionStride + index;
}

/** The counter of a bin's version, and the index that the version belongs to. */
export function splitBinVersion(version: number): { counter: number; index: number } {
  return { counter: Math.floor(version / binVersionStride), index: version % binVersionStride };
}
