import type { TransactionalSql } from '@rind/database';
import type { Clock, Randomness } from '@rind/kernel';
import type { Rates } from '../limits/rates.ts';
import type { Devices } from '../devices/devices.ts';
import type { Outbox } from '../mail/outbox.ts';
import type { Vault } from '../protection/vault.ts';
import type { HalfSessions } from '../second-factor/half-sessions.ts';
import type { HasFactor } from '../second-factor/enrolment.ts';
import type { PasskeyFactor } from '../second-factor/passkey-factor.ts';
import type { RecoveryCodes } from '../second-factor/recovery-codes.ts';
import type { TotpFactor } from '../second-factor/totp-factor.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { BreachedPasswords } from './breached-passwords.ts';
import type { Emails } from './emails.ts';
import type { MailLinks } from './mail-links.ts';
import type { Passwords } from './password.ts';

/** What everything that happens to accounts is made of. */
export interface AccountParts {
  readonly sql: TransactionalSql;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly rates: Rates;
  readonly outbox: Outbox;
  readonly sessions: Sessions;
  readonly emails: Emails;
  readonly links: MailLinks;
  readonly passwords: Passwords;
  readonly breached: BreachedPasswords;
  readonly vault: Vault;
  readonly totp: TotpFactor;
  readonly passkeys: PasskeyFactor;
  /** Whether an account has a second factor that its owner set up. */
  readonly hasFactor: HasFactor;
  readonly recoveryCodes: RecoveryCodes;
  readonly halfSessions: HalfSessions;
  readonly devices: Devices;
  /** Where people meet auth, without a slash at the end. */
  readonly origin: string;
}
