import { Inject, Module } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { CONFIG, Readiness } from '@rind/nest-kit';
import type { WarehouseConfig } from '../config.ts';
import { IndexDatabase } from './index-database.ts';

@Module({
  providers: [
    {
      provide: IndexDatabase,
      inject: [CONFIG],
      useFactory: (config: WarehouseConfig) => new IndexDatabase(config.databaseUrl),
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
