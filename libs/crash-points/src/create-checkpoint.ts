import { noCheckpoint } from '@rind/kernel';
import type { Checkpoint } from '@rind/kernel';
import { markerName, parseCheckpointSpecs } from './checkpoint-spec.ts';
import type { CheckpointSpec } from './checkpoint-spec.ts';
import { CheckpointError } from './errors.ts';
import { takeMarker } from './once-marker.ts';

export interface CheckpointOptions {
  /** Name of this process as it stands before the slash: `signer`. */
  readonly process: string;
  /** RIND_CRASH_AT: kill this process (SIGKILL) at each of these. Specs of other processes are ignored. */
  readonly crashAt?: string | undefined;
  /** RIND_STOP_AT: stop it at each of these (SIGSTOP); after SIGCONT it goes on. */
  readonly stopAt?: string | undefined;
  /** Folder for the markers that make each spec happen once, whichever process and restart comes first. */
  readonly stateDir: string;
  /** All points that this process can pass. */
  readonly knownPoints: readonly string[];
}

interface Trap extends CheckpointSpec {
  readonly signal: 'SIGKILL' | 'SIGSTOP';
  readonly marker: string;
}

/** Longer than the kernel needs to stop every thread of a process that has just signalled itself. */
const SIGNAL_LANDS_MS = 50;

/**
 * Development only. Kills or stops this process at the Nth passing of a named point, once per state folder and spec.
 * Without a spec for this process it does nothing at all; with one, it also refuses to pass a point that is
 * not in `knownPoints`, so that the list stays complete. Throws `checkpoint.bad-spec`, `checkpoint.unknown-point`.
 */
export function createCheckpoint(options: CheckpointOptions): Checkpoint {
  const traps = [
    ...trapsOf(options, 'SIGKILL', options.crashAt),
    ...trapsOf(options, 'SIGSTOP', options.stopAt),
  ];
  if (traps.length === 0) return noCheckpoint;
  const passings = new Map<string, number>();
  return (point) => {
    checkKnown(options, point);
    const passing = (passings.get(point) ?? 0) + 1;
    passings.set(point, passing);
    for (const trap of traps) {
      if (trap.point !== point || !isMeant(trap, passing)) continue;
      if (takeMarker(options.stateDir, trap.marker)) signalSelf(trap.signal);
    }
  };
}

function isMeant(trap: Trap, passing: number): boolean {
  return trap.orLater ? passing >= trap.passing : passing === trap.passing;
}

/** Every entry is parsed, also those of other processes; the points of this one must be known. */
function trapsOf(options: CheckpointOptions, signal: Trap['signal'], text: string | undefined): Trap[] {
  if (text === undefined || text === '') return [];
  const what = signal === 'SIGKILL' ? 'crash' : 'stop';
  const own = parseCheckpointSpecs(text).filter((spec) => spec.process === options.process);
  return own.map((spec) => {
    checkKnown(options, spec.point);
    return { ...spec, signal, marker: markerName(what, spec) };
  });
}

function checkKnown(options: CheckpointOptions, point: string): void {
  const { process, knownPoints } = options;
  if (knownPoints.includes(point)) return;
  const details = { process, point, known: knownPoints };
  throw new CheckpointError('checkpoint.unknown-point', `${process} has no point ${point}`, details);
}

/** Nothing of this thread runs between the signal and its effect. */
function signalSelf(signal: Trap['signal']): void {
  process.kill(process.pid, signal);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SIGNAL_LANDS_MS);
}
