import { Module } from '@nestjs/common';
import type { Clock, Randomness } from '@rind/kernel';
import { CLOCK, RANDOMNESS } from '@rind/nest-kit';
import { IndexDatabase } from '../database/index-database.ts';
import { IndexDatabaseModule } from '../database/index-database.module.ts';
import { GrantKeys } from '../grant-keys/grant-keys.ts';
import { GrantKeysModule } from '../grant-keys/grant-keys.module.ts';
import { OutboxBell } from '../outbox/outbox-bell.ts';
import { OutboxModule } from '../outbox/outbox.module.ts';
import { GrantDesk } from './grant-desk.ts';
import { GrantsController } from './grants.controller.ts';

@Module({
  imports: [IndexDatabaseModule, GrantKeysModule, OutboxModule],
  controllers: [GrantsController],
  providers: [
    {
      provide: GrantDesk,
      inject: [IndexDatabase, GrantKeys, OutboxBell, CLOCK, RANDOMNESS],
      useFactory: (
        database: IndexDatabase,
        grantKeys: GrantKeys,
        bell: OutboxBell,
        clock: Clock,
        randomness: Randomness,
      ) => new GrantDesk({ sql: database.pool, grantKeys, bell, clock, randomness }),
    },
  ],
})
export class OperatorGrantsModule {}
