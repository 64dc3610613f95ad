import { Module } from '@nestjs/common';
import { createCheckpoint } from '@rind/crash-points';
import type { Pool } from '@rind/database';
import { noCheckpoint } from '@rind/kernel';
import type { Checkpoint, Clock, Randomness } from '@rind/kernel';
import { CLOCK, CONFIG, LOGGER, RANDOMNESS } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import { openKeyFile } from '@rind/signers-file';
import { authPoints } from '../checkpoints.ts';
import type { AuthConfig } from '../config.ts';
import { DATABASE } from '../database.ts';
import { DatabaseModule } from '../database.module.ts';
import { Vault } from '../protection/vault.ts';
import { GrantBook } from './grant-book.ts';
import { GrantVoider } from './grant-voider.ts';

/** The only place that opens the key which signs grants. */
@Module({
  imports: [DatabaseModule],
  providers: [
    {
      provide: GrantBook,
      inject: [DATABASE, CLOCK, RANDOMNESS, LOGGER, CONFIG],
      useFactory: openBook,
    },
    {
      provide: GrantVoider,
      inject: [DATABASE, CLOCK, RANDOMNESS, CONFIG],
      useFactory: (sql: Pool, clock: Clock, randomness: Randomness, config: AuthConfig) =>
        new GrantVoider({ sql, clock, vault: new Vault(config.sealKey, randomness) }),
    },
  ],
  exports: [GrantBook, GrantVoider],
})
export class GrantBookModule {}

/** A process without its key does not start: readiness follows from that. */
async function openBook(
  sql: Pool,
  clock: Clock,
  randomness: Randomness,
  logger: Logger,
  config: AuthConfig,
): Promise<GrantBook> {
  const signer = await openKeyFile(config.grantKey);
  logger.info('key.opened', { keyId: signer.keyId });
  const { repository } = config;
  return new GrantBook({ sql, clock, randomness, checkpoint: checkpointOf(config), signer, repository });
}

function checkpointOf({ checkpoints: { stateDir, crashAt, stopAt } }: AuthConfig): Checkpoint {
  if (stateDir === undefined) return noCheckpoint;
  return createCheckpoint({ process: 'auth', stateDir, knownPoints: authPoints, crashAt, stopAt });
}
