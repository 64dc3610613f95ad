import { Inject, Module } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Pool } from '@rind/database';
import type { Clock, Randomness } from '@rind/kernel';
import { CLOCK, CONFIG, LOGGER, RANDOMNESS } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import type { AuthConfig } from '../config.ts';
import { DATABASE } from '../database.ts';
import { DatabaseModule } from '../database.module.ts';
import { Vault } from '../protection/vault.ts';
import { Outbox } from './outbox.ts';
import { Postman } from './postman.ts';
import { Smtp } from './smtp.ts';

const POSTMAN = Symbol('postman, or null in development');

/** Sends mails, where they are sent at all. */
@Module({
  imports: [DatabaseModule],
  providers: [
    {
      provide: POSTMAN,
      inject: [DATABASE, CLOCK, RANDOMNESS, LOGGER, CONFIG],
      useFactory: (sql: Pool, clock: Clock, randomness: Randomness, logger: Logger, config: AuthConfig) => {
        if (config.smtp === null) return null;
        const vault = new Vault(config.sealKey, randomness);
        const outbox = new Outbox({ vault, clock, randomness });
        return new Postman({ sql, clock, logger, outbox, smtp: new Smtp(config.smtp) });
      },
    },
  ],
})
export class MailModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(@Inject(POSTMAN) private readonly postman: Postman | null) {}

  onApplicationBootstrap(): void {
    this.postman?.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.postman?.stop();
  }
}
