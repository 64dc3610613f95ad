import type { Listener, Pool } from '@rind/database';
import type { Logger } from '@rind/nest-kit';

const number = /^[1-9][0-9]{0,15}$/;

/** Tells whoever asks that something was published or set aside: the channel `rind_published` of the signer. */
export class PublicationFeed {
  private readonly subscribers = new Set<() => void>();
  private readonly logger: Logger;
  private listener: Listener | undefined;

  constructor(logger: Logger) {
    this.logger = logger;
  }

  /** @throws DatabaseError `database.unavailable`; later losses of the connection are mended in the background */
  async open(pool: Pool): Promise<void> {
    this.listener = await pool.listen('rind_published', (payload) => {
      // Empty: a request was set aside, or the connection was mended.
      if (number.test(payload)) this.logger.info('publication.seen', { publication: Number(payload) });
      this.signal();
    });
  }

  /** Calls `handler` at every signal, and at times without reason: notifications may be lost or repeated. */
  subscribe(handler: () => void): void {
    this.subscribers.add(handler);
  }

  async close(): Promise<void> {
    await this.listener?.close();
  }

  private signal(): void {
    for (const handler of this.subscribers) handler();
  }
}
