import { hash } from '@rind/crypto';
import { utf8 } from '@rind/kernel';

/**
 * So many items of a stream of unknown length, chosen by seed and name alone: those whose keyed hash is smallest. The
 * order in which items come does not matter.
 */
export class Sample<T> {
  private readonly seed: number;
  private readonly size: number;
  private chosen: { readonly rank: number; readonly name: string; readonly item: T }[] = [];
  /** No rank from here on is among the smallest any more. */
  private bound = Infinity;

  constructor(size: number, seed: number) {
    this.size = size;
    this.seed = seed;
  }

  offer(name: string, item: T): void {
    const rank = rankOf(this.seed, name);
    if (this.size === 0 || rank >= this.bound) return;
    this.chosen.push({ rank, name, item });
    if (this.chosen.length >= 2 * this.size) this.shrink();
  }

  /** The chosen items, in no meaningful order. */
  items(): readonly T[] {
    this.shrink();
    return this.chosen.map(({ item }) => item);
  }

  private shrink(): void {
    this.chosen.sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1));
    this.chosen = this.chosen.slice(0, this.size);
    if (this.chosen.length === this.size) this.bound = this.chosen.at(-1)?.rank ?? Infinity;
  }
}

/** 48 bits. */
function rankOf(seed: number, name: string): number {
  const digest = hash('sha256', utf8(`${seed}:${name}`));
  return digest.subarray(0, 6).reduce((rank, byte) => rank * 256 + byte, 0);
}
