import pg from 'pg';
import { DatabaseError } from './errors.ts';
import { toDatabaseError } from './to-database-error.ts';

export interface Listener {
  close(): Promise<void>;
}

const firstBackoffMs = 100;
const maxBackoffMs = 5_000;
/** A connection whose other end vanished without a word is noticed by a question that stays unanswered. */
const heartbeatMs = 30_000;
const answerWithinMs = 10_000;
const channelName = /^[a-z_]{1,60}$/;

/**
 * A connection of its own that listens, and comes back with backoff when it is lost. The handler gets
 * each notification's payload, and an empty one after every (re)connection: some may have been missed.
 * The first connection must succeed: `database.unavailable` otherwise.
 */
export async function listenTo(
  url: string,
  name: string,
  channel: string,
  handler: (payload: string) => void,
): Promise<Listener> {
  if (!channelName.test(channel)) {
    throw new DatabaseError('database.failed', 'a channel is a plain lower-case name', { sqlState: null });
  }
  const listener = new ReconnectingListener(url, name, channel, handler);
  await listener.connect().catch((error: unknown) => {
    throw toDatabaseError(error);
  });
  return listener;
}

class ReconnectingListener implements Listener {
  private readonly url: string;
  private readonly name: string;
  private readonly channel: string;
  private readonly handler: (payload: string) => void;
  private client: pg.Client | undefined;
  private closed = false;
  private backoffMs = firstBackoffMs;
  private timer: NodeJS.Timeout | undefined;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(url: string, name: string, channel: string, handler: (payload: string) => void) {
    this.url = url;
    this.name = name;
    this.channel = channel;
    this.handler = handler;
  }

  async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: `rind-${this.name}-listen`,
      connectionTimeoutMillis: 5_000,
      query_timeout: answerWithinMs,
      keepAlive: true,
    });
    client.on('error', () => this.lose(client));
    client.on('end', () => this.lose(client));
    client.on('notification', ({ payload }) => this.handler(payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${this.channel}`);
    } catch (error) {
      void client.end().catch(() => {});
      throw error;
    }
    if (this.closed) {
      await client.end().catch(() => {});
      return;
    }
    this.client = client;
    this.backoffMs = firstBackoffMs;
    this.heartbeat = setInterval(() => void this.ask(client), heartbeatMs);
    this.handler('');
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    clearInterval(this.heartbeat);
    const { client } = this;
    this.client = undefined;
    await client?.end().catch(() => {});
  }

  private async ask(client: pg.Client): Promise<void> {
    try {
      await client.query('SELECT 1');
    } catch {
      this.lose(client);
    }
  }

  /** Only the connection in use can be lost, and only once. */
  private lose(client: pg.Client): void {
    if (this.client !== client) return;
    this.client = undefined;
    clearInterval(this.heartbeat);
    void client.end().catch(() => {});
    this.reconnectLater();
  }

  private reconnectLater(): void {
    if (this.closed) return;
    this.timer = setTimeout(() => void this.connect().catch(() => this.reconnectLater()), this.backoffMs);
    this.backoffMs = Math.min(maxBackoffMs, this.backoffMs * 2);
  }
}
