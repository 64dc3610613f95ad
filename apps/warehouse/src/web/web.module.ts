import { Module } from '@nestjs/common';
import { CONFIG } from '@rind/nest-kit';
import type { WarehouseConfig } from '../config.ts';
import { IndexDatabase } from '../database/index-database.ts';
import { IndexDatabaseModule } from '../database/index-database.module.ts';
import { DescriptionsModule } from '../descriptions/descriptions.module.ts';
import { Descriptions } from '../descriptions/descriptions.ts';
import { ProjectReleases } from '../releases/project-releases.ts';
import { ReleasesModule } from '../releases/releases.module.ts';
import { SearchModule } from '../search/search.module.ts';
import { StatusDesk } from '../status/status-desk.ts';
import { StatusModule } from '../status/status.module.ts';
import { FeedsController } from './feeds.controller.ts';
import { Feeds } from './feeds.ts';
import { WebController } from './web.controller.ts';
import { WebPages } from './web-pages.ts';

@Module({
  imports: [IndexDatabaseModule, StatusModule, ReleasesModule, SearchModule, DescriptionsModule],
  controllers: [WebController, FeedsController],
  providers: [
    {
      provide: WebPages,
      inject: [CONFIG, IndexDatabase, StatusDesk, ProjectReleases, Descriptions],
      useFactory: (
        config: WarehouseConfig,
        database: IndexDatabase,
        status: StatusDesk,
        releases: ProjectReleases,
        descriptions: Descriptions,
      ) => new WebPages({ sql: database.pool, status, releases, descriptions, config }),
    },
    {
      provide: Feeds,
      inject: [CONFIG, IndexDatabase, ProjectReleases],
      useFactory: ({ publicUrl }: WarehouseConfig, database: IndexDatabase, releases: ProjectReleases) =>
        new Feeds({ sql: database.pool, releases, publicUrl }),
    },
  ],
})
export class WebModule {}
