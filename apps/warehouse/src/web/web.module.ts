import { Module } from '@nestjs/common';
import { CONFIG } from '@rind/nest-kit';
import type { WarehouseConfig } from '../config.ts';
import { IndexDatabase } from '../database/index-database.ts';
import { IndexDatabaseModule } from '../database/index-database.module.ts';
import { SignedProjects } from '../simple/signed-projects.ts';
import { SimpleModule } from '../simple/simple.module.ts';
import { StatusDesk } from '../status/status-desk.ts';
import { StatusModule } from '../status/status.module.ts';
import { WebController } from './web.controller.ts';
import { WebPages } from './web-pages.ts';

@Module({
  imports: [IndexDatabaseModule, StatusModule, SimpleModule],
  controllers: [WebController],
  providers: [
    {
      provide: WebPages,
      inject: [CONFIG, IndexDatabase, StatusDesk, SignedProjects],
      useFactory: (
        config: WarehouseConfig,
        database: IndexDatabase,
        status: StatusDesk,
        projects: SignedProjects,
      ) => new WebPages({ sql: database.pool, status, projects, config }),
    },
  ],
})
export class WebModule {}
