import type { Sql } from '@rind/database';
import { fromUtf8, utf8, uuidV4 } from '@rind/kernel';
import type { Clock, Randomness } from '@rind/kernel';
import type { Vault } from '../protection/vault.ts';
import type { Message } from './messages.ts';

/** A mail as it is read in the development mailbox. */
export interface KeptMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface OutboxParts {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

const mostShown = 200;

/** Mails that are to be sent. One is put in the transaction of what it tells about: neither happens without the other. */
export class Outbox {
  private readonly parts: OutboxParts;

  constructor(parts: OutboxParts) {
    this.parts = parts;
  }

  async put(sql: Sql, to: string, message: Message): Promise<void> {
    const { vault, clock, randomness } = this.parts;
    const id = uuidV4(randomness);
    const now = new Date(clock.nowMs());
    await sql.query(
      'INSERT INTO auth.mail (id, to_address, sealed, created_at, next_try_at) VALUES ($1, $2, $3, $4, $4)',
      [id, to, vault.seal('mail', id, utf8(JSON.stringify(message))), now],
    );
  }

  /** What a stored mail says. @throws AuthError `vault.broken` */
  read(id: string, sealed: Buffer): Message {
    return JSON.parse(fromUtf8(this.parts.vault.open('mail', id, sealed))) as Message;
  }

  /** The newest first. @param to an address, or null for all */
  async newest(sql: Sql, to: string | null): Promise<KeptMail[]> {
    const { rows } = await sql.query<{ id: string; to_address: string; sealed: Buffer; created_at: Date }>(
      `SELECT id, to_address, sealed, created_at FROM auth.mail
        WHERE $1::text IS NULL OR lower(to_address) = lower($1) ORDER BY number DESC LIMIT $2`,
      [to, mostShown],
    );
    return rows.map(({ id, to_address, sealed, created_at }) => {
      const { subject, text } = this.read(id, sealed);
      return { to: to_address, subject, text, at: created_at.toISOString() };
    });
  }
}
