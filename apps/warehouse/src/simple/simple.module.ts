import { Module } from '@nestjs/common';
import type { ObjectStore } from '@rind/storage-port';
import { IndexDatabase } from '../database/index-database.ts';
import { IndexDatabaseModule } from '../database/index-database.module.ts';
import { OBJECT_STORE, ObjectStoreModule } from '../store/object-store.module.ts';
import { ProjectList } from './project-list.ts';
import { SignedProjects } from './signed-projects.ts';
import { SimpleController } from './simple.controller.ts';

@Module({
  imports: [IndexDatabaseModule, ObjectStoreModule],
  controllers: [SimpleController],
  providers: [
    {
      provide: SignedProjects,
      inject: [IndexDatabase, OBJECT_STORE],
      useFactory: (database: IndexDatabase, store: ObjectStore) => new SignedProjects(database.rows, store),
    },
    {
      provide: ProjectList,
      inject: [IndexDatabase],
      useFactory: (database: IndexDatabase) => new ProjectList(database.pool),
    },
  ],
  exports: [SignedProjects],
})
export class SimpleModule {}
