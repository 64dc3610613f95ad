import type { Sql } from '@rind/database';
import type { AccountParts } from '../accounts/account-parts.ts';
import { audit } from '../audit/audit-log.ts';
import { newDevice } from '../mail/device-messages.ts';
import type { Arrival, Person, Visitor } from '../sessions/sessions.ts';
import { browserName } from './browser-name.ts';
import type { ListedDevice } from './devices.ts';

/** Who comes in. */
export type Arriving = Pick<Person, 'accountId' | 'username'>;

/** The devices of people: becoming known, being listed, being forgotten. */
export class KnownDevices {
  private readonly parts: AccountParts;

  constructor(parts: AccountParts) {
    this.parts = parts;
  }

  /**
   * Somebody signed in by the password alone, which nobody asks about: the device becomes known, and where others are
   * known already that is mailed. Answers its cookie.
   */
  async arrive(tx: Sql, { accountId, username }: Arriving, arrival: Arrival): Promise<string> {
    const { clock, devices, emails, outbox, rates } = this.parts;
    const { address, agent } = arrival;
    const others = await devices.list(tx, accountId, arrival.device);
    const known = await devices.isKnown(tx, accountId, arrival.device);
    const cookie = await devices.remember(tx, accountId, arrival.device, arrival);
    if (known || others.length === 0) return cookie;
    const email = await emails.ofAccount(tx, accountId);
    const mailed = email?.verified === true && (await rates.within(tx).take(['mail/device', accountId]));
    const detail = { address, agent, mailed };
    await audit(tx, clock, { event: 'account.device-unknown', actor: username, accountId, detail });
    if (!mailed) return cookie;
    const at = new Date(clock.nowMs()).toUTCString();
    await outbox.put(tx, email.address, newDevice({ username, at, address, browser: browserName(agent) }));
    return cookie;
  }

  /** The browser of somebody who set up a factor. Answers its cookie; null: the session has ended meanwhile. */
  async remember({ accountId, sessionId }: Person, arrival: Arrival): Promise<string | null> {
    const { sql, devices } = this.parts;
    return sql.transaction(async (tx) => {
      // Whoever changes the password meanwhile comes before, and has ended the session, or after, and forgets this.
      await tx.query('SELECT 1 FROM auth.account WHERE id = $1 FOR SHARE', [accountId]);
      const { rows } = await tx.query('SELECT 1 FROM auth.session WHERE id = $1 AND ended_at IS NULL', [
        sessionId,
      ]);
      return rows.length === 0 ? null : devices.remember(tx, accountId, arrival.device, arrival);
    });
  }

  list({ accountId }: Person, arrival: Arrival): Promise<ListedDevice[]> {
    return this.parts.devices.list(this.parts.sql, accountId, arrival.device);
  }

  /** False: the person has no such device. */
  async forget({ accountId, username }: Person, id: Buffer, visitor: Visitor): Promise<boolean> {
    const { sql, clock, devices } = this.parts;
    return sql.transaction(async (tx) => {
      const device = await devices.forget(tx, accountId, id);
      if (device === null) return false;
      const detail = { address: visitor.address, device };
      await audit(tx, clock, { event: 'account.device-forgotten', actor: username, accountId, detail });
      return true;
    });
  }
}
