import { Module } from '@nestjs/common';
import type { Pool } from '@rind/database';
import type { Clock, Randomness } from '@rind/kernel';
import { CLOCK, CONFIG, LOGGER, RANDOMNESS } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import type { AccountParts } from './accounts/account-parts.ts';
import type { AuthConfig } from './config.ts';
import { DATABASE } from './database.ts';
import { DatabaseModule } from './database.module.ts';
import { DisclosedTokens } from './disclosure/disclosed-tokens.ts';
import { DisclosureKeys } from './disclosure/disclosure-keys.ts';
import { DisclosureController } from './disclosure/disclosure.controller.ts';
import { GrantBook } from './grants/grant-book.ts';
import { GrantBookModule } from './grants/grant-book.module.ts';
import { GrantIssuer } from './grants/grant-issuer.ts';
import { GrantsController } from './grants/grants.controller.ts';
import { GateGuard, OperatorGuard, SignerGuard } from './guards.ts';
import { MailModule } from './mail/mail.module.ts';
import { OperatorController } from './operator/operator.controller.ts';
import { ReleasesModule } from './releases/releases.module.ts';
import { Sessions } from './sessions/sessions.ts';
import { Introspection } from './tokens/introspection.ts';
import { RootKeySeal } from './tokens/root-key-seal.ts';
import { TokenAddresses } from './tokens/token-addresses.ts';
import { TokenVerifier } from './tokens/token-verifier.ts';
import { BurnController } from './trusted-publishing/burn.controller.ts';
import { TrustedPublishingModule } from './trusted-publishing/trusted-publishing.module.ts';
import { Publishers } from './trusted-publishing/publishers.ts';
import { TokensController } from './tokens/tokens.controller.ts';
import { TokensModule } from './tokens/tokens.module.ts';
import { PARTS, WebModule } from './web/web.module.ts';

/** The composition root of auth: the only place where its parts meet the database. */
@Module({
  imports: [
    ...[DatabaseModule, GrantBookModule, MailModule, ReleasesModule],
    ...[TokensModule, TrustedPublishingModule, WebModule],
  ],
  controllers: [TokensController, GrantsController, OperatorController, BurnController, DisclosureController],
  providers: [
    GateGuard,
    SignerGuard,
    OperatorGuard,
    {
      provide: TokenVerifier,
      inject: [DATABASE, RootKeySeal, CLOCK, Sessions],
      useFactory: (sql: Pool, seal: RootKeySeal, clock: Clock, sessions: Sessions) =>
        new TokenVerifier({ sql, seal, clock, sessions }),
    },
    {
      provide: DisclosureKeys,
      inject: [CONFIG, CLOCK, LOGGER],
      useFactory: ({ disclosureKeysUrl: url }: AuthConfig, clock: Clock, logger: Logger) =>
        url === null ? null : new DisclosureKeys({ url, clock, logger }),
    },
    {
      provide: DisclosedTokens,
      inject: [PARTS, TokenVerifier],
      useFactory: (parts: AccountParts, verifier: TokenVerifier) => new DisclosedTokens(parts, verifier),
    },
    {
      provide: Introspection,
      inject: [DATABASE, CLOCK, TokenVerifier, Publishers],
      useFactory: (sql: Pool, clock: Clock, verifier: TokenVerifier, publishers: Publishers) =>
        new Introspection({ sql, clock, verifier, publishers }),
    },
    {
      provide: GrantIssuer,
      inject: [
        ...[DATABASE, CLOCK, RANDOMNESS, LOGGER, TokenVerifier, TokenAddresses],
        ...[Publishers, PARTS, GrantBook],
      ],
      useFactory: makeIssuer,
    },
  ],
})
export class AuthModule {}

function makeIssuer(
  sql: Pool,
  clock: Clock,
  randomness: Randomness,
  logger: Logger,
  verifier: TokenVerifier,
  addresses: TokenAddresses,
  publishers: Publishers,
  { vault, hasFactor }: AccountParts,
  book: GrantBook,
): GrantIssuer {
  const made = { sql, clock, randomness, logger, verifier, addresses, publishers };
  return new GrantIssuer({ ...made, vault, hasFactor, book });
}
