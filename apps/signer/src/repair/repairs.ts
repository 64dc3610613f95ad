import { monotonicMs } from '@rind/kernel';
import type { AuditEvent } from '@rind/queue-port';
import { binName, metadataKey } from '@rind/repository';
import type { BinPool } from '../bins/bin-pool.ts';
import type { BinFinding } from '../bins/bin-tasks.ts';
import type { PublishedState } from '../published/published-state.ts';
import { repairPlan, signingAnew } from '../publishing/plan.ts';
import type { PublishingPlan } from '../publishing/plan.ts';
import { rebuild } from './rebuild.ts';
import type { Rebuilt, RebuildParts } from './rebuild.ts';
import type { UnprovenBins } from './unproven-bins.ts';

export interface RepairsParts extends RebuildParts {
  readonly bins: Pick<BinPool, 'check'>;
  /** Told of every bin that was looked at. */
  readonly unproven: Pick<UnprovenBins, 'due' | 'judge'>;
  readonly audit: (events: readonly AuditEvent[]) => Promise<void>;
}

/** A publication that repairs, and what is said once it is closed. */
export interface RepairStep {
  readonly plan: PublishingPlan;
  readonly closed: () => Promise<void>;
}

/**
 * What is found damaged in the store, and the publication that makes it good.
 *
 * Invariants, in the order in which they are kept:
 * 1. A suspicion is looked into before anything is done about it: nothing is made anew that is sound.
 * 2. The alarm comes before the repair.
 * 3. Only what grants prove is signed; what they do not prove stays as it is, is said, and is looked at again.
 * 4. What is made anew gets a version of its own: the damaged object is never written again.
 */
export class Repairs {
  private readonly parts: RepairsParts;
  private suspects = new Set<number>();
  /** Their versions; null when nothing is suspected of them. */
  private snapshot: number | null = null;
  private timestamp: number | null = null;
  /** Keys of pages under which other bytes lie: nothing can be put there. */
  private readonly spoiled = new Set<string>();
  /** What was said already, by event and object. */
  private readonly said = new Set<string>();

  constructor(parts: RepairsParts) {
    this.parts = parts;
  }

  /** Bins, by index, that are to be looked at, with the pages that they name. */
  suspect(bins: Iterable<number>): void {
    for (const idx of bins) this.suspects.add(idx);
  }

  /** The snapshot of that version is not what was published: the next one replaces it. */
  suspectSnapshot(version: number): void {
    this.snapshot = version;
  }

  /**
   * The served timestamp is not ours, which was of that version. Whoever is right, the next swap tells: it fails, and
   * the next holder of the lease finds out what became of the timestamp.
   */
  suspectTimestamp(version: number): void {
    this.timestamp = version;
  }

  /** Under the key of a page lie other bytes: the page is rendered otherwise from now on. */
  async avoid(key: string): Promise<void> {
    this.spoiled.add(key);
    const detail = { code: 'store.corrupt', reason: 'hash differs' };
    await this.alarm([{ event: 'store.corrupt', target: key, detail }]);
  }

  /** Those of the keys that no page may be stored as. */
  async avoided(keys: readonly string[]): Promise<ReadonlySet<string>> {
    const condemned = await this.parts.condemned(keys);
    return new Set([...condemned, ...keys.filter((key) => this.spoiled.has(key))]);
  }

  /** True when something is suspected of what is served now; what was replaced since, by ourselves, needs nothing. */
  isDue(state: PublishedState): boolean {
    return this.suspects.size > 0 || this.parts.unproven.due().length > 0 || this.isTopSuspected(state);
  }

  private isTopSuspected({ snapshotVersion, timestampVersion }: PublishedState): boolean {
    return this.snapshot === snapshotVersion || this.timestamp === timestampVersion;
  }

  /** What has to be published to repair what was suspected; null when there is nothing. */
  async plan(state: PublishedState): Promise<RepairStep | null> {
    const suspects = new Set([...this.suspects, ...this.parts.unproven.due()]);
    if (!this.isDue(state)) return null;
    if (this.snapshot === state.snapshotVersion) await this.alarm([corruptSnapshot(state.snapshotVersion)]);
    const findings = await this.parts.bins.check(state.vector, [...suspects], this.parts.pages);
    const step = await this.planFor(findings, suspects);
    this.suspects = new Set([...this.suspects].filter((idx) => !suspects.has(idx)));
    return step.plan.bins.size > 0 || this.isTopSuspected(state) ? step : null;
  }

  /**
   * What has to be published to repair these findings, with a new snapshot in any case.
   * @param looked indexes of all bins that were looked at
   * @param anew those of them that are signed anew even where they are sound
   */
  async planFor(
    findings: readonly BinFinding[],
    looked: Iterable<number>,
    anew: readonly number[] = [],
  ): Promise<RepairStep> {
    await this.alarm(findings.flatMap(corrupt));
    const damagedPages = findings.flatMap(({ pages }) => pages);
    for (const { damage, key } of damagedPages) if (damage.code === 'store.corrupt') this.spoiled.add(key);
    const damaged = new Set(findings.filter(({ damage }) => damage !== null).map(({ bin }) => bin.idx));
    const made = await rebuild(
      { ...this.parts, condemned: (keys) => this.avoided(keys) },
      [...damaged],
      [...new Set(damagedPages.map(({ project }) => project))],
    );
    await this.alarm(this.refusals(made));
    this.parts.unproven.judge(
      looked,
      made.unproven.filter(({ idx }) => damaged.has(idx)).map(({ idx, reason }) => ({ idx, reason })),
    );
    const sound = anew.filter((idx) => !damaged.has(idx));
    return {
      plan: signingAnew(repairPlan(made, monotonicMs()), sound),
      closed: async () => {
        if (made.bins.size === 0) return;
        const bins = [...made.bins.keys()].map((idx) => binName(idx, this.parts.bitLength));
        await this.parts.audit([
          { event: 'store.repaired', detail: { bins, pages: made.pages.map(({ project }) => project) } },
        ]);
      },
    };
  }

  /** Each object once: it is met again and again while nobody can repair it. */
  private async alarm(events: readonly AuditEvent[]): Promise<void> {
    const mark = ({ event, target }: AuditEvent): string => `${event} ${target}`;
    const unsaid = events.filter((each) => !this.said.has(mark(each)));
    if (unsaid.length === 0) return;
    await this.parts.audit(unsaid);
    for (const each of unsaid) this.said.add(mark(each));
  }

  private refusals({ unproven }: Rebuilt): AuditEvent[] {
    return unproven.map(({ idx, reason, grants }) => ({
      event: 'repair.refused',
      target: binName(idx, this.parts.bitLength),
      detail: { reason, grants: grants.slice(0, 20), count: grants.length },
    }));
  }
}

function corruptSnapshot(version: number): AuditEvent {
  const detail = { role: 'snapshot', version, code: 'store.corrupt', reason: 'hash differs' };
  return { event: 'store.corrupt', target: metadataKey('snapshot', version), detail };
}

function corrupt({ bin, damage, pages }: BinFinding): AuditEvent[] {
  const { role, version } = bin;
  return [
    ...(damage === null
      ? []
      : [
          {
            event: 'store.corrupt',
            target: metadataKey(role, version),
            detail: { role, version, ...damage },
          },
        ]),
    ...pages.map((page) => ({
      event: 'store.corrupt',
      project: page.project,
      target: page.key,
      detail: { ...page.damage },
    })),
  ];
}
