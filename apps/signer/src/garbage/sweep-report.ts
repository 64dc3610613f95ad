export type GarbageArea = 'metadata' | 'pages' | 'packages';

/** Objects of one part of the store. */
export interface AreaReport {
  /** Looked at: listed in the store, of packages those whose path is not served. */
  scanned: number;
  /** Needed. */
  kept: number;
  /** Not needed, and within the grace period; of packages within the retention. */
  waiting: number;
  /** Not needed and beyond it, before anything was deleted. */
  deletable: number;
  deleted: number;
}

/** What a sweep found and did; the whole and its parts. */
export interface SweepReport extends Readonly<AreaReport> {
  readonly unreferenced: number;
  readonly byArea: Readonly<Record<GarbageArea, Readonly<AreaReport>>>;
}

export type Tally = Record<GarbageArea, AreaReport>;

export function newTally(): Tally {
  const area = (): AreaReport => ({ scanned: 0, kept: 0, waiting: 0, deletable: 0, deleted: 0 });
  return { metadata: area(), pages: area(), packages: area() };
}

export function reportOf(tally: Tally): SweepReport {
  const areas = Object.values(tally);
  const sum = (part: keyof AreaReport): number => areas.reduce((total, area) => total + area[part], 0);
  return {
    scanned: sum('scanned'),
    kept: sum('kept'),
    unreferenced: sum('waiting') + sum('deletable'),
    waiting: sum('waiting'),
    deletable: sum('deletable'),
    deleted: sum('deleted'),
    byArea: structuredClone(tally),
  };
}
