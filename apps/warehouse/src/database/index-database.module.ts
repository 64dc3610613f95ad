import { Inject, Module } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import type { Randomness } from '@rind/kernel';
import { CONFIG, LOGGER, RANDOMNESS, Readiness } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import type { WarehouseConfig } from '../config.ts';
import { injectedFaults } from '../injected-faults.ts';
import { IndexDatabase } from './index-database.ts';

@Module({
  providers: [
    {
      provide: IndexDatabase,
      inject: [CONFIG, RANDOMNESS, LOGGER],
      useFactory: (config: WarehouseConfig, randomness: Randomness, logger: Logger) =>
        new IndexDatabase(config.databaseUrl, injectedFaults(config, 'db', randomness, logger)),
    },
  ],
  exports: [IndexDatabase],
})
export class IndexDatabaseModule implements OnModuleDestroy {
  constructor(
    @Inject(IndexDatabase) private readonly database: IndexDatabase,
    readiness: Readiness,
  ) {
    readiness.register('database', () => database.check());
  }

  onModuleDestroy(): Promise<void> {
    return this.database.close();
  }
}
