import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatCheckpointSpec, markerName } from '@rind/crash-points';
import type { CheckpointSpec } from '@rind/crash-points';

/**
 * Many named points for one life of an instance: all are given to it at its start and held back by their markers, and
 * each is released when it is its turn, so that everything can be looked at between two of them.
 */
export class Traps<Spec extends CheckpointSpec = CheckpointSpec> {
  readonly all: readonly Spec[];
  private readonly what: 'crash' | 'stop';
  private readonly stateDir: string;

  /** @param dataDir an empty folder, of an instance that was not started yet */
  constructor(what: 'crash' | 'stop', all: readonly Spec[], dataDir: string) {
    this.what = what;
    this.all = all;
    this.stateDir = join(dataDir, 'run');
    mkdirSync(this.stateDir, { mode: 0o700 });
    for (const each of all) writeFileSync(this.markerOf(each), '', { flag: 'wx' });
  }

  /** What the instance is started with. */
  get env(): Readonly<Record<string, string>> {
    const list = this.all.map(formatCheckpointSpec).join(',');
    return this.what === 'crash' ? { RIND_CRASH_AT: list } : { RIND_STOP_AT: list };
  }

  /** It happens at the next passing. Throws when it was released before. */
  release(spec: Spec): void {
    rmSync(this.markerOf(spec));
  }

  /** Whether it has happened since it was released: the marker is made right before the signal. */
  isTaken(spec: Spec): boolean {
    return existsSync(this.markerOf(spec));
  }

  private markerOf(spec: Spec): string {
    return join(this.stateDir, markerName(this.what, spec));
  }
}
