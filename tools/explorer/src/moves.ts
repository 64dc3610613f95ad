import { performOnDatabase } from './database.ts';
import { changesSomething, refused } from './effect.ts';
import type { Effect, Reply } from './effect.ts';
import type { Rules } from './rules.ts';
import { receive, refresh, requestOf } from './signer.ts';
import { afterPowerCut, performOnStore, setBack } from './store.ts';
import { standby } from './world.ts';
import type { Budget, Signer, World } from './world.ts';

/** One thing that can happen next. */
export interface Move {
  readonly world: World;
  /** Whose step it is, from 0; null for the world's. */
  readonly signer: number | null;
  readonly what: MoveKind;
  readonly effect: Effect | null;
  readonly reply: Reply | null;
  /** Why the signer's process ended with this step, if it did. */
  readonly stopped: string | null;
}

export type MoveKind =
  | 'step'
  /** Nothing happened, and an error came back. */
  | 'fails'
  /** It happened, and an error came back. */
  | 'answer lost'
  /** An error came back, and it may happen later. */
  | 'delayed'
  | 'late effect'
  | 'crash'
  | 'drain'
  | 'refresh'
  | 'learns of the loss'
  | 'upload'
  | 'lease expires'
  | 'power cut'
  | 'backup'
  | 'restore'
  | 'timestamp set back'
  | 'store set back';

/**
 * Everything that can happen in a world. A signer that is not scheduled is a stopped one, so every step of
 * every signer is always possible; a crash before an effect is a crash in this state, and one after it in
 * the next. A holder's timely renewals are left out: they only keep others from what they may do anyway.
 */
export function movesOf(world: World, rules: Rules): Move[] {
  const moves = world.signers.flatMap((signer, i) => movesOfSigner(world, signer, i, rules));
  moves.push(...movesOfSurroundings(world));
  world.late.forEach((effect, i) => {
    const { world: next, reply } = perform({ ...world, late: world.late.toSpliced(i, 1) }, effect, rules);
    moves.push({ ...move('late effect', next), effect, reply });
  });
  return moves;
}

/** The undisturbed next step of one signer; null while another one holds the lease. */
export function stepOf(world: World, i: number, rules: Rules): Move | null {
  const signer = world.signers[i]!;
  if (signer.at === 'standby' && world.database.lease.state === 'held') return null;
  const effect = requestOf(signer, rules);
  const { world: next, reply } = perform(world, effect, rules);
  return answered('step', next, i, effect, reply, rules);
}

function answered(what: MoveKind, world: World, i: number, effect: Effect, reply: Reply, rules: Rules): Move {
  const { signer, stopped } = receive(world.signers[i]!, reply, rules);
  return { ...move(what, withSigner(world, i, signer), i), effect, reply, stopped };
}

function movesOfSigner(world: World, signer: Signer, i: number, rules: Rules): Move[] {
  const step = stepOf(world, i, rules);
  if (step === null) return [];
  const moves = [step];
  const effect = step.effect!;
  const changes = changesSomething(effect);
  const unavailable = refused(isOfStore(effect) ? 'store.unavailable' : 'database.unavailable');
  spend(world, 'faults', (left) => {
    moves.push(answered('fails', left, i, effect, unavailable, rules));
    const { world: done } = perform(left, effect, rules);
    if (changes && done !== left) moves.push(answered('answer lost', done, i, effect, unavailable, rules));
  });
  if (changes) {
    spend(world, 'late', (left) => {
      const sent = { ...left, late: [...left.late, effect] };
      moves.push(answered('delayed', sent, i, effect, unavailable, rules));
    });
  }
  if (signer.at === 'standby') return moves;
  spend(world, 'crashes', (left) => moves.push(move('crash', withSigner(left, i, standby), i)));
  if (!signer.draining) {
    spend(world, 'drains', (left) =>
      moves.push(move('drain', withSigner(left, i, { ...signer, draining: true }), i)),
    );
  }
  spend(world, 'refreshes', (left) => {
    const next = refresh(signer, rules);
    if (next !== null) moves.push(move('refresh', withSigner(left, i, next), i));
  });
  if (signer.run === null && world.database.lease.fence !== signer.fence) {
    const learned = move('learns of the loss', withSigner(world, i, standby), i);
    moves.push({ ...learned, stopped: 'lease.lost' });
  }
  return moves;
}

function movesOfSurroundings(world: World): Move[] {
  const moves: Move[] = [];
  const { database } = world;
  spend(world, 'files', (left) => {
    const rows = [...database.rows, { state: 'pending', publication: null } as const];
    moves.push(move('upload', { ...left, database: { ...database, rows } }));
  });
  if (database.lease.state === 'held') {
    const expired = { ...database, lease: { ...database.lease, state: 'expired' as const } };
    const alive = world.signers.some(
      (signer) => signer.at !== 'standby' && signer.fence === database.lease.fence,
    );
    if (!alive) moves.push(move('lease expires', { ...world, database: expired }));
    else {
      spend(world, 'expiries', (left) => moves.push(move('lease expires', { ...left, database: expired })));
    }
  }
  spend(world, 'powerCuts', (left) => {
    const signers = left.signers.map(() => standby);
    moves.push(move('power cut', { ...left, signers, late: [], store: afterPowerCut(left.store) }));
  });
  if (world.budget.setbacks > 0) moves.push(...setbacksOf(world));
  if (world.budget.restores > 0) {
    if (world.backup === null) moves.push(move('backup', { ...world, backup: database }));
    else {
      // The files accepted since are the warehouse's to enqueue again; the lease's row comes back as it was.
      spend(world, 'restores', (left) =>
        moves.push(
          move('restore', { ...left, database: world.backup!, epoch: left.epoch + 1, backup: null }),
        ),
      );
    }
  }
  return moves;
}

/** Somebody restores the store, as told: with all signers stopped. A closed publication's objects are kept. */
function setbacksOf(world: World): Move[] {
  if (world.late.length > 0 || world.signers.some(({ at }) => at !== 'standby')) return [];
  const moves: Move[] = [];
  const closed = world.database.timestamp.version >= world.store.timestamp.version;
  for (const what of closed ? (['timestamp'] as const) : (['timestamp', 'everything'] as const)) {
    const store = setBack(world.store, what);
    if (store === null) continue;
    spend(world, 'setbacks', (left) =>
      moves.push(move(what === 'timestamp' ? 'timestamp set back' : 'store set back', { ...left, store })),
    );
  }
  return moves;
}

export function perform(world: World, effect: Effect, rules: Rules): { world: World; reply: Reply } {
  switch (effect.call) {
    case 'get-published':
    case 'get-timestamp':
    case 'get-snapshot':
    case 'put':
    case 'put-bin':
    case 'sync':
    case 'swap': {
      const { next, reply } = performOnStore(world.store, effect, rules);
      return { world: next === world.store ? world : { ...world, store: next }, reply };
    }
    default: {
      const { next, reply } = performOnDatabase(world.database, effect, world.epoch, rules);
      // Both write the lease's row, and wait for transactions that hold it: those are over then, or never will be.
      const waits = (effect.call === 'acquire' || effect.call === 'renew') && world.late.length > 0;
      const late = waits && rules.renewalWaits ? world.late.filter(isOfStore) : world.late;
      if (next === world.database && late === world.late) return { world, reply };
      return { world: { ...world, database: next, late }, reply };
    }
  }
}

const ofStore: ReadonlySet<Effect['call']> = new Set([
  'get-published',
  'get-timestamp',
  'get-snapshot',
  'put',
  'put-bin',
  'sync',
  'swap',
]);

function isOfStore({ call }: Effect): boolean {
  return ofStore.has(call);
}

function spend(world: World, what: keyof Budget, use: (left: World) => void): void {
  const left = world.budget[what];
  if (left > 0) use({ ...world, budget: { ...world.budget, [what]: left - 1 } });
}

function withSigner(world: World, i: number, signer: Signer): World {
  return signer === world.signers[i] ? world : { ...world, signers: world.signers.with(i, signer) };
}

function move(what: MoveKind, world: World, signer: number | null = null): Move {
  return { world, signer, what, effect: null, reply: null, stopped: null };
}
