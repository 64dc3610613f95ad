import { Module } from '@nestjs/common';
import { createCheckpoint } from '@rind/crash-points';
import type { Pool } from '@rind/database';
import { noCheckpoint } from '@rind/kernel';
import type { Checkpoint, Clock, Randomness } from '@rind/kernel';
import { CLOCK, CONFIG, LOGGER, RANDOMNESS } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import { openKeyFile } from '@rind/signers-file';
import { authPoints } from './checkpoints.ts';
import type { AuthConfig } from './config.ts';
import { DATABASE } from './database.ts';
import { DatabaseModule } from './database.module.ts';
import { GrantIssuer } from './grants/grant-issuer.ts';
import { GrantVoider } from './grants/grant-voider.ts';
import { GrantsController } from './grants/grants.controller.ts';
import { GateGuard, OperatorGuard, SignerGuard } from './guards.ts';
import { MailModule } from './mail/mail.module.ts';
import { OperatorController } from './operator/operator.controller.ts';
import { Vault } from './protection/vault.ts';
import { SecondFactor } from './second-factor/second-factor.ts';
import type { HasFactor } from './second-factor/second-factor.ts';
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
import { WebModule } from './web/web.module.ts';

/** The composition root of auth: the only place where its parts meet the database and the key. */
@Module({
  imports: [DatabaseModule, MailModule, TokensModule, TrustedPublishingModule, WebModule],
  controllers: [TokensController, GrantsController, OperatorController, BurnController],
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
      provide: Introspection,
      inject: [DATABASE, CLOCK, TokenVerifier, Publishers],
      useFactory: (sql: Pool, clock: Clock, verifier: TokenVerifier, publishers: Publishers) =>
        new Introspection({ sql, clock, verifier, publishers }),
    },
    {
      provide: GrantIssuer,
      inject: [
        ...[DATABASE, CLOCK, RANDOMNESS, LOGGER, TokenVerifier, TokenAddresses],
        ...[Publishers, SecondFactor, Vault, CONFIG],
      ],
      useFactory: openIssuer,
    },
    {
      provide: GrantVoider,
      inject: [DATABASE, CLOCK],
      useFactory: (sql: Pool, clock: Clock) => new GrantVoider({ sql, clock }),
    },
  ],
})
export class AuthModule {}

/** A process without its key does not start: readiness follows from that. */
async function openIssuer(
  sql: Pool,
  clock: Clock,
  randomness: Randomness,
  logger: Logger,
  verifier: TokenVerifier,
  addresses: TokenAddresses,
  publishers: Publishers,
  factor: SecondFactor,
  vault: Vault,
  config: AuthConfig,
): Promise<GrantIssuer> {
  const signer = await openKeyFile(config.grantKey);
  logger.info('key.opened', { keyId: signer.keyId });
  const { repository } = config;
  const checkpoint = checkpointOf(config);
  const hasFactor: HasFactor = (tx, accountId) => factor.isHeld(tx, accountId);
  const made = { sql, clock, randomness, logger, checkpoint, signer, verifier, addresses, repository };
  return new GrantIssuer({ ...made, publishers, vault, hasFactor });
}

function checkpointOf({ checkpoints: { stateDir, crashAt, stopAt } }: AuthConfig): Checkpoint {
  if (stateDir === undefined) return noCheckpoint;
  return createCheckpoint({ process: 'auth', stateDir, knownPoints: authPoints, crashAt, stopAt });
}
