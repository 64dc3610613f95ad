import { checkedOf } from './checked.ts';
import type { Broken, Checked } from './checked.ts';
import { Encoding } from './encoding.ts';
import { goOnAndFinish, restartAndFinish } from './healthy-run.ts';
import type { Unhealthy } from './healthy-run.ts';
import { movesOf } from './moves.ts';
import type { Move } from './moves.ts';
import { honestRules } from './rules.ts';
import type { Rules } from './rules.ts';
import { firstWorld } from './world.ts';
import type { Budget, World } from './world.ts';

export interface Exploration {
  readonly signers: number;
  readonly budget: Budget;
  /** Longest path from the first world, in moves. */
  readonly maxDepth: number;
  /** Ends without a verdict on the rest. */
  readonly maxStates: number;
  readonly rules?: Rules;
  /** Names of invariants; without it all of them are checked. */
  readonly only?: readonly string[];
  /** Every n-th world is also run on by its present holder alone. */
  readonly goOnEvery?: number;
  readonly onProgress?: (seen: Seen) => void;
}

export interface Seen {
  readonly states: number;
  readonly transitions: number;
  /** Depth that was reached. */
  readonly depth: number;
  /** Runs to rest of a restarted signer, one for each pair of database and store. */
  readonly restarts: number;
  /** Runs to rest of the present holder. */
  readonly goings: number;
}

export interface Violation extends Broken {
  /** Shortest in moves, from the first world; then what a healthy run did of it, if that is what failed. */
  readonly trace: readonly Move[];
  readonly after: readonly Move[];
}

export interface Explored extends Seen {
  readonly violation: Violation | null;
  /** Every world within the budget was seen, however deep it lies. */
  readonly complete: boolean;
}

/** Breadth first, so that the first violation has the fewest moves. */
export function explore(exploration: Exploration): Explored {
  return new Search(exploration).run();
}

class Search {
  private readonly exploration: Exploration;
  private readonly rules: Rules;
  private readonly encoding = new Encoding();
  /** Number of each world by name; a world's way to it is its parent and which of the parent's moves. */
  private readonly seen = new Set<string>();
  private readonly parents: number[] = [-1];
  private readonly ordinals: number[] = [0];
  private readonly finished = new Set<string>();
  private readonly checked: Checked;
  private readonly first: World;
  private transitions = 0;
  private depth = 0;
  private goings = 0;

  constructor(exploration: Exploration) {
    this.exploration = exploration;
    this.rules = exploration.rules ?? honestRules;
    this.checked = checkedOf(exploration.only);
    this.first = firstWorld(exploration.signers, exploration.budget);
    this.seen.add(this.encoding.nameOf(this.first));
  }

  run(): Explored {
    const { maxDepth, maxStates, onProgress } = this.exploration;
    let layer: World[] = [this.first];
    let layerFrom = 0;
    while (layer.length > 0 && this.depth < maxDepth) {
      const next: World[] = [];
      const nextFrom = this.parents.length;
      for (const [i, world] of layer.entries()) {
        const violation = this.expand(world, layerFrom + i, next);
        if (violation !== null) return this.explored(violation, false);
        if (this.parents.length >= maxStates) return this.explored(null, false);
      }
      layer = next;
      layerFrom = nextFrom;
      this.depth++;
      onProgress?.(this.counts());
    }
    return this.explored(null, layer.length === 0);
  }

  /** Appends to `next` what was not seen before. */
  private expand(world: World, number: number, next: World[]): Violation | null {
    for (const [ordinal, move] of movesOf(world, this.rules).entries()) {
      this.transitions++;
      if (move.world === world) continue;
      const name = this.encoding.nameOf(move.world);
      const isNew = !this.seen.has(name);
      const broken = this.checked.afterMove(world, move);
      if (isNew) {
        this.seen.add(name);
        this.parents.push(number);
        this.ordinals.push(ordinal);
        next.push(move.world);
      }
      if (broken !== null) return { ...broken, trace: [...this.traceTo(number), move], after: [] };
      const unhealthy = isNew ? this.unhealthy(move.world) : null;
      if (unhealthy !== null) {
        const { invariant, detail, moves } = unhealthy;
        return { invariant, detail, trace: [...this.traceTo(number), move], after: moves };
      }
    }
    return null;
  }

  private unhealthy(world: World): Unhealthy | null {
    // What set the database back took accepted files with it: what is left to hold is that nothing forks.
    if (world.epoch > 0) return null;
    const rest = this.encoding.nameOfRest(world);
    if (!this.finished.has(rest)) {
      this.finished.add(rest);
      const unhealthy = restartAndFinish(world, this.rules, this.checked);
      if (unhealthy !== null) return unhealthy;
    }
    const { goOnEvery = 16 } = this.exploration;
    if (this.parents.length % goOnEvery !== 0) return null;
    this.goings++;
    return goOnAndFinish(world, this.rules, this.checked);
  }

  private traceTo(number: number): Move[] {
    const ordinals: number[] = [];
    for (let at = number; this.parents[at]! >= 0; at = this.parents[at]!) ordinals.push(this.ordinals[at]!);
    const trace: Move[] = [];
    let world = this.first;
    for (const ordinal of ordinals.toReversed()) {
      const move = movesOf(world, this.rules)[ordinal]!;
      trace.push(move);
      world = move.world;
    }
    return trace;
  }

  private counts(): Seen {
    const { transitions, depth, goings } = this;
    return { states: this.parents.length, transitions, depth, restarts: this.finished.size, goings };
  }

  private explored(violation: Violation | null, complete: boolean): Explored {
    return { ...this.counts(), violation, complete };
  }
}
