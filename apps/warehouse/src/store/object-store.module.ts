import { Inject, Module } from '@nestjs/common';
import type { Randomness } from '@rind/kernel';
import { CONFIG, Metrics, RANDOMNESS, Readiness } from '@rind/nest-kit';
import { maxTimestampBytes, timestampKey } from '@rind/repository';
import { openFsStore } from '@rind/storage-fs';
import type { ObjectStore } from '@rind/storage-port';
import type { WarehouseConfig } from '../config.ts';
import { meteredStore } from './metered-store.ts';

/** `ObjectStore` of @rind/storage-port. */
export const OBJECT_STORE = Symbol('object store');

@Module({
  providers: [
    {
      provide: OBJECT_STORE,
      inject: [CONFIG, RANDOMNESS, Metrics],
      useFactory: (config: WarehouseConfig, randomness: Randomness, metrics: Metrics) =>
        meteredStore(openFsStore({ root: config.store.path, randomness }), metrics),
    },
  ],
  exports: [OBJECT_STORE],
})
export class ObjectStoreModule {
  constructor(@Inject(OBJECT_STORE) store: ObjectStore, readiness: Readiness) {
    readiness.register('store', async () => {
      await store.get(timestampKey, maxTimestampBytes);
    });
  }
}
