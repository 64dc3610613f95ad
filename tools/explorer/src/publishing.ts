import { planned } from '@rind/repository';
import type { PublicationCommand, PublicationOutcome } from '@rind/repository';
import type { Effect, Reply } from './effect.ts';
import type { Rules } from './rules.ts';
import { binCount, binKey, snapshotKey } from './world.ts';
import type { Base, Plan, Run, TimestampObject } from './world.ts';

/**
 * A publication as `apps/signer/src/publishing/publisher.ts` performs it: the command of the machine's
 * state, its outcome fed back, a step that is tried again made from its beginning with the very same bytes.
 */
export type RunResult =
  | { readonly kind: 'going'; readonly run: Run }
  | { readonly kind: 'published'; readonly base: Base }
  | { readonly kind: 'abandoned'; readonly failure: string | null }
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'left' }
  | { readonly kind: 'threw'; readonly code: string };

export function startRun(fence: number, base: Base, plan: Plan, rules: Rules): RunResult {
  return settled(
    { machine: planned, fence, plan, base, opened: null, stored: 0, tag: null, failure: null },
    rules,
  );
}

/** The call that the run waits for; null only for a run that is over. */
export function requestOfRun(run: Run, rules: Rules): Effect {
  const { fence } = run;
  const command = rules.commandOf(run.machine);
  if (command === null) return { call: 'abandon', fence, id: run.opened!.id };
  switch (command) {
    case 'open':
      return { call: 'open', fence, plan: run.plan };
    case 'write-targets': {
      const index = run.stored;
      const version = run.opened!.bins[index]!;
      const id = idOf(run);
      return { call: 'put-bin', index, from: run.base.bins[index]!, version, id, files: run.plan.rows };
    }
    case 'write-snapshot': {
      const { snapshot, bins } = run.opened!;
      return { call: 'put', key: snapshotKey(snapshot), object: { id: idOf(run), bins } };
    }
    case 'sync': {
      const { snapshot, bins } = run.opened!;
      return { call: 'sync', keys: [...bins.map((version, i) => binKey(i, version)), snapshotKey(snapshot)] };
    }
    case 'prepare':
      return { call: 'prepare', fence, id: run.opened!.id, sha256: idOf(run) };
    case 'swap-timestamp':
      return { call: 'swap', timestamp: timestampOf(run), tag: run.tag ?? run.base.tag };
    case 'read-timestamp':
      return { call: 'get-timestamp' };
    case 'close':
      return { call: 'close', fence, id: run.opened!.id };
    case 'abandon':
      throw new Error('the machine has no state with this command');
  }
}

export function receiveInRun(run: Run, reply: Reply, draining: boolean, rules: Rules): RunResult {
  const command = rules.commandOf(run.machine);
  if (command === null) return afterAbandon(run, reply);
  if (reply.kind === 'error') return failed(run, command, reply.error, draining, rules);
  switch (command) {
    case 'open':
      return afterOpen({ ...run, opened: (reply as Extract<Reply, { kind: 'opened' }>).opened }, rules);
    case 'write-targets':
      if (run.stored + 1 < binCount) return { kind: 'going', run: { ...run, stored: run.stored + 1 } };
      return step({ ...run, stored: 0 }, done, rules);
    case 'swap-timestamp':
      return step({ ...run, tag: (reply as Extract<Reply, { kind: 'swapped' }>).tag }, done, rules);
    case 'read-timestamp': {
      const stored = reply as Extract<Reply, { kind: 'timestamp' }>;
      const ours = { sha256: idOf(run), tag: run.tag ?? run.base.tag };
      const outcome = rules.outcomeOfReading(stored, ours);
      if (outcome.kind === 'unmade' && draining) return { kind: 'left' };
      const tag = outcome.kind === 'done' || rules.adoptsTag ? stored.tag : run.tag;
      return step({ ...run, tag }, outcome, rules);
    }
    default:
      return step(run, done, rules);
  }
}

function afterOpen(run: Run, rules: Rules): RunResult {
  const { timestamp, snapshot, bins } = run.opened!;
  const { base, plan } = run;
  const stale = rules.staleNumber(
    { timestampVersion: base.timestamp, snapshotVersion: base.snapshot, binVersion: (i) => base.bins[i]! },
    { timestampVersion: timestamp, snapshotVersion: snapshot, binVersions: new Map(bins.entries()) },
    plan.kind !== 'takeover',
  );
  return step(run, stale === null ? done : rules.outcomeOf('open', 'record.older'), rules);
}

function failed(
  run: Run,
  command: PublicationCommand,
  code: string,
  draining: boolean,
  rules: Rules,
): RunResult {
  const outcome = rules.outcomeOf(command, code);
  if ((outcome.kind === 'retry' || outcome.kind === 'unknown') && draining) return { kind: 'left' };
  return step({ ...run, stored: 0, failure: code }, outcome, rules);
}

function step(run: Run, outcome: PublicationOutcome, rules: Rules): RunResult {
  return settled({ ...run, machine: rules.advance(run.machine, outcome) }, rules);
}

/** Passes over what needs no call: a take-over writes no bins and no snapshot. */
function settled(run: Run, rules: Rules): RunResult {
  const { machine } = run;
  switch (machine.phase) {
    case 'closed':
      return { kind: 'published', base: publishedBy(run) };
    case 'lost':
      return { kind: 'lost', reason: machine.reason };
    case 'abandoned':
      return run.opened === null ? { kind: 'abandoned', failure: run.failure } : { kind: 'going', run };
  }
  const command = rules.commandOf(machine);
  const silent = command === 'write-targets' || command === 'write-snapshot' || command === 'sync';
  return silent && run.plan.kind === 'takeover' ? step(run, done, rules) : { kind: 'going', run };
}

function afterAbandon(run: Run, reply: Reply): RunResult {
  if (reply.kind === 'error') return { kind: 'threw', code: reply.error };
  return { kind: 'abandoned', failure: run.failure };
}

function publishedBy(run: Run): Base {
  const { timestamp, snapshot, bins } = run.opened!;
  const tag = run.tag!;
  if (run.plan.kind === 'takeover') return { ...run.base, tag, timestamp, snapshot };
  return { tag, timestamp, snapshot, snapshotId: idOf(run), bins };
}

/** Nobody else writes these bytes: fence, publication and epoch stand for the signature and its date. */
function idOf({ fence, opened }: Run): string {
  const { epoch, id } = opened!;
  return `${epoch}/${fence}/${id}`;
}

function timestampOf(run: Run): TimestampObject {
  const { timestamp: version, snapshot } = run.opened!;
  const snapshotId = run.plan.kind === 'takeover' ? run.base.snapshotId : idOf(run);
  return { id: idOf(run), fence: run.fence, version, snapshot, snapshotId };
}

const done: PublicationOutcome = { kind: 'done' };
