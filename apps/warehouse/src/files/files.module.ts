import { Module } from '@nestjs/common';
import { IndexDatabase } from '../database/index-database.ts';
import { IndexDatabaseModule } from '../database/index-database.module.ts';
import { ObjectStoreModule } from '../store/object-store.module.ts';
import { FilesController } from './files.controller.ts';
import { PublishedFiles } from './published-files.ts';

@Module({
  imports: [IndexDatabaseModule, ObjectStoreModule],
  controllers: [FilesController],
  providers: [
    {
      provide: PublishedFiles,
      inject: [IndexDatabase],
      useFactory: (database: IndexDatabase) => new PublishedFiles(database.rows),
    },
  ],
})
export class FilesModule {}
