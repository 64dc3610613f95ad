import { DatabasePublicationLog } from '@rind/database';
import type { TransactionalSql } from '@rind/database';
import type {
  ClosedPublication,
  OpenedPublication,
  OutboxRow,
  PreparedPublication,
  PublicationPlan,
  SetAsideRow,
} from '@rind/queue-port';
import type { WriterWatch } from './writer-watch.ts';

/** Upload ids that one line names; `uploads` says how many there are. */
const namedUploads = 20;

type Tell = (event: string, fields: Readonly<Record<string, unknown>>) => void;

interface SeenRow {
  readonly uploadId: string;
  readonly enqueuedAtMs: number;
}

/**
 * The publication log, of which an operator reads what it took: `publication.opened` names the uploads, and every
 * line the publication, also of one that an earlier holder left.
 */
export class ToldPublicationLog extends DatabasePublicationLog {
  private readonly tell: Tell;
  private readonly watch: WriterWatch;
  private seen: ReadonlyMap<number, SeenRow> = new Map();

  constructor(sql: TransactionalSql, watch: WriterWatch, tell: Tell) {
    super(sql);
    this.watch = watch;
    this.tell = tell;
  }

  /** @param except those that a quota holds */
  override async pending(limit: number, except: readonly number[] = []): Promise<OutboxRow[]> {
    const rows = await super.pending(limit, except);
    const held = except.flatMap((id) => this.seen.get(id) ?? []);
    const kept = except.flatMap((id) => {
      const row = this.seen.get(id);
      return row === undefined ? [] : [[id, row] as const];
    });
    this.seen = new Map([...kept, ...rows.map((row) => [row.id, row] as const)]);
    this.watch.showHeld(
      except.length,
      held.reduce<number | null>(
        (oldest, { enqueuedAtMs }) => Math.min(oldest ?? enqueuedAtMs, enqueuedAtMs),
        null,
      ),
    );
    this.watch.signOfLife();
    return rows;
  }

  override async setAside(fence: number, rows: readonly SetAsideRow[]): Promise<void> {
    await super.setAside(fence, rows);
    for (const { outboxId, reason } of rows.slice(0, namedUploads)) {
      this.tell('request.set-aside', { uploadId: this.seen.get(outboxId)?.uploadId, reason });
    }
  }

  override async open(fence: number, plan: PublicationPlan): Promise<OpenedPublication> {
    const opened = await super.open(fence, plan);
    this.watch.opened(opened.id);
    const uploadIds = plan.outboxIds.slice(0, namedUploads).map((id) => this.seen.get(id)?.uploadId ?? null);
    this.tell('publication.opened', {
      publication: opened.id,
      kind: plan.kind,
      files: plan.files,
      bins: plan.bins.length,
      uploads: plan.outboxIds.length,
      ...(uploadIds.length === 0 ? {} : { uploadIds }),
    });
    return opened;
  }

  override async prepare(fence: number, id: number, prepared: PreparedPublication): Promise<void> {
    await super.prepare(fence, id, prepared);
    this.watch.signOfLife();
  }

  override async close(fence: number, id: number, closed: ClosedPublication): Promise<void> {
    await super.close(fence, id, closed);
    this.watch.signOfLife();
    // The writer tells of those that it made itself.
    if (closed.durationMs === null) this.tell('publication.rolled-forward', { publication: id });
  }

  override async abandon(fence: number, id: number, reason: string): Promise<void> {
    await super.abandon(fence, id, reason);
    this.watch.signOfLife();
    this.tell('publication.given-up', { publication: id, reason });
  }
}
