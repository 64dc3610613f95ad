import { Inject, Module } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { noCheckpoint } from '@rind/kernel';
import type { Checkpoint, Randomness } from '@rind/kernel';
import { createCheckpoint } from '@rind/crash-points';
import { CONFIG, LOGGER, Metrics, RANDOMNESS, Readiness } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import { gatePoints } from './checkpoints.ts';
import type { GateConfig } from './config.ts';
import { HashPool } from './hashing/hash-pool.ts';
import { Spool } from './spool/spool.ts';
import { GrantLedger } from './upload/grant-ledger.ts';
import { LegacyController } from './upload/legacy.controller.ts';
import { Slots } from './upload/slots.ts';
import { UploadDesk } from './upload/upload-desk.ts';
import { AuthClient } from './upstream/auth-client.ts';
import { WarehouseClient } from './upstream/warehouse-client.ts';

/** What lives as long as the process: opened before the first request, closed after the last. */
class GateParts {
  constructor(
    readonly desk: UploadDesk,
    private readonly hashes: HashPool,
    private readonly ledger: GrantLedger,
  ) {}

  async close(): Promise<void> {
    this.ledger.close();
    await this.hashes.close();
  }
}

@Module({
  controllers: [LegacyController],
  providers: [
    {
      provide: GateParts,
      inject: [CONFIG, RANDOMNESS, LOGGER, Metrics, Readiness],
      useFactory: openParts,
    },
    { provide: UploadDesk, inject: [GateParts], useFactory: (parts: GateParts) => parts.desk },
  ],
})
export class GateModule implements OnModuleDestroy {
  constructor(@Inject(GateParts) private readonly parts: GateParts) {}

  onModuleDestroy(): Promise<void> {
    return this.parts.close();
  }
}

async function openParts(
  config: GateConfig,
  randomness: Randomness,
  logger: Logger,
  metrics: Metrics,
  readiness: Readiness,
): Promise<GateParts> {
  const spool = new Spool(config.spool.dir, config.spool.maxBytes, randomness);
  const swept = await spool.open();
  const auth = new AuthClient({ ...config.auth, timeoutMs: config.authTimeoutMs });
  const { warehouseIdleMs: idleMs, warehouseStallMs: stallMs } = config;
  const warehouse = new WarehouseClient({ ...config.warehouse, idleMs, stallMs });
  const { settleAfterMs } = config;
  const ledger = new GrantLedger({ dir: config.spool.dir, auth, warehouse, settleAfterMs, logger });
  const adopted = await ledger.open();
  if (swept + adopted > 0) logger.warn('spool.swept', { files: swept, grants: adopted });

  const hashes = new HashPool({
    threads: config.hashThreads,
    maxQueue: config.maxConcurrentUploads,
    metrics,
  });
  const slots = new Slots(config.maxConcurrentUploads);
  observe(metrics, { spool, slots, ledger });
  readiness.register('hashing', () => hashes.check());
  readiness.register('spool', () => spool.check());
  readiness.register('auth', () => auth.check());
  readiness.register('warehouse', () => warehouse.check());
  const desk = new UploadDesk({
    config,
    randomness,
    logger,
    checkpoint: checkpointOf(config),
    slots,
    spool,
    digestsOf: (path) => hashes.digestsOf(path),
    auth,
    warehouse,
    ledger,
  });
  return new GateParts(desk, hashes, ledger);
}

function checkpointOf({ checkpoints: { stateDir, crashAt, stopAt } }: GateConfig): Checkpoint {
  if (stateDir === undefined) return noCheckpoint;
  return createCheckpoint({
    process: 'gate',
    stateDir,
    knownPoints: gatePoints,
    crashAt,
    stopAt,
  });
}

function observe(metrics: Metrics, parts: { spool: Spool; slots: Slots; ledger: GrantLedger }): void {
  metrics.observe(
    'rind_spool_reserved_bytes',
    'Bytes promised to uploads in the spool.',
    () => parts.spool.budget.reservedBytes,
  );
  metrics.observe('rind_uploads_active', 'Uploads being received or handled.', () => parts.slots.inUse);
  metrics.observe('rind_grants_unsettled', 'Grants of unknown outcome.', () => parts.ledger.unsettledCount);
}
