import { Inject, Module } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { LOGGER } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import { IndexDatabase } from '../database/index-database.ts';
import { IndexDatabaseModule } from '../database/index-database.module.ts';
import { PublicationFeed } from '../publications/publication-feed.ts';
import { PublicationsModule } from '../publications/publications.module.ts';
import { ProjectReleases } from '../releases/project-releases.ts';
import { ReleasesModule } from '../releases/releases.module.ts';
import { SearchDocuments } from './search-documents.ts';

@Module({
  imports: [IndexDatabaseModule, PublicationsModule, ReleasesModule],
  providers: [
    {
      provide: SearchDocuments,
      inject: [IndexDatabase, ProjectReleases, LOGGER],
      useFactory: (database: IndexDatabase, releases: ProjectReleases, logger: Logger) =>
        new SearchDocuments({ sql: database.pool, releases, logger }),
    },
  ],
  exports: [SearchDocuments],
})
export class SearchModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    @Inject(SearchDocuments) private readonly documents: SearchDocuments,
    @Inject(PublicationFeed) private readonly feed: PublicationFeed,
  ) {}

  onApplicationBootstrap(): void {
    this.feed.subscribe(() => this.documents.refresh());
    this.documents.refresh();
  }

  async onModuleDestroy(): Promise<void> {
    await this.documents.close();
  }
}
