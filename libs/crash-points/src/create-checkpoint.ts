import { noCheckpoint } from '@rind/kernel';
import type { Checkpoint } from '@rind/kernel';
import { parseCheckpointSpec } from './checkpoint-spec.ts';
import type { CheckpointSpec } from './checkpoint-spec.ts';
import { CheckpointError } from './errors.ts';
import { takeMarker } from './once-marker.ts';

export interface CheckpointOptions {
  /** Name of this process as it stands before the slash: `signer`. */
  readonly process: string;
  /** RIND_CRASH_AT: kill this process (SIGKILL) there. Specs of other processes are ignored. */
  readonly crashAt?: string | undefined;
  /** RIND_STOP_AT: stop it there (SIGSTOP); after SIGCONT it goes on. */
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
 * Development only. Kills or stops this process at the Nth passing of a named point, once per state folder.
 * Without a spec for this process it does nothing at all; with one, it also refuses to pass a point that is
 * not in `knownPoints`, so that the list stays complete. Throws `checkpoint.bad-spec`, `checkpoint.unknown-point`.
 */
export function createCheckpoint(options: CheckpointOptions): Checkpoint {
  const traps = [
    trapOf(options, 'SIGKILL', options.crashAt),
    trapOf(options, 'SIGSTOP', options.stopAt),
  ].filter((trap) => trap !== null);
  if (traps.length === 0) return noCheckpoint;
  const passings = new Map<string, number>();
  return (point) => {
    checkKnown(options, point);
    const passing = (passings.get(point) ?? 0) + 1;
    passings.set(point, passing);
    for (const trap of traps) {
      if (trap.point !== point || trap.passing !== passing) continue;
      if (takeMarker(options.stateDir, trap.marker)) signalSelf(trap.signal);
    }
  };
}

function trapOf(options: CheckpointOptions, signal: Trap['signal'], text: string | undefined): Trap | null {
  if (text === undefined || text === '') return null;
  const spec = parseCheckpointSpec(text);
  if (spec.process !== options.process) return null;
  checkKnown(options, spec.point);
  const what = signal === 'SIGKILL' ? 'crash' : 'stop';
  return { ...spec, signal, marker: `${what}-at.${spec.process}.${spec.point}.${spec.passing}` };
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
