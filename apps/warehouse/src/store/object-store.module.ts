import { Inject, Module } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { faultyStore } from '@rind/faults';
import type { Randomness } from '@rind/kernel';
import { CONFIG, LOGGER, Metrics, RANDOMNESS, Readiness } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import { maxTimestampBytes, timestampKey } from '@rind/repository';
import { StorageError } from '@rind/storage-port';
import type { ObjectStore } from '@rind/storage-port';
import type { WarehouseConfig } from '../config.ts';
import { injectedFaults } from '../injected-faults.ts';
import { meteredStore } from './metered-store.ts';
import { openStore } from './open-store.ts';
import type { OpenedStore } from './open-store.ts';

/** `ObjectStore` of @rind/storage-port. */
export const OBJECT_STORE = Symbol('object store');

/** The store as it was opened, to be closed again. */
const OPENED_STORE = Symbol('opened store');

@Module({
  providers: [
    {
      provide: OPENED_STORE,
      inject: [CONFIG, RANDOMNESS],
      useFactory: (config: WarehouseConfig, randomness: Randomness) => openStore(config.store, randomness),
    },
    {
      provide: OBJECT_STORE,
      inject: [OPENED_STORE, Metrics, CONFIG, RANDOMNESS, LOGGER],
      useFactory: (
        { store }: OpenedStore,
        metrics: Metrics,
        config: WarehouseConfig,
        randomness: Randomness,
        logger: Logger,
      ) => {
        const faults = injectedFaults(config, 'store', randomness, logger);
        return meteredStore(faults === null ? store : faultyStore(store, faults), metrics);
      },
    },
  ],
  exports: [OBJECT_STORE],
})
export class ObjectStoreModule implements OnModuleDestroy {
  constructor(
    @Inject(OBJECT_STORE) store: ObjectStore,
    @Inject(OPENED_STORE) private readonly opened: OpenedStore,
    readiness: Readiness,
  ) {
    readiness.register('store', async () => {
      if ((await store.get(timestampKey, maxTimestampBytes)) !== null) return;
      // An empty folder is what one that is not mounted looks like: no place for uploads.
      throw new StorageError('store.unavailable', 'there is no timestamp', { key: timestampKey });
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.opened.close();
  }
}
