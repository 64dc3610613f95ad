import { formatCheckpointSpec } from '@rind/crash-points';
import type { CheckpointSpec } from '@rind/crash-points';
import type { StoreKind } from './store-setting.ts';
import type { Environment } from './subject.ts';

/** The command `rind dev crash-points`, built. */
const command = new URL('../../../apps/cli/dist/commands/crash-points.js', import.meta.url).href;

/** Passed when a signer takes the lease, whatever is pending. */
const atStart = ['lease-taken', 'takeover-decided'];
/** Passed by what uploads cause, and not by the first act of a new holder of the lease. */
const byUploadsOnly = ['batch-taken', 'snapshot-signed', 'after-snapshot'];
const ofStorePut = 'store.put.';
const ofSweep = 'gc-';

/** Sweeps often, and deletes what nobody has named for longer than any reader takes. */
const sweeping: Environment = { RIND_GC_INTERVAL_MS: '2000', RIND_GC_GRACE_MS: '20000' };

interface NamedPoint {
  readonly process: string;
  readonly point: string;
  readonly store?: StoreKind;
}

/** What makes a process pass a point: an upload, the lease that goes over to another signer, or a sweep. */
export type Cause = 'upload' | 'take-over' | 'sweep';

/** A kill to be made: where, and what makes the process pass there. */
export interface PointKill extends CheckpointSpec {
  /** As RIND_CRASH_AT and RIND_STOP_AT want it. */
  readonly text: string;
  readonly cause: Cause;
}

/** Every named point of every process with this store. */
async function namedPointsWith(kind: StoreKind): Promise<readonly NamedPoint[]> {
  const { namedPoints } = (await import(command)) as { namedPoints(): Promise<readonly NamedPoint[]> };
  return (await namedPoints()).filter(({ store }) => store === undefined || store === kind);
}

/**
 * Each point once, where a publication of uploads passes it; with `takeovers` also where the first act of a new
 * holder passes it.
 */
export async function pointKills(kind: StoreKind, takeovers: boolean): Promise<readonly PointKill[]> {
  const kills: PointKill[] = [];
  for (const { process, point } of await namedPointsWith(kind)) {
    const second = process === 'signer' && isPassedByTakeover(point);
    if (process === 'signer' && atStart.includes(point)) kills.push(killOf(process, point, 1, 'take-over'));
    else if (point.startsWith(ofSweep)) kills.push(killOf(process, point, 1, 'sweep'));
    else kills.push(killOf(process, point, second ? 2 : 1, 'upload'));
    if (second && takeovers) kills.push(killOf(process, point, 1, 'take-over'));
  }
  return spread(kills);
}

/** The signer's points at which a writer is stopped while another takes over: all but those of a sweep. */
export async function pointStops(kind: StoreKind): Promise<readonly PointKill[]> {
  const kills = await pointKills(kind, false);
  return kills.filter(({ process, cause }) => process === 'signer' && cause !== 'sweep');
}

/** What the instance is told besides, so that all of them are passed. */
export function environmentFor(kills: readonly PointKill[]): Environment {
  return kills.some(({ cause }) => cause === 'sweep') ? sweeping : {};
}

function isPassedByTakeover(point: string): boolean {
  const others = [...atStart, ...byUploadsOnly];
  return !others.includes(point) && !point.startsWith(ofStorePut) && !point.startsWith(ofSweep);
}

/**
 * Uploads and sweeps pass a point again and again in one life of a process, and a held back spec must still be met; a
 * life takes over once, and only that passing counts.
 */
function killOf(process: string, point: string, passing: number, cause: Cause): PointKill {
  const spec = { process, point, passing, orLater: cause !== 'take-over' };
  return { ...spec, text: formatCheckpointSpec(spec), cause };
}

/**
 * Evenly mixed by process: whoever is killed seldom is started again without a long wait, and between two sweeps
 * something becomes old enough to be deleted.
 */
function spread(kills: readonly PointKill[]): readonly PointKill[] {
  const kindOf = ({ process, cause }: PointKill): string => (cause === 'sweep' ? cause : process);
  const counts = new Map<string, number>();
  const ranked = kills.map((kill) => {
    const rank = counts.get(kindOf(kill)) ?? 0;
    counts.set(kindOf(kill), rank + 1);
    return { kill, rank };
  });
  const place = ({ kill, rank }: (typeof ranked)[number]): number => (rank + 0.5) / counts.get(kindOf(kill))!;
  return ranked.toSorted((a, b) => place(a) - place(b)).map(({ kill }) => kill);
}
