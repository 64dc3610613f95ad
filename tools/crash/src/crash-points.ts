import { formatCheckpointSpec } from '@rind/crash-points';
import type { CheckpointSpec } from '@rind/crash-points';
import type { StoreKind } from './store-setting.ts';
import type { Environment } from './subject.ts';

/** The command `rind dev crash-points`, built. */
const command = new URL('../../../apps/cli/dist/commands/crash-points.js', import.meta.url).href;

/** Passed when a signer starts, whatever is pending. */
const atStart = ['lease-taken', 'takeover-decided'];
/** Passed by what uploads cause, and not by the first act of a new holder of the lease. */
const byUploadsOnly = ['batch-taken', 'snapshot-signed', 'after-snapshot'];
const ofStorePut = 'store.put.';
const ofSweep = 'gc-';

/**
 * Sweeps often, and deletes what nobody has named for longer than any reader takes; what the kills before have left
 * unnamed is old enough by then.
 */
const sweeping: Environment = { RIND_GC_INTERVAL_MS: '1000', RIND_GC_GRACE_MS: '20000' };

interface NamedPoint {
  readonly process: string;
  readonly point: string;
  readonly store?: StoreKind;
}

/** A kill to be made: where, and which process passes there. */
export interface PointKill extends CheckpointSpec {
  /** As RIND_CRASH_AT and RIND_STOP_AT want it. */
  readonly text: string;
  /** What the instance is told besides, so that the point is passed. */
  readonly env: Environment;
}

/** Every named point of every process with this store, those of a sweep last. */
async function namedPointsWith(kind: StoreKind): Promise<readonly NamedPoint[]> {
  const { namedPoints } = (await import(command)) as { namedPoints(): Promise<readonly NamedPoint[]> };
  const all = (await namedPoints()).filter(({ store }) => store === undefined || store === kind);
  const isSweep = ({ point }: NamedPoint): boolean => point.startsWith(ofSweep);
  return [...all.filter((each) => !isSweep(each)), ...all.filter(isSweep)];
}

/**
 * Each point once, where a publication of uploads passes it; with `takeovers` also where the first act of a new
 * holder passes it.
 */
export async function pointKills(kind: StoreKind, takeovers: boolean): Promise<readonly PointKill[]> {
  const kills: PointKill[] = [];
  for (const { process, point } of await namedPointsWith(kind)) {
    const second = process === 'signer' && isPassedByTakeover(point);
    kills.push(killOf(process, point, second ? 2 : 1));
    if (second && takeovers) kills.push(killOf(process, point, 1));
  }
  return kills;
}

/** The signer's points at which a writer is stopped while another takes over: all but those of a sweep. */
export async function pointStops(kind: StoreKind): Promise<readonly PointKill[]> {
  const kills = await pointKills(kind, false);
  return kills.filter(({ process, point }) => process === 'signer' && !point.startsWith(ofSweep));
}

function isPassedByTakeover(point: string): boolean {
  const others = [...atStart, ...byUploadsOnly];
  return !others.includes(point) && !point.startsWith(ofStorePut) && !point.startsWith(ofSweep);
}

function killOf(process: string, point: string, passing: number): PointKill {
  const spec = { process, point, passing };
  return { ...spec, text: formatCheckpointSpec(spec), env: point.startsWith(ofSweep) ? sweeping : {} };
}
