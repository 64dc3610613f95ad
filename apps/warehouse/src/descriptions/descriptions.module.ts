import { Inject, Module } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { Metrics } from '@rind/nest-kit';
import { IndexDatabase } from '../database/index-database.ts';
import { IndexDatabaseModule } from '../database/index-database.module.ts';
import { Descriptions } from './descriptions.ts';

const limits = {
  threads: 1,
  maxQueue: 32,
  timeoutMs: 20_000,
  maxHeapMebibytes: 256,
  maxLength: 1_048_576,
};

/** Descriptions of projects, ready to be shown. */
@Module({
  imports: [IndexDatabaseModule],
  providers: [
    {
      provide: Descriptions,
      inject: [IndexDatabase, Metrics],
      useFactory: openDescriptions,
    },
  ],
  exports: [Descriptions],
})
export class DescriptionsModule implements OnModuleDestroy {
  constructor(@Inject(Descriptions) private readonly descriptions: Descriptions) {}

  onModuleDestroy(): Promise<void> {
    return this.descriptions.close();
  }
}

/** Does not start without its thread: otherwise every text would look like one that ends it, and be kept as such. */
async function openDescriptions(database: IndexDatabase, metrics: Metrics): Promise<Descriptions> {
  const descriptions = new Descriptions({ sql: database.pool, limits, metrics });
  await descriptions.check();
  return descriptions;
}
