import { Module } from '@nestjs/common';
import type { Clock } from '@rind/kernel';
import { CLOCK, CONFIG } from '@rind/nest-kit';
import type { ObjectStore } from '@rind/storage-port';
import type { WarehouseConfig } from '../config.ts';
import { IndexDatabase } from '../database/index-database.ts';
import { IndexDatabaseModule } from '../database/index-database.module.ts';
import { OBJECT_STORE, ObjectStoreModule } from '../store/object-store.module.ts';
import { UploadIntake } from '../uploads/upload-intake.ts';
import { UploadsModule } from '../uploads/uploads.module.ts';
import { StatusController } from './status.controller.ts';
import { StatusDesk } from './status-desk.ts';
import { RoomWatch } from './store-room.ts';

@Module({
  imports: [IndexDatabaseModule, ObjectStoreModule, UploadsModule],
  controllers: [StatusController],
  providers: [
    {
      provide: StatusDesk,
      inject: [CONFIG, CLOCK, IndexDatabase, OBJECT_STORE, UploadIntake],
      useFactory: (
        config: WarehouseConfig,
        clock: Clock,
        database: IndexDatabase,
        store: ObjectStore,
        uploads: UploadIntake,
      ) => {
        const room = new RoomWatch({ spoolDir: config.spoolDir, store: config.store });
        return new StatusDesk({ sql: database.pool, store, clock, config, uploads, room });
      },
    },
  ],
  exports: [StatusDesk],
})
export class StatusModule {}
