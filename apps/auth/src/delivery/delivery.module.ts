import { Inject, Module } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Pool } from '@rind/database';
import type { Clock } from '@rind/kernel';
import { CLOCK, CONFIG, LOGGER } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import type { AuthConfig } from '../config.ts';
import { DATABASE } from '../database.ts';
import { DatabaseModule } from '../database.module.ts';
import { GrantBookModule } from '../grants/grant-book.module.ts';
import { GrantVoider } from '../grants/grant-voider.ts';
import { callTimeoutMs, Courier } from './courier.ts';
import { WarehouseClient } from './warehouse-client.ts';

/** Grants that auth itself brings to the warehouse. */
@Module({
  imports: [DatabaseModule, GrantBookModule],
  providers: [
    {
      provide: Courier,
      inject: [DATABASE, CLOCK, LOGGER, CONFIG, GrantVoider],
      useFactory: (sql: Pool, clock: Clock, logger: Logger, config: AuthConfig, voider: GrantVoider) => {
        const warehouse = new WarehouseClient({ url: config.warehouseUrl, timeoutMs: callTimeoutMs });
        return new Courier({ sql, clock, logger, warehouse, voider });
      },
    },
  ],
  exports: [Courier],
})
export class DeliveryModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(@Inject(Courier) private readonly courier: Courier) {}

  onApplicationBootstrap(): void {
    this.courier.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.courier.stop();
  }
}
