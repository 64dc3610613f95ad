import { Module } from '@nestjs/common';
import type { Clock, Randomness } from '@rind/kernel';
import { CLOCK, CONFIG, LOGGER, Metrics, RANDOMNESS } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import type { ObjectStore } from '@rind/storage-port';
import { checkpointOf } from '../checkpoints.ts';
import type { WarehouseConfig } from '../config.ts';
import { IndexDatabase } from '../database/index-database.ts';
import { IndexDatabaseModule } from '../database/index-database.module.ts';
import { GrantKeys } from '../grant-keys/grant-keys.ts';
import { GrantKeysModule } from '../grant-keys/grant-keys.module.ts';
import { InspectionModule } from '../inspection/inspection.module.ts';
import { Inspections } from '../inspection/inspections.ts';
import { OutboxBell } from '../outbox/outbox-bell.ts';
import { OutboxModule } from '../outbox/outbox.module.ts';
import { GroupSync } from '../store/group-sync.ts';
import { OBJECT_STORE, ObjectStoreModule } from '../store/object-store.module.ts';
import { readProhibitedNames } from './prohibited-names.ts';
import { UploadDesk } from './upload-desk.ts';
import { UploadIntake } from './upload-intake.ts';
import { UploadSlots } from './upload-slots.ts';
import { UploadSpool } from './upload-spool.ts';
import { UploadsController } from './uploads.controller.ts';

@Module({
  imports: [IndexDatabaseModule, ObjectStoreModule, GrantKeysModule, InspectionModule, OutboxModule],
  controllers: [UploadsController],
  providers: [
    {
      provide: UploadIntake,
      inject: [
        CONFIG,
        CLOCK,
        RANDOMNESS,
        LOGGER,
        Metrics,
        IndexDatabase,
        OBJECT_STORE,
        GrantKeys,
        Inspections,
        OutboxBell,
      ],
      useFactory: openIntake,
    },
  ],
  exports: [UploadIntake],
})
export class UploadsModule {}

async function openIntake(
  config: WarehouseConfig,
  clock: Clock,
  randomness: Randomness,
  logger: Logger,
  metrics: Metrics,
  database: IndexDatabase,
  store: ObjectStore,
  grantKeys: GrantKeys,
  inspections: Inspections,
  bell: OutboxBell,
): Promise<UploadIntake> {
  const spool = new UploadSpool(config.spoolDir, randomness);
  const swept = await spool.open();
  if (swept > 0) logger.warn('spool.swept', { files: swept });
  const desk = new UploadDesk({
    sql: database.uploads,
    store,
    sync: new GroupSync(store),
    spool,
    inspections,
    grantKeys,
    bell,
    clock,
    randomness,
    checkpoint: checkpointOf(config),
    maxFileBytes: config.maxFileBytes,
    limits: {
      maxProjectBytes: config.maxProjectBytes,
      maxReleaseAgeMs: config.maxReleaseAgeMs,
      prohibitedNames: await readProhibitedNames(config.prohibitedNamesFile),
    },
  });
  const slots = new UploadSlots(config.maxConcurrentUploads);
  return new UploadIntake({ desk, slots, sql: database.uploads, metrics });
}
