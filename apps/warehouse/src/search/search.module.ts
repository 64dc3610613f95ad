import { Inject, Module } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { LOGGER } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import type { ObjectStore } from '@rind/storage-port';
import { IndexDatabase } from '../database/index-database.ts';
import { IndexDatabaseModule } from '../database/index-database.module.ts';
import { PublicationFeed } from '../publications/publication-feed.ts';
import { PublicationsModule } from '../publications/publications.module.ts';
import { ProjectReleases } from '../releases/project-releases.ts';
import { SignedProjects } from '../simple/signed-projects.ts';
import { OBJECT_STORE, ObjectStoreModule } from '../store/object-store.module.ts';
import { SearchDocuments } from './search-documents.ts';

@Module({
  imports: [IndexDatabaseModule, ObjectStoreModule, PublicationsModule],
  providers: [
    {
      provide: SearchDocuments,
      inject: [IndexDatabase, OBJECT_STORE, LOGGER],
      useFactory: ({ pool, rows }: IndexDatabase, store: ObjectStore, logger: Logger) => {
        const releases = new ProjectReleases(rows, new SignedProjects(rows, store, 0));
        return new SearchDocuments({ sql: pool, releases, logger });
      },
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
