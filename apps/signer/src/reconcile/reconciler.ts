import { messageOf } from '@rind/kernel';
import type { AuditEvent, PublicationLog } from '@rind/queue-port';

export interface Watch {
  /** Alarms found in this round. */
  next(): Promise<AuditEvent[]>;
}

/** Runs the watches one after another, for ever, on the active signer; a failing one never stops the others. */
export class Reconciler {
  private readonly log: PublicationLog;
  private readonly watches: readonly Watch[];
  private readonly intervalMs: number;
  private readonly warn: (event: string, detail: object) => void;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  /** Found, and not yet in the log. */
  private alarms: AuditEvent[] = [];

  constructor(
    log: PublicationLog,
    watches: readonly Watch[],
    intervalMs: number,
    warn: (event: string, detail: object) => void,
  ) {
    this.log = log;
    this.watches = watches;
    this.intervalMs = intervalMs;
    this.warn = warn;
  }

  start(): void {
    this.timer = setTimeout(() => void this.round(), this.intervalMs);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async round(): Promise<void> {
    for (const watch of this.watches) {
      try {
        const found = await watch.next();
        for (const { event, target } of found) this.warn(event, { target });
        this.alarms.push(...found);
        await this.record();
      } catch (error) {
        this.warn('reconcile.failed', { message: messageOf(error) });
      }
    }
    if (!this.stopped) this.start();
  }

  /** Watches report each alarm once: what the database does not take now is written in a later round. */
  private async record(): Promise<void> {
    await this.log.audit(this.alarms);
    this.alarms = [];
  }
}
