import type { Sql } from '@rind/database';
import type { Clock } from '@rind/kernel';
import type { Logger } from '@rind/nest-kit';
import { SmtpRefusal } from './smtp.ts';
import type { Smtp } from './smtp.ts';
import type { Outbox } from './outbox.ts';
import { endMail, takeDueMails, tryAgainAt } from './waiting-mails.ts';
import type { DueMail } from './waiting-mails.ts';

export interface PostmanParts {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly outbox: Outbox;
  readonly smtp: Pick<Smtp, 'send' | 'close'>;
}

const atOnce = 5;
/** Longer than one mail may take (`smtp.ts`), times those taken at once. */
const leaseMs = 5 * 60_000;
const pollMs = 2_000;
const firstRetryMs = 30_000;
const maxRetryMs = 3_600_000;
/** Links in mails are good for a day at most; what could not be sent by then says nothing any more. */
const keptMs = 3 * 86_400_000;

/**
 * Sends what waits in the outbox. Any number of processes may do it: a mail is one process's for some minutes. What a
 * mail server took is not sent again; of a process that dies in between, its mails may come twice, with one Message-ID.
 */
export class Postman {
  private readonly parts: PostmanParts;
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(parts: PostmanParts) {
    this.parts = parts;
  }

  start(): void {
    this.timer = setTimeout(() => {
      this.round = this.deliver()
        .catch((error: unknown) => this.parts.logger.warn('mail.not-delivered', { error }))
        .then(() => (this.stopped ? undefined : this.start()));
    }, pollMs);
  }

  /** Lets what is being sent come to its end. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.round;
    this.parts.smtp.close();
  }

  /** Everything that is due now. */
  async deliver(): Promise<void> {
    const { sql, clock } = this.parts;
    while (!this.stopped) {
      const due = await takeDueMails(sql, new Date(clock.nowMs()), { limit: atOnce, leaseMs });
      if (due.length === 0) return;
      for (const mail of due) await this.sendOne(mail);
    }
  }

  private async sendOne(mail: DueMail): Promise<void> {
    const { sql, clock, logger, outbox, smtp } = this.parts;
    const { id, attempts } = mail;
    try {
      await smtp.send({ id, to: mail.to, at: mail.createdAt, ...outbox.read(id, mail.sealed) });
      await endMail(sql, id, new Date(clock.nowMs()));
    } catch (error) {
      const nowMs = clock.nowMs();
      const permanent = error instanceof SmtpRefusal && error.permanent;
      if (permanent || nowMs - mail.createdAt.getTime() > keptMs) {
        logger.warn('mail.given-up', { mailId: id, attempts, error });
        await endMail(sql, id, new Date(nowMs));
        return;
      }
      logger.warn('mail.not-sent', { mailId: id, attempts, error });
      const waitMs = Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(attempts - 1, 10));
      await tryAgainAt(sql, id, new Date(nowMs + waitMs));
    }
  }
}
