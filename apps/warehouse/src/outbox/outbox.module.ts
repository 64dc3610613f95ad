import { Inject, Module } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { LOGGER } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import { IndexDatabase } from '../database/index-database.ts';
import { IndexDatabaseModule } from '../database/index-database.module.ts';
import { OutboxBell } from './outbox-bell.ts';

@Module({
  imports: [IndexDatabaseModule],
  providers: [
    {
      provide: OutboxBell,
      inject: [IndexDatabase, LOGGER],
      useFactory: (database: IndexDatabase, logger: Logger) => new OutboxBell(database.pool, logger),
    },
  ],
  exports: [OutboxBell],
})
export class OutboxModule implements OnModuleDestroy {
  constructor(@Inject(OutboxBell) private readonly bell: OutboxBell) {}

  onModuleDestroy(): Promise<void> {
    return this.bell.settled();
  }
}
