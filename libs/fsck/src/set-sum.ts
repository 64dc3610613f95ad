import { hash } from '@rind/crypto';
import { utf8 } from '@rind/kernel';

const LIMB = 2 ** 48;

/**
 * Stands for a set of files in 24 bytes, whatever its size: the sum of their hashes. Two sets that were gathered in
 * different orders are equal when their sums are.
 */
export class SetSum {
  count = 0;
  private high = 0;
  private low = 0;

  add(path: string, length: number, sha256: string): void {
    const digest = hash('sha256', utf8(`${path}\0${length}\0${sha256}`));
    this.count++;
    this.high = (this.high + limb(digest, 0)) % LIMB;
    this.low = (this.low + limb(digest, 6)) % LIMB;
  }

  equals(other: SetSum): boolean {
    return this.count === other.count && this.high === other.high && this.low === other.low;
  }
}

function limb(digest: Uint8Array, from: number): number {
  return digest.subarray(from, from + 6).reduce((value, byte) => value * 256 + byte, 0);
}
