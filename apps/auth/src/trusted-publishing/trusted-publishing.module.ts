import { Module } from '@nestjs/common';
import type { Pool } from '@rind/database';
import type { Clock, Randomness } from '@rind/kernel';
import { CLOCK, CONFIG, LOGGER, RANDOMNESS } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import type { AccountParts } from '../accounts/account-parts.ts';
import type { AuthConfig } from '../config.ts';
import { DATABASE } from '../database.ts';
import { DatabaseModule } from '../database.module.ts';
import { Rates } from '../limits/rates.ts';
import { Vault } from '../protection/vault.ts';
import { RootKeySeal } from '../tokens/root-key-seal.ts';
import { TokensModule } from '../tokens/tokens.module.ts';
import { PublishingController } from '../web/publishing.controller.ts';
import { PendingPublishingController } from '../web/pending-publishing.controller.ts';
import { PARTS, WebModule } from '../web/web.module.ts';
import { FirstUse } from './first-use.ts';
import { IdentityTokens } from './identity-token.ts';
import { OidcController } from './oidc.controller.ts';
import { PendingPublishers } from './pending-publishers.ts';
import { PublisherChanges } from './publisher-changes.ts';
import { PublisherMails } from './publisher-mails.ts';
import { PublisherMint } from './publisher-mint.ts';
import { Publishers } from './publishers.ts';

/** Workflows elsewhere that projects trust. */
@Module({
  imports: [DatabaseModule, TokensModule, WebModule],
  controllers: [OidcController, PublishingController, PendingPublishingController],
  providers: [
    { provide: Publishers, inject: [PARTS], useFactory: (parts: AccountParts) => new Publishers(parts) },
    {
      provide: PendingPublishers,
      inject: [PARTS],
      useFactory: (parts: AccountParts) => new PendingPublishers(parts),
    },
    {
      provide: PublisherMails,
      inject: [PARTS],
      useFactory: (parts: AccountParts) => new PublisherMails(parts),
    },
    { provide: Rates, inject: [PARTS], useFactory: ({ rates }: AccountParts) => rates },
    {
      provide: PublisherChanges,
      inject: [PARTS, Publishers, PendingPublishers, PublisherMails],
      useFactory: (
        parts: AccountParts,
        publishers: Publishers,
        pending: PendingPublishers,
        mails: PublisherMails,
      ) => new PublisherChanges({ ...parts, publishers, pending, mails }),
    },
    {
      provide: PublisherMint,
      inject: [
        ...[DATABASE, CLOCK, RANDOMNESS, LOGGER, RootKeySeal, Vault, CONFIG],
        ...[Publishers, PendingPublishers, PublisherMails],
      ],
      useFactory: mintOf,
    },
  ],
  exports: [Publishers, Rates],
})
export class TrustedPublishingModule {}

function mintOf(
  sql: Pool,
  clock: Clock,
  randomness: Randomness,
  logger: Logger,
  seal: RootKeySeal,
  vault: Vault,
  config: AuthConfig,
  publishers: Publishers,
  pending: PendingPublishers,
  mails: PublisherMails,
): PublisherMint {
  const kept = { clock, randomness, publishers };
  return new PublisherMint({
    ...kept,
    sql,
    seal,
    identities: new IdentityTokens({ ...config.oidc, clock, logger }),
    firstUse: new FirstUse({ ...kept, vault, pending, mails }),
    location: config.tokenLocation,
  });
}
