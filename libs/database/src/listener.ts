import pg from 'pg';
import { toDatabaseError } from './errors.ts';

export interface Listener {
  close(): Promise<void>;
}

const firstBackoffMs = 100;
const maxBackoffMs = 5_000;
const channelName = /^[a-z_]{1,60}$/;

/** A connection of its own that listens, and comes back with backoff when it is lost. The first connection must succeed. */
export async function listenTo(
  url: string,
  name: string,
  channel: string,
  handler: (payload: string) => void,
): Promise<Listener> {
  if (!channelName.test(channel)) throw new TypeError('a channel is a plain lower-case name');
  let client: pg.Client | undefined;
  let closed = false;
  let backoffMs = firstBackoffMs;
  let timer: NodeJS.Timeout | undefined;

  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString: url,
      application_name: `rind-${name}-listen`,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    let over = false;
    const lost = (): void => {
      if (over) return;
      over = true;
      void next.end().catch(() => {});
      if (client === next) reconnectLater();
    };
    next.on('error', lost);
    next.on('end', lost);
    next.on('notification', ({ payload }) => handler(payload ?? ''));
    await next.connect();
    await next.query(`LISTEN ${channel}`);
    client = next;
    backoffMs = firstBackoffMs;
    handler('');
  };
  const reconnectLater = (): void => {
    if (closed) return;
    timer = setTimeout(() => void connect().catch(reconnectLater), backoffMs);
    backoffMs = Math.min(maxBackoffMs, backoffMs * 2);
  };

  await connect().catch((error: unknown) => {
    throw toDatabaseError(error);
  });
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}
