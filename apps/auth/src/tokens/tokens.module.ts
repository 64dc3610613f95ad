import { Module } from '@nestjs/common';
import type { Pool } from '@rind/database';
import type { Clock, Randomness } from '@rind/kernel';
import { CLOCK, CONFIG, RANDOMNESS } from '@rind/nest-kit';
import type { AuthConfig } from '../config.ts';
import { DATABASE } from '../database.ts';
import { DatabaseModule } from '../database.module.ts';
import { RootKeySeal } from './root-key-seal.ts';
import { TokenMint } from './token-mint.ts';

/** Making tokens: for operators and for people. */
@Module({
  imports: [DatabaseModule],
  providers: [
    {
      provide: RootKeySeal,
      inject: [CONFIG, RANDOMNESS],
      useFactory: (config: AuthConfig, randomness: Randomness) => new RootKeySeal(config.sealKey, randomness),
    },
    {
      provide: TokenMint,
      inject: [DATABASE, RootKeySeal, CLOCK, RANDOMNESS, CONFIG],
      useFactory: (sql: Pool, seal: RootKeySeal, clock: Clock, randomness: Randomness, config: AuthConfig) =>
        new TokenMint({ sql, seal, clock, randomness, location: config.tokenLocation }),
    },
  ],
  exports: [RootKeySeal, TokenMint],
})
export class TokensModule {}
