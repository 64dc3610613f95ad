import { noBudget } from './budget.ts';
import { neverLost } from './checked.ts';
import type { Broken, Checked } from './checked.ts';
import { filesOf } from './invariants.ts';
import { stepOf } from './moves.ts';
import type { Move } from './moves.ts';
import type { Rules } from './rules.ts';
import { standby } from './world.ts';
import type { World } from './world.ts';

/** Far more than any run needs; one that goes on longer never comes to rest. */
const maxSteps = 200;

export interface Unhealthy extends Broken {
  readonly moves: readonly Move[];
}

/**
 * From here on nothing goes wrong any more: all processes are gone, one signer starts, and must publish
 * every accepted file. Answers why not, with the steps that led there, or null.
 */
export function restartAndFinish(world: World, rules: Rules, checked: Checked): Unhealthy | null {
  const { lease } = world.database;
  const state = lease.state === 'held' ? 'expired' : lease.state;
  const database = { ...world.database, lease: { ...lease, state } };
  return finish({ ...world, database, signers: [standby], late: [] }, 0, rules, checked);
}

/** The same, with the present holder going on from where it is, and everybody else stopped for ever. */
export function goOnAndFinish(world: World, rules: Rules, checked: Checked): Unhealthy | null {
  const holder = world.signers.findIndex(
    (signer) => signer.at !== 'standby' && signer.fence === world.database.lease.fence,
  );
  return holder < 0 ? null : finish(world, holder, rules, checked);
}

function finish(from: World, signer: number, rules: Rules, checked: Checked): Unhealthy | null {
  const moves: Move[] = [];
  const lost = (detail: string): Unhealthy | null =>
    checked.neverLost ? { invariant: neverLost.name, detail, moves } : null;
  let world: World = { ...from, budget: noBudget, backup: null };
  for (let steps = 0; steps < maxSteps; steps++) {
    const move = stepOf(world, signer, rules);
    if (move === null) return lost('nobody can take the lease');
    if (move.world === world) {
      const unpublished = unpublishedFiles(world);
      return unpublished.length === 0 ? null : lost(`accepted and not published: file ${unpublished.join()}`);
    }
    moves.push(move);
    const broken = checked.afterMove(world, move);
    if (broken !== null) return { ...broken, moves };
    if (move.stopped !== null && move.stopped !== 'drained') {
      return lost(`the only signer stopped: ${move.stopped}`);
    }
    world = move.world;
  }
  return lost('it never comes to rest');
}

function unpublishedFiles({ database, store }: World): string[] {
  const files = filesOf(store, store.timestamp);
  return database.rows.flatMap(({ state }, file) =>
    state === 'published' && files.includes(file) ? [] : [`${file} (${state})`],
  );
}
