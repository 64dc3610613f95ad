import { Inject, Module } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { LOGGER } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import { IndexDatabaseModule } from '../database/index-database.module.ts';
import { IndexDatabase } from '../database/index-database.ts';
import { PublicationFeed } from './publication-feed.ts';

@Module({
  imports: [IndexDatabaseModule],
  providers: [
    {
      provide: PublicationFeed,
      inject: [IndexDatabase, LOGGER],
      useFactory: async (database: IndexDatabase, logger: Logger) => {
        const feed = new PublicationFeed(logger);
        await feed.open(database.pool);
        return feed;
      },
    },
  ],
  exports: [PublicationFeed],
})
export class PublicationsModule implements OnModuleDestroy {
  constructor(@Inject(PublicationFeed) private readonly feed: PublicationFeed) {}

  onModuleDestroy(): Promise<void> {
    return this.feed.close();
  }
}
