import { Module } from '@nestjs/common';
import { CONFIG, Metrics } from '@rind/nest-kit';
import type { WarehouseConfig } from '../config.ts';
import { IndexDatabase } from '../database/index-database.ts';
import { IndexDatabaseModule } from '../database/index-database.module.ts';
import { PublicationFeed } from '../publications/publication-feed.ts';
import { PublicationsModule } from '../publications/publications.module.ts';
import { ReceiptOffice } from './receipt-office.ts';
import { ReceiptsController } from './receipts.controller.ts';

@Module({
  imports: [IndexDatabaseModule, PublicationsModule],
  controllers: [ReceiptsController],
  providers: [
    {
      provide: ReceiptOffice,
      inject: [CONFIG, IndexDatabase, PublicationFeed, Metrics],
      useFactory: (
        config: WarehouseConfig,
        database: IndexDatabase,
        feed: PublicationFeed,
        metrics: Metrics,
      ) =>
        new ReceiptOffice({
          sql: database.pool,
          feed,
          metrics,
          binCount: config.bins.count,
          maxWaiters: config.maxReceiptWaiters,
        }),
    },
  ],
})
export class ReceiptsModule {}
