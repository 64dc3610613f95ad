import { takeoverStarted } from '@rind/repository';
import type { TakeoverOutcome, TakeoverState } from '@rind/repository';
import type { Effect, Reply } from './effect.ts';
import { receiveInRun, requestOfRun, startRun } from './publishing.ts';
import type { RunResult } from './publishing.ts';
import type { Rules } from './rules.ts';
import { standby } from './world.ts';
import type { Base, Signer } from './world.ts';

type TakingOver = Extract<Signer, { at: 'taking-over' }>;
type Writing = Extract<Signer, { at: 'writing' }>;

/** A signer after an answer; `stopped` says why its process ended, if it did. */
export interface After {
  readonly signer: Signer;
  readonly stopped: string | null;
}

/**
 * One signer as `apps/signer/src/writer/writer.ts` runs it: standby, then the take-over
 * (`writer/takeover.ts`), then turn after turn: tidy up if something failed in between, take what is
 * pending, publish it. A process that ends begins again as a standby.
 */
export function requestOf(signer: Signer, rules: Rules): Effect {
  switch (signer.at) {
    case 'standby':
      return { call: 'acquire' };
    case 'taking-over':
      return requestOfTakeover(signer, rules);
    case 'writing': {
      const { fence, run, untidy, draining } = signer;
      if (run !== null) return requestOfRun(run, rules);
      if (draining && (untidy === null || untidy === 'renew')) return { call: 'release', fence };
      if (untidy === null) return { call: 'pending' };
      if (untidy === 'renew') return { call: 'renew', fence };
      if (untidy === 'look') return { call: 'unfinished' };
      return { call: 'abandon', fence, id: untidy[0]! };
    }
  }
}

/** What is due starts between two publications. */
export function refresh(signer: Signer, rules: Rules): Signer | null {
  if (signer.at !== 'writing' || signer.run !== null || signer.untidy !== null || signer.draining)
    return null;
  return afterRun(signer, startRun(signer.fence, signer.base, { kind: 'refresh', rows: [] }, rules)).signer;
}

export function receive(signer: Signer, reply: Reply, rules: Rules): After {
  switch (signer.at) {
    case 'standby':
      return going(reply.kind === 'acquired' && reply.fence !== null ? takingOver(reply.fence) : signer);
    case 'taking-over':
      return signer.run === null
        ? afterCommand(signer, reply, rules)
        : afterMove(signer, receiveInRun(signer.run, reply, signer.draining, rules), rules);
    case 'writing':
      return signer.run === null
        ? betweenRuns(signer, reply, rules)
        : afterRun(signer, receiveInRun(signer.run, reply, signer.draining, rules));
  }
}

function requestOfTakeover({ fence, machine, run, draining }: TakingOver, rules: Rules): Effect {
  if (run !== null) return requestOfRun(run, rules);
  const command = rules.takeoverCommandOf(machine);
  switch (command?.kind) {
    case 'read-store':
      return ends(machine, draining) ? { call: 'release', fence } : { call: 'get-published' };
    case 'read-roles':
      return { call: 'roles' };
    case 'read-records':
      return { call: 'unfinished' };
    case 'close':
      return { call: 'close', fence, id: command.publicationId };
    case 'confirm-fence':
      return { call: 'raise', fence, role: 'timestamp', version: 1 };
    case 'read-committed':
      return { call: 'get-snapshot', version: command.committed.snapshot };
    case 'raise':
      return { call: 'raise', fence, role: command.role, version: command.version };
    case 'abandon':
      return { call: 'abandon', fence, id: command.publicationId };
    default:
      throw new Error(`nothing to ask for in ${machine.phase}`);
  }
}

function afterCommand(signer: TakingOver, reply: Reply, rules: Rules): After {
  const command = rules.takeoverCommandOf(signer.machine)!;
  // Draining, it let go of the lease instead of beginning; whether that worked, it ends.
  if (command.kind === 'read-store' && ends(signer.machine, signer.draining)) return stopped('drained');
  let { base } = signer;
  if (reply.kind === 'published') base = baseOf(reply);
  if (reply.kind === 'snapshot' && command.kind === 'read-committed') {
    // `committedState`: the committed snapshot under the tag of what is there.
    const { id: snapshotId, bins } = reply.snapshot;
    base = { tag: base!.tag, ...command.committed, snapshotId, bins };
  }
  return takeoverStep({ ...signer, base }, outcomeOfReply(reply), rules);
}

function takeoverStep(signer: TakingOver, outcome: TakeoverOutcome, rules: Rules): After {
  const machine = rules.advanceTakeover(signer.machine, outcome, rules.decideTakeover);
  const next = { ...signer, machine, run: null };
  switch (machine.phase) {
    case 'taken-over':
      return going(writing(signer.fence, signer.draining, signer.base!));
    case 'interrupted':
      return going({ ...takingOver(signer.fence), draining: signer.draining });
    case 'left':
      return going(letGo(signer));
    case 'refused':
      return stopped('writer.refused');
    case 'lost':
      return stopped(machine.reason);
    case 'moving-timestamp':
      return moving(next, machine.above.newSnapshot, rules);
    default:
      return going(next);
  }
}

/** What signs bins anew as well is like a refresh: here every publication with a snapshot has all bins. */
function moving(signer: TakingOver, newSnapshot: boolean, rules: Rules): After {
  const kind = newSnapshot ? 'refresh' : 'takeover';
  return afterMove(signer, startRun(signer.fence, signer.base!, { kind, rows: [] }, rules), rules);
}

function afterMove(signer: TakingOver, result: RunResult, rules: Rules): After {
  switch (result.kind) {
    case 'going':
      return going({ ...signer, run: result.run });
    case 'published':
      return takeoverStep({ ...signer, base: result.base }, { kind: 'done' }, rules);
    case 'lost':
      return takeoverStep(signer, { kind: 'lost', reason: result.reason }, rules);
    case 'left':
      return takeoverStep(signer, { kind: 'left' }, rules);
    case 'abandoned':
      return takeoverStep(signer, { kind: 'failed', code: result.failure ?? 'internal' }, rules);
    case 'threw':
      return takeoverStep(signer, { kind: 'failed', code: result.code }, rules);
  }
}

function afterRun(signer: Writing, result: RunResult): After {
  const idle = { ...signer, run: null };
  switch (result.kind) {
    case 'going':
      return going({ ...signer, run: result.run });
    case 'published':
      return going({ ...idle, base: result.base });
    case 'left':
      return going(idle);
    case 'abandoned':
      return going({ ...idle, untidy: 'renew' });
    case 'lost':
      return stopped(result.reason);
    case 'threw':
      return troubled(idle, result.code);
  }
}

function betweenRuns(signer: Writing, reply: Reply, rules: Rules): After {
  if (signer.draining && (signer.untidy === null || signer.untidy === 'renew')) return stopped('drained');
  if (reply.kind === 'error') return troubled(signer, reply.error);
  if (reply.kind === 'renewed') {
    return reply.held ? going({ ...signer, untidy: 'look' }) : stopped('lease.lost');
  }
  if (reply.kind === 'unfinished') {
    return going({ ...signer, untidy: noneIsNull(reply.records.map(({ id }) => id)) });
  }
  if (reply.kind === 'pending') {
    if (reply.rows.length === 0) return going(signer);
    return afterRun(signer, startRun(signer.fence, signer.base, { kind: 'files', rows: reply.rows }, rules));
  }
  return going({ ...signer, untidy: noneIsNull((signer.untidy as readonly number[]).slice(1)) });
}

/** `tolerating` of the writer: what passes is waited out, and tidied up after. */
function troubled(signer: Writing, code: string): After {
  return code === 'lease.lost' ? stopped(code) : going({ ...signer, untidy: 'renew' });
}

/** Asked before each attempt; once begun, an attempt goes on until something fails. */
function ends(machine: TakeoverState, draining: boolean): boolean {
  return draining && machine.phase === 'reading-store' && machine.round === 1;
}

function noneIsNull(ids: readonly number[]): readonly number[] | null {
  return ids.length === 0 ? null : ids;
}

function outcomeOfReply(reply: Reply): TakeoverOutcome {
  switch (reply.kind) {
    case 'error':
      return { kind: 'failed', code: reply.error };
    case 'published': {
      const { id, version, snapshot } = reply.timestamp;
      return { kind: 'store', stored: { version, sha256: id, snapshotVersion: snapshot } };
    }
    case 'roles':
      return { kind: 'roles', committed: reply.committed };
    case 'unfinished':
      return { kind: 'records', unfinished: reply.records };
    default:
      return { kind: 'done' };
  }
}

function baseOf({ timestamp, tag, bins }: Extract<Reply, { kind: 'published' }>): Base {
  const { version, snapshot, snapshotId } = timestamp;
  return { tag, timestamp: version, snapshot, snapshotId, bins };
}

function takingOver(fence: number): TakingOver {
  const machine: TakeoverState = takeoverStarted;
  return { at: 'taking-over', fence, draining: false, machine, base: null, run: null };
}

function writing(fence: number, draining: boolean, base: Base): Writing {
  return { at: 'writing', fence, draining, base, untidy: null, run: null };
}

/** Draining: nothing is left to do but to release the lease. */
function letGo({ fence, base }: TakingOver): Writing {
  return writing(fence, true, base!);
}

const going = (signer: Signer): After => ({ signer, stopped: null });
const stopped = (reason: string): After => ({ signer: standby, stopped: reason });
