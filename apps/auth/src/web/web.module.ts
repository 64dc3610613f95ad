import { Module } from '@nestjs/common';
import type { Pool } from '@rind/database';
import type { Clock, Randomness } from '@rind/kernel';
import { CLOCK, CONFIG, LOGGER, RANDOMNESS } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import type { AccountParts } from '../accounts/account-parts.ts';
import { BreachedPasswordFile, noBreachedPasswords } from '../accounts/breached-passwords.ts';
import { Emails } from '../accounts/emails.ts';
import { FirstPassword } from '../accounts/first-password.ts';
import { MailLinks } from '../accounts/mail-links.ts';
import { PasswordChange } from '../accounts/password-change.ts';
import { Passwords } from '../accounts/password.ts';
import { SignIn } from '../accounts/sign-in.ts';
import { SignUp } from '../accounts/sign-up.ts';
import type { AuthConfig } from '../config.ts';
import { DATABASE } from '../database.ts';
import { DatabaseModule } from '../database.module.ts';
import { DeviceConfirmation } from '../devices/device-confirmation.ts';
import { Devices, deviceSeconds } from '../devices/devices.ts';
import { KnownDevices } from '../devices/known-devices.ts';
import { Rates } from '../limits/rates.ts';
import { Outbox } from '../mail/outbox.ts';
import { giveFirstProofsWhenPossible } from '../projects/first-proofs.ts';
import { Invitations } from '../projects/invitations.ts';
import { Joining } from '../projects/joining.ts';
import { Members } from '../projects/members.ts';
import type { MembersParts } from '../projects/members.ts';
import { Vault } from '../protection/vault.ts';
import { FactorProof } from '../second-factor/factor-proof.ts';
import { HalfSessions, waitingSeconds } from '../second-factor/half-sessions.ts';
import { PasskeyFactor } from '../second-factor/passkey-factor.ts';
import { Passkeys } from '../second-factor/passkeys.ts';
import { RecoveryCodes } from '../second-factor/recovery-codes.ts';
import { holdsFactor } from '../second-factor/enrolment.ts';
import { SecondFactor } from '../second-factor/second-factor.ts';
import { TotpFactor } from '../second-factor/totp-factor.ts';
import { Sessions, sessionSeconds } from '../sessions/sessions.ts';
import { PersonTokens } from '../tokens/person-tokens.ts';
import { TokenAddresses } from '../tokens/token-addresses.ts';
import { TokenMint } from '../tokens/token-mint.ts';
import { TokensModule } from '../tokens/tokens.module.ts';
import { AccountController } from './account.controller.ts';
import { ConfirmDeviceController } from './confirm-device.controller.ts';
import { OwnCookie } from './cookie.ts';
import { DevicesController } from './devices.controller.ts';
import { FactorsController } from './factors.controller.ts';
import { InvitationsController } from './invitations.controller.ts';
import { MailboxController } from './mailbox.controller.ts';
import { MembersController } from './members.controller.ts';
import { PasskeyProofController } from './passkey-proof.controller.ts';
import { PasskeysController } from './passkeys.controller.ts';
import { PasswordController } from './password.controller.ts';
import { SignInController } from './sign-in.controller.ts';
import { StrengthController } from './strength.controller.ts';
import { SudoController } from './sudo.controller.ts';
import { PersonTokensController } from './person-tokens.controller.ts';
import { Web } from './web-request.ts';

/** `AccountParts`, for the modules beside this one. */
export const PARTS = Symbol('parts of accounts');

/** Pages for people, and what is behind them. */
@Module({
  imports: [DatabaseModule, TokensModule],
  controllers: [
    SignInController,
    AccountController,
    PasswordController,
    FactorsController,
    SudoController,
    PersonTokensController,
    MembersController,
    InvitationsController,
    StrengthController,
    PasskeysController,
    PasskeyProofController,
    DevicesController,
    ConfirmDeviceController,
    MailboxController,
  ],
  providers: [
    {
      provide: PARTS,
      inject: [DATABASE, CLOCK, RANDOMNESS, CONFIG, LOGGER],
      useFactory: partsOf,
    },
    { provide: Rates, inject: [PARTS], useFactory: ({ rates }: AccountParts) => rates },
    { provide: Sessions, inject: [PARTS], useFactory: ({ sessions }: AccountParts) => sessions },
    { provide: Emails, inject: [PARTS], useFactory: ({ emails }: AccountParts) => emails },
    { provide: Outbox, inject: [PARTS], useFactory: ({ outbox }: AccountParts) => outbox },
    { provide: Vault, inject: [PARTS], useFactory: ({ vault }: AccountParts) => vault },
    {
      provide: FirstPassword,
      inject: [PARTS],
      useFactory: (parts: AccountParts) => new FirstPassword(parts),
    },
    { provide: SignIn, inject: [PARTS], useFactory: (parts: AccountParts) => new SignIn(parts) },
    { provide: SecondFactor, inject: [PARTS], useFactory: (parts: AccountParts) => new SecondFactor(parts) },
    { provide: FactorProof, inject: [PARTS], useFactory: (parts: AccountParts) => new FactorProof(parts) },
    { provide: KnownDevices, inject: [PARTS], useFactory: (parts: AccountParts) => new KnownDevices(parts) },
    {
      provide: DeviceConfirmation,
      inject: [PARTS],
      useFactory: (parts: AccountParts) => new DeviceConfirmation(parts),
    },
    { provide: Passkeys, inject: [PARTS], useFactory: (parts: AccountParts) => new Passkeys(parts) },
    {
      provide: HalfSessions,
      inject: [PARTS],
      useFactory: ({ halfSessions }: AccountParts) => halfSessions,
    },
    { provide: SignUp, inject: [PARTS], useFactory: (parts: AccountParts) => new SignUp(parts) },
    {
      provide: PasswordChange,
      inject: [PARTS],
      useFactory: (parts: AccountParts) => new PasswordChange(parts),
    },
    {
      provide: PersonTokens,
      inject: [PARTS, TokenMint],
      useFactory: (parts: AccountParts, mint: TokenMint) => new PersonTokens(parts, mint),
    },
    {
      provide: TokenAddresses,
      inject: [PARTS],
      useFactory: (parts: AccountParts) => new TokenAddresses(parts),
    },
    {
      provide: Members,
      inject: [PARTS],
      useFactory: (parts: AccountParts) => new Members(projectParts(parts)),
    },
    {
      provide: Joining,
      inject: [PARTS, Members],
      useFactory: (parts: AccountParts, members: Members) => new Joining({ ...projectParts(parts), members }),
    },
    {
      provide: Web,
      inject: [PARTS],
      useFactory: ({ sessions, origin }: AccountParts) =>
        new Web({
          sessions,
          origin,
          cookie: new OwnCookie(origin, 'rind', sessionSeconds),
          halfCookie: new OwnCookie(origin, 'rind-half', waitingSeconds),
          deviceCookie: new OwnCookie(origin, 'rind-device', deviceSeconds),
        }),
    },
  ],
  exports: [FirstPassword, PARTS, SecondFactor, Sessions, TokenAddresses, Vault, Web],
})
export class WebModule {}

async function partsOf(
  sql: Pool,
  clock: Clock,
  randomness: Randomness,
  config: AuthConfig,
  logger: Logger,
): Promise<AccountParts> {
  const { breachedPasswords: list } = config;
  const breached = list === null ? noBreachedPasswords : await BreachedPasswordFile.open(list);
  const vault = new Vault(config.sealKey, randomness);
  giveFirstProofsWhenPossible({ sql, vault, clock }).catch((error: unknown) =>
    logger.error('roles.not-proven', { error }),
  );
  const kept = { vault, clock, randomness };
  const totp = new TotpFactor(kept);
  const passkeys = new PasskeyFactor({ ...kept, origin: config.origin });
  return {
    sql,
    clock,
    randomness,
    origin: config.origin,
    rates: new Rates({ sql, vault, clock }),
    outbox: new Outbox(kept),
    sessions: new Sessions({ ...kept, sql }),
    emails: new Emails(kept),
    links: new MailLinks(kept),
    passwords: new Passwords({ vault, randomness }),
    breached,
    vault,
    totp,
    recoveryCodes: new RecoveryCodes(kept),
    halfSessions: new HalfSessions(kept),
    devices: new Devices(kept),
    passkeys,
    hasFactor: (tx, accountId) => holdsFactor({ totp, passkeys }, tx, accountId),
  };
}

function projectParts(parts: AccountParts): MembersParts {
  return { ...parts, invitations: new Invitations(parts) };
}
