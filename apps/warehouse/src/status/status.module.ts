import { Module } from '@nestjs/common';
import type { Clock } from '@rind/kernel';
import { CLOCK, CONFIG } from '@rind/nest-kit';
import type { ObjectStore } from '@rind/storage-port';
import type { WarehouseConfig } from '../config.ts';
import { IndexDatabase } from '../database/index-database.ts';
import { IndexDatabaseModule } from '../database/index-database.module.ts';
import { OBJECT_STORE, ObjectStoreModule } from '../store/object-store.module.ts';
import { StatusController } from './status.controller.ts';
import { StatusDesk } from './status-desk.ts';

@Module({
  imports: [IndexDatabaseModule, ObjectStoreModule],
  controllers: [StatusController],
  providers: [
    {
      provide: StatusDesk,
      inject: [CONFIG, CLOCK, IndexDatabase, OBJECT_STORE],
      useFactory: (config: WarehouseConfig, clock: Clock, database: IndexDatabase, store: ObjectStore) =>
        new StatusDesk({ sql: database.pool, store, clock, config }),
    },
  ],
  exports: [StatusDesk],
})
export class StatusModule {}
