import type {
  AuditEvent,
  ClosedPublication,
  CommittedRole,
  ExpiringBin,
  KnownFacts,
  OpenedPublication,
  OutboxRow,
  PathFacts,
  PreparedPublication,
  PublicationLog,
  PublicationPlan,
  SetAsideRow,
  UnfinishedPublication,
} from '@rind/queue-port';

/** A publication log in memory: numbers, states and what was audited; nothing of paths and projects. */
export class MemoryLog implements PublicationLog {
  readonly calls: string[] = [];
  readonly audited: AuditEvent[] = [];
  readonly aside: SetAsideRow[] = [];
  readonly prepared = new Map<number, PreparedPublication>();
  rows: OutboxRow[] = [];
  bins: ExpiringBin[] = [];
  records: UnfinishedPublication[] = [];
  nowMs: number;
  /** Thrown by the next call of that name. */
  readonly failing = new Map<string, Error>();
  private readonly roles = new Map<string, CommittedRole>();
  private readonly binCounters = new Map<number, number>();
  private lastId = 0;

  constructor(nowMs: number) {
    this.nowMs = nowMs;
    for (const name of ['snapshot', 'timestamp']) this.commit(name, 1, nowMs + 86_400_000);
  }

  commit(name: string, version: number, expiresMs: number): void {
    const nextVersion = Math.max(version + 1, this.roles.get(name)?.nextVersion ?? 0);
    this.roles.set(name, { name, version, nextVersion, expiresMs });
  }

  async pending(limit: number, except: readonly number[] = []): Promise<OutboxRow[]> {
    this.note('pending');
    return this.rows.filter(({ id }) => !except.includes(id)).slice(0, limit);
  }

  async known(): Promise<KnownFacts> {
    this.note('known');
    return {
      paths: new Map(),
      projects: new Map(),
      appliedGrants: new Set(),
      addedLastHour: new Map(),
      deletedLastHour: 0,
      databaseNowMs: this.nowMs,
    };
  }

  async pathsOf(): Promise<PathFacts[]> {
    return [];
  }

  async setAside(_fence: number, rows: readonly SetAsideRow[]): Promise<void> {
    this.note('setAside');
    this.aside.push(...rows);
    this.rows = this.rows.filter(({ id }) => !rows.some(({ outboxId }) => outboxId === id));
  }

  async open(_fence: number, plan: PublicationPlan): Promise<OpenedPublication> {
    this.note('open');
    const id = ++this.lastId;
    const timestampVersion = this.take('timestamp');
    const snapshotVersion = plan.newSnapshot ? this.take('snapshot') : this.roles.get('snapshot')!.version;
    const binVersions = new Map(plan.bins.map((idx) => [idx, this.takeBin(idx)]));
    this.records.push({
      id,
      state: 'open',
      snapshotVersion,
      timestampVersion,
      timestampSha256: null,
      bins: plan.bins,
    });
    return { id, binVersions, snapshotVersion, timestampVersion, databaseNowMs: this.nowMs };
  }

  async prepare(_fence: number, id: number, prepared: PreparedPublication): Promise<void> {
    this.note('prepare');
    this.prepared.set(id, prepared);
    this.records = this.records.map((record) =>
      record.id === id ? { ...record, state: 'prepared', timestampSha256: prepared.timestampSha256 } : record,
    );
  }

  async close(_fence: number, id: number, closed: ClosedPublication): Promise<void> {
    this.note(`close ${id}`);
    const record = this.records.find((one) => one.id === id);
    if (record === undefined) return;
    this.commit('timestamp', record.timestampVersion, closed.timestampExpiresMs);
    this.commit('snapshot', record.snapshotVersion, closed.snapshotExpiresMs);
    this.records = this.records.filter((one) => one !== record);
  }

  async abandon(_fence: number, id: number, reason: string): Promise<void> {
    this.note(`abandon ${id} ${reason}`);
    this.records = this.records.filter((record) => record.id !== id);
  }

  async unfinished(): Promise<UnfinishedPublication[]> {
    this.note('unfinished');
    return this.records;
  }

  async committedRoles(): Promise<ReadonlyMap<string, CommittedRole>> {
    return new Map(this.roles);
  }

  async raiseNextVersion(_fence: number, role: string, version: number): Promise<void> {
    const known = this.roles.get(role)!;
    this.roles.set(role, { ...known, nextVersion: Math.max(known.nextVersion, version) });
  }

  async binsExpiringBefore(
    expiresBeforeMs: number,
    limit: number,
    except: readonly number[] = [],
  ): Promise<ExpiringBin[]> {
    return this.bins
      .filter(({ idx, expiresMs }) => expiresMs < expiresBeforeMs && !except.includes(idx))
      .sort((a, b) => a.expiresMs - b.expiresMs)
      .slice(0, limit);
  }

  async countBinsExpiringBefore(expiresBeforeMs: number, except: readonly number[] = []): Promise<number> {
    return (await this.binsExpiringBefore(expiresBeforeMs, Number.MAX_SAFE_INTEGER, except)).length;
  }

  async audit(events: readonly AuditEvent[]): Promise<void> {
    this.note('audit');
    this.audited.push(...events);
  }

  async databaseNowMs(): Promise<number> {
    return this.nowMs;
  }

  private take(role: string): number {
    const known = this.roles.get(role)!;
    this.roles.set(role, { ...known, nextVersion: known.nextVersion + 1 });
    return known.nextVersion;
  }

  private takeBin(idx: number): number {
    const counter = (this.binCounters.get(idx) ?? 1) + 1;
    this.binCounters.set(idx, counter);
    return counter * 32_768 + idx;
  }

  private note(call: string): void {
    this.calls.push(call);
    const name = call.split(' ')[0]!;
    const error = this.failing.get(name);
    if (error === undefined) return;
    this.failing.delete(name);
    throw error;
  }
}
