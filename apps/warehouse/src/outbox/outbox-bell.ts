import type { Sql } from '@rind/database';
import type { Logger } from '@rind/nest-kit';

/**
 * Tells the signer that something is in the outbox. One call at a time: what rings meanwhile is one more call after it.
 * Apart from the transaction of the upload, because commits that notify wait for each other. A bell that nobody
 * hears costs time only: the signer also looks by itself.
 */
export class OutboxBell {
  private readonly sql: Sql;
  private readonly logger: Logger;
  private ringing: Promise<void> | undefined;
  private again = false;

  constructor(sql: Sql, logger: Logger) {
    this.sql = sql;
    this.logger = logger;
  }

  /** Returns at once. */
  ring(): void {
    this.again = true;
    this.ringing ??= this.run();
  }

  /** When the last call is over. */
  async settled(): Promise<void> {
    await this.ringing;
  }

  private async run(): Promise<void> {
    while (this.again) {
      this.again = false;
      await this.sql.query('NOTIFY rind_outbox').catch((error: unknown) => {
        this.logger.warn('outbox.notify-failed', { error });
      });
    }
    this.ringing = undefined;
  }
}
