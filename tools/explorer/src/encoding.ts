import type { World } from './world.ts';

/**
 * Names a world by the numbers of its parts (as SPIN's COLLAPSE does): each part is written out once, and
 * equal parts get the same number. The name says everything, so no two worlds are ever taken for one.
 * Signers are alike and nothing refers to one by its place: worlds that differ in their order are the same.
 */
export class Encoding {
  private readonly ids = new WeakMap<object, number>();
  private readonly known = new Map<string, number>();

  nameOf(world: World): string {
    const signers = world.signers.map((signer) => this.numberOf(signer)).sort((a, b) => a - b);
    const { database, store, late, budget, epoch, backup } = world;
    const rest = [database, store, late, budget].map((part) => this.numberOf(part));
    const set = backup === null ? '' : `,${this.numberOf(backup)}`;
    return `${rest.join()};${signers.join()};${epoch}${set}`;
  }

  /** Of what outlives the processes. */
  nameOfRest({ database, store, epoch }: World): string {
    return `${this.numberOf(database)},${this.numberOf(store)},${epoch}`;
  }

  private numberOf(part: object): number {
    const seen = this.ids.get(part);
    if (seen !== undefined) return seen;
    const text = JSON.stringify(part);
    let id = this.known.get(text);
    if (id === undefined) {
      id = this.known.size;
      this.known.set(text, id);
    }
    this.ids.set(part, id);
    return id;
  }
}
