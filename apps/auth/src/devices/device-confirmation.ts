import type { Sql } from '@rind/database';
import { toHex } from '@rind/kernel';
import type { AccountParts } from '../accounts/account-parts.ts';
import { audit } from '../audit/audit-log.ts';
import { confirmDevice } from '../mail/device-messages.ts';
import type { HalfSession } from '../second-factor/half-sessions.ts';
import type { Arrival, SignedIn } from '../sessions/sessions.ts';
import { browserName } from './browser-name.ts';

/**
 * `limited`: too many mails; `reused`: this half session waits already, or is over; `no-address`: nowhere to mail to.
 */
export type AskOutcome = 'mailed' | 'limited' | 'reused' | 'no-address';

/**
 * What can be typed can be typed on a page that only looks like ours, and be relayed from there. So a code from a
 * device that the account does not know opens nothing until a link that was mailed is opened too, and that only in the
 * browser that holds the half session: the one that typed the code here. A relaying thief's browser is another one than
 * that of the person who reads the mail: when they open the link, the thief's sign-in goes on waiting.
 */
export class DeviceConfirmation {
  private readonly parts: AccountParts;

  constructor(parts: AccountParts) {
    this.parts = parts;
  }

  /** Mails the link, in the transaction that used up the code. @param next where the sign-in leads */
  async ask(
    tx: Sql,
    half: HalfSession,
    username: string,
    { address, agent }: Arrival,
    next: string,
  ): Promise<AskOutcome> {
    const { clock, emails, halfSessions, links, origin, outbox, rates } = this.parts;
    const { accountId } = half;
    const email = await emails.ofAccount(tx, accountId);
    if (email?.verified !== true) return 'no-address';
    const atMs = clock.nowMs();
    const mailed = await rates.within(tx).take(['mail/device', accountId]);
    if (mailed && !(await halfSessions.wait(tx, half, { address, agent, atMs, next }))) return 'reused';
    await audit(tx, clock, {
      event: 'account.device-unknown',
      actor: username,
      accountId,
      detail: { address, agent, mailed },
    });
    if (!mailed) return 'limited';
    const token = await links.make(tx, 'confirm-device', accountId, toHex(half.id));
    const signIn = { username, at: new Date(atMs).toUTCString(), address, browser: browserName(agent) };
    const link = `${origin}/account/confirm-device/?token=${token}`;
    await outbox.put(tx, email.address, confirmDevice(signIn, link));
    return 'mailed';
  }

  /** The session that the link was mailed for. Null: it is not good, or not for this half session. */
  async confirm(half: HalfSession, token: string, arrival: Arrival): Promise<SignedIn | null> {
    const { sql, clock, devices, halfSessions, links, sessions } = this.parts;
    const { id, accountId, waiting } = half;
    if (waiting === null) return null;
    return sql.transaction(async (tx) => {
      // Held until the session is there: whoever changes the password meanwhile ends that session too.
      const { rows } = await tx.query<{ username: string }>(
        'SELECT username FROM auth.account WHERE id = $1 AND disabled_at IS NULL FOR SHARE',
        [accountId],
      );
      const actor = rows[0]?.username;
      if (actor === undefined) return null;
      if ((await links.use(tx, 'confirm-device', token, toHex(id))) !== accountId) return null;
      if (!(await halfSessions.end(tx, half))) return null;
      // Who it is was proven when the code was given, and not now.
      const cookie = await sessions.begin(tx, accountId, arrival, 'second-factor', waiting.atMs);
      const device = await devices.remember(tx, accountId, arrival.device, arrival);
      const { address, agent } = arrival;
      await audit(
        tx,
        clock,
        { event: 'account.device-confirmed', actor, accountId, detail: { address, agent } },
        { event: 'account.signed-in', actor, accountId, detail: { address, agent, secondFactor: true } },
      );
      return { cookie, device };
    });
  }
}
