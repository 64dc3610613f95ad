import { Module } from '@nestjs/common';
import type { ObjectStore } from '@rind/storage-port';
import { IndexDatabase } from '../database/index-database.ts';
import { IndexDatabaseModule } from '../database/index-database.module.ts';
import { OBJECT_STORE, ObjectStoreModule } from '../store/object-store.module.ts';
import { MetadataFiles } from './metadata-files.ts';
import { TufController } from './tuf.controller.ts';

@Module({
  imports: [IndexDatabaseModule, ObjectStoreModule],
  controllers: [TufController],
  providers: [
    {
      provide: MetadataFiles,
      inject: [OBJECT_STORE, IndexDatabase],
      useFactory: (store: ObjectStore, database: IndexDatabase) => new MetadataFiles(store, database.rows),
    },
  ],
})
export class TufModule {}
