import { createCheckpoint } from '@rind/crash-points';
import { openPool } from '@rind/database';
import { monotonicMs, noCheckpoint, systemRandomness } from '@rind/kernel';
import type { Checkpoint, Clock } from '@rind/kernel';
import { storeLocation } from '@rind/nest-kit';
import type { Logger, Metrics, Readiness } from '@rind/nest-kit';
import type { RefreshSettings } from '@rind/repository';
import type { ObjectStore, StoreLocation } from '@rind/storage-port';
import type { SignerConfig } from '../config.ts';
import { UnprovenBins } from '../repair/unproven-bins.ts';
import { countingStore } from '../store/counting-store.ts';
import { signerPoints, sweepPoints } from '../crash-points.ts';
import { registerChecks } from '../health/readiness-checks.ts';
import { ToldPublicationLog } from '../health/told-log.ts';
import { WriterWatch } from '../health/writer-watch.ts';
import { databaseWithFaults, faultSettings, storeWithFaults } from '../injected-faults.ts';
import type { FaultSettings } from '../injected-faults.ts';
import { retryingReads } from '../retrying/retrying-reads.ts';
import { retryingStore } from '../retrying/retrying-store.ts';
import { SignerMetrics } from '../signer-metrics.ts';
import { openStore, proveStore, storePoints } from '../store/open-store.ts';
import { Wakeup } from '../writer/wakeup.ts';

/** How far our clock may be from the database's. */
export const maxClockSkewMs = 60_000;

/** What every other part stands on. */
export interface Base {
  readonly config: SignerConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly numbers: SignerMetrics;
  readonly location: StoreLocation;
  readonly checkpoint: Checkpoint;
  /** Counted, and tried again where a call may be made twice. */
  readonly store: ObjectStore;
  readonly sql: ReturnType<typeof retryingReads>;
  readonly log: ToldPublicationLog;
  readonly watch: WriterWatch;
  readonly faults: FaultSettings | null;
  readonly refresh: RefreshSettings;
  readonly wakeup: Wakeup;
  readonly unproven: UnprovenBins;
  readonly warn: (event: string, detail: object) => void;
  /** From here on nothing is tried again. */
  giveUpRetries(): void;
  close(): Promise<void>;
}

/** Opens store and database, and registers what readiness means. Throws `store.unfit`. */
export async function openBase(
  config: SignerConfig,
  clock: Clock,
  logger: Logger,
  metrics: Metrics,
  readiness: Readiness,
): Promise<Base> {
  const location = storeLocation(config);
  const checkpoint = checkpointOf(config, await storePoints(location));
  const numbers = new SignerMetrics(metrics, () => clock.nowMs());
  await proveStore(location);
  const opened = await openStore(location, checkpoint);
  const faults = faultSettings(config, systemRandomness);
  if (faults !== null) logger.warn('faults.injected', { ...faults });
  let draining = false;
  const goesOn = (): boolean => !draining;
  const faulty = storeWithFaults(opened.store, faults);
  const pooled = openPool(config.RIND_DATABASE_URL, { max: 8, name: 'signer' });
  const sql = retryingReads(databaseWithFaults(pooled, faults), { goesOn });
  const watch = new WriterWatch(monotonicMs);
  numbers.showWriter(watch);
  const unproven = new UnprovenBins(monotonicMs, systemRandomness);
  numbers.showUnproven(() => unproven.indexes.length);
  const log = new ToldPublicationLog(sql, watch, (event, fields) => logger.info(event, fields));
  registerChecks(readiness, {
    location,
    store: opened.store,
    databaseNowMs: () => log.databaseNowMs(),
    clock,
    clockOffsetMs: config.RIND_CLOCK_OFFSET_MS ?? 0,
    maxClockSkewMs,
    watch,
    stuckAfterMs: config.RIND_WRITER_STUCK_MS,
  });
  return {
    config,
    clock,
    logger,
    numbers,
    location,
    checkpoint,
    store: retryingStore(countingStore(faulty, numbers.countStoreCall), { goesOn }),
    sql,
    log,
    watch,
    faults,
    refresh: refreshSettings(config),
    wakeup: new Wakeup(),
    unproven,
    warn: (event, detail) => logger.warn(event, { ...detail }),
    giveUpRetries: () => void (draining = true),
    close: async () => {
      await opened.close();
      await sql.close();
    },
  };
}

function checkpointOf(config: SignerConfig, pointsOfStore: readonly string[]): Checkpoint {
  if (config.RIND_STATE_DIR === undefined) return noCheckpoint;
  return createCheckpoint({
    process: 'signer',
    ...(config.RIND_CRASH_AT === undefined ? {} : { crashAt: config.RIND_CRASH_AT }),
    ...(config.RIND_STOP_AT === undefined ? {} : { stopAt: config.RIND_STOP_AT }),
    stateDir: config.RIND_STATE_DIR,
    knownPoints: [...signerPoints, ...sweepPoints, ...pointsOfStore],
  });
}

function refreshSettings(config: SignerConfig): RefreshSettings {
  return {
    lifetimeMs: config.RIND_ONLINE_LIFETIME_MS,
    refreshBelowMs: config.RIND_REFRESH_BELOW_MS,
    floorMs: config.RIND_REFRESH_FLOOR_MS,
    tickMs: config.RIND_REFRESH_TICK_MS,
  };
}
