import { QueueError } from '@rind/queue-port';
import type { GarbageCensus, GarbageLog, GonePackage, StoreReferences } from '@rind/queue-port';

interface Condemned {
  readonly fence: number;
  readonly lasting: boolean;
  readonly deletedAtMs: number | null;
}

/** The sweep's record in memory, with the fence of a lease that a test moves on. */
export class MemoryGarbage implements GarbageLog {
  fence = 1;
  nowMs = 0;
  readonly unreferenced = new Map<string, number>();
  readonly rows = new Map<string, Condemned>();
  /** What the record refers to. */
  snapshots = new Set<number>();
  readonly pages = new Map<string, string>();
  gone: GonePackage[] = [];
  /** The last snapshot of each day. */
  daily: number[] = [];
  /** Thrown by the next call of that name. */
  readonly failing = new Map<string, Error>();

  async references(_bins: readonly number[], projects: readonly string[]): Promise<StoreReferences> {
    this.note('references');
    const pages = new Map<string, Set<string>>();
    for (const name of projects) {
      const sha256 = this.pages.get(name);
      if (sha256 !== undefined) pages.set(name, new Set([sha256]));
    }
    return { snapshots: this.snapshots, bins: new Map(), pages };
  }

  async dailySnapshots(days: number): Promise<number[]> {
    return this.daily.slice(-days);
  }

  async observe(fence: number, kept: readonly string[], unreferenced: readonly string[]): Promise<void> {
    this.note('observe', fence);
    for (const key of kept) this.unreferenced.delete(key);
    for (const key of unreferenced) {
      if (!this.unreferenced.has(key)) this.unreferenced.set(key, this.nowMs);
    }
  }

  async due(graceMs: number, limit: number): Promise<string[]> {
    this.note('due');
    return this.dueKeys(graceMs).slice(0, limit);
  }

  async census(graceMs: number): Promise<GarbageCensus> {
    this.note('census');
    const due = new Set(this.dueKeys(graceMs));
    const count = (prefix: string) => {
      const keys = [...this.unreferenced.keys()].filter((key) => key.startsWith(prefix));
      return {
        waiting: keys.filter((key) => !due.has(key)).length,
        due: keys.filter((key) => due.has(key)).length,
      };
    };
    return { metadata: count('metadata/'), pages: count('targets/') };
  }

  async gonePackages(_retentionMs: number, after: string, limit: number): Promise<GonePackage[]> {
    this.note('gonePackages');
    const stored = ({ project, sha256, filename }: GonePackage): boolean =>
      !this.rows.has(`targets/packages/${project}/${sha256}.${filename}`);
    return this.gone.filter((one) => one.targetPath > after && stored(one)).slice(0, limit);
  }

  async condemn(fence: number, keys: readonly string[], lasting: boolean): Promise<string[]> {
    this.note('condemn', fence);
    for (const key of keys) {
      const again = this.rows.has(key);
      this.rows.set(key, { fence, lasting: lasting || again, deletedAtMs: null });
      this.unreferenced.delete(key);
    }
    return [...keys];
  }

  async confirm(fence: number, keys: readonly string[]): Promise<void> {
    this.note('confirm', fence);
    for (const key of keys) this.rows.set(key, { ...this.rows.get(key)!, deletedAtMs: this.nowMs });
  }

  async pardon(fence: number, afterMs: number): Promise<void> {
    this.note('pardon', fence);
    for (const [key, { lasting, deletedAtMs }] of this.rows) {
      if (!lasting && deletedAtMs !== null && deletedAtMs < this.nowMs - afterMs) this.rows.delete(key);
    }
  }

  async unconfirmed(limit: number): Promise<string[]> {
    this.note('unconfirmed');
    return [...this.rows].flatMap(([key, row]) => (row.deletedAtMs === null ? [key] : [])).slice(0, limit);
  }

  async settle(fence: number, keys: readonly string[]): Promise<void> {
    this.note('settle', fence);
    for (const key of keys) this.rows.set(key, { fence, lasting: true, deletedAtMs: this.nowMs });
  }

  async condemned(keys: readonly string[]): Promise<ReadonlySet<string>> {
    this.note('condemned');
    return new Set(keys.filter((key) => this.rows.has(key)));
  }

  private dueKeys(graceMs: number): string[] {
    return [...this.unreferenced].flatMap(([key, sinceMs]) => (sinceMs < this.nowMs - graceMs ? [key] : []));
  }

  private note(name: string, fence = this.fence): void {
    const failure = this.failing.get(name);
    this.failing.delete(name);
    if (failure !== undefined) throw failure;
    if (fence !== this.fence) throw new QueueError('lease.lost', 'a newer holder', { fence });
  }
}
