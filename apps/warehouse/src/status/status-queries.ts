import type { Sql } from '@rind/database';
import { unprovenReason } from '@rind/queue-port';
import type {
  BinFacts,
  LeaseFacts,
  PublicationFacts,
  PublishedRole,
  QueueFacts,
  RoleFacts,
  StatusFacts,
  UnprovenFacts,
} from './status-facts.ts';

type DatabaseFacts = Pick<
  StatusFacts,
  'databaseNowMs' | 'roles' | 'bins' | 'unproven' | 'queue' | 'lease' | 'lastPublication'
>;

const ms = (expression: string) => `floor(extract(epoch FROM ${expression}) * 1000)::float8`;

/** A request that was passed over: the signer takes all that it may, oldest first. */
const held = `state = 'pending' AND reason IS NULL AND id < coalesce(
  (SELECT id FROM signer.outbox WHERE state = 'published' ORDER BY id DESC LIMIT 1), 0)`;
/** The signer said of it what it waits for. */
const blocked = `state = 'pending' AND reason IS NOT DISTINCT FROM '${unprovenReason}'`;

const age = (oldest: string) => `coalesce(greatest(0, ${ms('clock_timestamp()')} - ${ms(oldest)}), 0)`;

/** Everything in one statement: all parts are of the same moment. */
const statement = `
  SELECT ${ms('clock_timestamp()')} AS now_ms,
         (SELECT jsonb_object_agg(name, jsonb_build_object('version', version, 'expiresMs', ${ms('expires')}))
            FROM signer.role) AS roles,
         (SELECT jsonb_build_object('count', count(*), 'oldestExpiresMs', ${ms('min(expires)')},
                                    'largestBytes', coalesce(max(length), 0)) FROM signer.bin) AS bins,
         (SELECT jsonb_build_object('bins', coalesce(jsonb_agg(idx ORDER BY idx), '[]'), 'oldestMs', ${age('min(since)')})
            FROM signer.unproven_bin) AS unproven,
         (SELECT jsonb_build_object('depth', count(*), 'oldestMs', ${age('min(enqueued_at)')},
                                    'held', count(*) FILTER (WHERE ${held}),
                                    'blocked', count(*) FILTER (WHERE ${blocked}),
                                    'oldestFreeMs', ${age(`min(enqueued_at) FILTER (WHERE NOT (${held}) AND NOT (${blocked}))`)})
            FROM signer.outbox WHERE state IN ('pending', 'taken')) AS queue,
         (SELECT count(*)::int FROM signer.outbox WHERE state = 'set-aside') AS set_aside,
         (SELECT jsonb_build_object('holder', holder, 'fence', fence,
                                    'expiresMs', CASE WHEN isfinite(expires_at) THEN ${ms('expires_at')} ELSE 0 END)
            FROM signer.lease WHERE name = 'writer') AS lease,
         (SELECT jsonb_build_object('id', id, 'state', state, 'files', files, 'bins', bins, 'durationMs', duration_ms,
                                    'openedMs', ${ms('opened_at')}, 'closedMs', ${ms('closed_at')})
            FROM signer.publication ORDER BY id DESC LIMIT 1) AS last_publication`;

interface StatusRow {
  now_ms: number;
  roles: Partial<Record<PublishedRole, RoleFacts>> | null;
  bins: BinFacts;
  unproven: UnprovenFacts;
  queue: Omit<QueueFacts, 'setAside'>;
  set_aside: number;
  lease: LeaseFacts | null;
  last_publication: PublicationFacts | null;
}

/** @throws DatabaseError `database.unavailable` */
export async function databaseFacts(sql: Sql): Promise<DatabaseFacts> {
  const { rows } = await sql.query<StatusRow>(statement);
  const row = rows[0]!;
  return {
    databaseNowMs: row.now_ms,
    roles: row.roles ?? {},
    bins: row.bins,
    unproven: row.unproven,
    queue: { ...row.queue, setAside: row.set_aside },
    lease: row.lease ?? { holder: null, fence: 0, expiresMs: 0 },
    lastPublication: row.last_publication,
  };
}
