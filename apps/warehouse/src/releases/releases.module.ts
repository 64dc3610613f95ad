import { Module } from '@nestjs/common';
import { IndexDatabase } from '../database/index-database.ts';
import { IndexDatabaseModule } from '../database/index-database.module.ts';
import { SignedProjects } from '../simple/signed-projects.ts';
import { SimpleModule } from '../simple/simple.module.ts';
import { ProjectReleases } from './project-releases.ts';

@Module({
  imports: [IndexDatabaseModule, SimpleModule],
  providers: [
    {
      provide: ProjectReleases,
      inject: [IndexDatabase, SignedProjects],
      useFactory: (database: IndexDatabase, projects: SignedProjects) =>
        new ProjectReleases(database.rows, projects),
    },
  ],
  exports: [ProjectReleases],
})
export class ReleasesModule {}
