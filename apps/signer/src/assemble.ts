import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { createCheckpoint } from '@rind/crash-points';
import { DatabaseGarbageLog, DatabaseLease, openPool } from '@rind/database';
import { monotonicMs, noCheckpoint, systemRandomness } from '@rind/kernel';
import type { Checkpoint, Clock } from '@rind/kernel';
import { storeLocation } from '@rind/nest-kit';
import type { Logger, Metrics, Readiness } from '@rind/nest-kit';
import { createWorkerPool, workerUrl } from '@rind/worker-pool';
import type { RefreshSettings } from '@rind/repository';
import { BinPool } from './bins/bin-pool.ts';
import type { BinTasks, BinWorkerData } from './bins/bin-tasks.ts';
import type { SignerConfig } from './config.ts';
import { countingStore } from './counting-store.ts';
import { signerPoints, sweepPoints } from './crash-points.ts';
import { Sweeper } from './garbage/sweeper.ts';
import type { SweeperReport } from './garbage/sweeper.ts';
import type { SweepRun, SweepRuns } from './garbage/sweep-runs.ts';
import { loadGrantKeys } from './grant-keys.ts';
import { registerChecks } from './health/readiness-checks.ts';
import { ToldPublicationLog } from './health/told-log.ts';
import { watchedLease } from './health/watched-lease.ts';
import { WriterWatch } from './health/writer-watch.ts';
import { HttpAuthLog } from './auth-log/auth-log.ts';
import { databaseWithFaults, faultSettings, signerWithFaults, storeWithFaults } from './injected-faults.ts';
import { Intake } from './intake/intake.ts';
import { VoidedGrants } from './intake/voided-grants.ts';
import { KeyRing } from './offline-roles/key-ring.ts';
import { OfflineRoles } from './offline-roles/offline-roles.ts';
import { OnlineSigners } from './offline-roles/online-signers.ts';
import { binsNotSignedBy } from './offline-roles/unrotated-bins.ts';
import { BatchPlanner } from './publishing/batch-planner.ts';
import { Publisher } from './publishing/publisher.ts';
import { StepTimer } from './publishing/step-timer.ts';
import { TopRepair } from './repair/damaged-top.ts';
import { DatabaseGrantRecord } from './repair/grant-record.ts';
import { Repairs } from './repair/repairs.ts';
import { StoreWatch } from './repair/store-watch.ts';
import { backoffMs } from './retrying/backoff.ts';
import { retryingReads } from './retrying/retrying-reads.ts';
import { retryingStore } from './retrying/retrying-store.ts';
import { FactsSweep } from './reconcile/facts-sweep.ts';
import { givenNotices } from './reconcile/given-notices.ts';
import { OfflineNotice } from './reconcile/offline-notice.ts';
import { Reconciler } from './reconcile/reconciler.ts';
import { UnappliedGrants } from './reconcile/unapplied-grants.ts';
import { ValidityWatch } from './reconcile/validity-watch.ts';
import { SignerMetrics } from './signer-metrics.ts';
import { openStore, proveStore, storePoints } from './store/open-store.ts';
import { Refresher } from './writer/refresher.ts';
import { takeOver } from './writer/takeover.ts';
import { Wakeup } from './writer/wakeup.ts';
import { Writer } from './writer/writer.ts';
import type { WriterReport } from './writer/writer-parts.ts';

/** How far our clock may be from the database's. */
const maxClockSkewMs = 60_000;

/** Between two tries of a step of a publication. */
const stepWaits = { firstMs: 100, mostMs: 5_000 };

export interface AssembledSigner {
  run(): Promise<void>;
  drain(): void;
  destroy(): Promise<void>;
}

/** The composition root: every part of the signer, wired from its configuration. */
export async function assembleSigner(
  config: SignerConfig,
  clock: Clock,
  logger: Logger,
  metrics: Metrics,
  readiness: Readiness,
  sweeps: SweepRuns,
): Promise<AssembledSigner> {
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
  const store = retryingStore(countingStore(faulty, numbers.countStoreCall), { goesOn });
  const pooled = openPool(config.RIND_DATABASE_URL, { max: 8, name: 'signer' });
  const sql = retryingReads(databaseWithFaults(pooled, faults), { goesOn });
  const watch = new WriterWatch(monotonicMs);
  numbers.showWriter(watch);
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
  const ring = keyRingOf(config);
  const signers = new OnlineSigners(ring);
  const offline = new OfflineRoles({
    store,
    log,
    pinnedRoot: readFileSync(config.RIND_ROOT_FILE),
    ring,
    signers,
    bins: { signWith: (signing) => bins.signWith(signing) },
    binsNotSignedBy: (keyIds) => binsNotSignedBy(sql, bitLength, keyIds),
    clock,
    settings: { pollMs: config.RIND_CEREMONY_POLL_MS, graceMs: config.RIND_ROTATION_GRACE_MS },
  });
  await offline.load();
  // What no ceremony changes.
  const { bitLength } = offline.current.bins;
  const pool = createWorkerPool<BinTasks>({
    worker: workerUrl(import.meta.url, './bins/bin.worker'),
    threads: config.RIND_BIN_THREADS,
    maxQueue: 10_000,
    workerData: {
      store: location,
      passphraseFile: config.RIND_KEY_PASSPHRASE_FILE,
      faults,
    } satisfies BinWorkerData,
  });
  const bins = new BinPool(pool, bitLength, config.RIND_BIN_THREADS);
  const garbage = new DatabaseGarbageLog(sql);
  const wakeup = new Wakeup();
  const warn = (event: string, detail: object): void => logger.warn(event, { ...detail });
  const refresh = refreshSettings(config);
  const publisher = new Publisher({
    log,
    store,
    bins,
    snapshotSigner: signerWithFaults(signers.snapshot, faults, 'snapshot'),
    timestampSigner: signerWithFaults(signers.timestamp, faults, 'timestamp'),
    clock,
    refresh,
    checkpoint,
    timer: new StepTimer(numbers.observeStep),
    backoff: async (attempt) => {
      numbers.countRetry();
      await wakeup.pause(backoffMs(attempt, stepWaits, systemRandomness));
      return !writer.isDraining;
    },
    warn,
  });
  const grantKeys = loadGrantKeys(config.RIND_TRUSTED_GRANT_KEYS_FILE);
  const pages = config.RIND_RENDER_PAGES === 'yes';
  const record = new DatabaseGrantRecord(sql, bitLength);
  const repairs = new Repairs({
    record,
    log,
    keys: grantKeys,
    repository: config.RIND_REPOSITORY,
    bitLength,
    condemned: (keys) => garbage.condemned(keys),
    pages,
    bins,
    audit: (events) => log.audit(events),
  });
  const topRepair = new TopRepair({
    store,
    log,
    record,
    bins,
    repairs,
    bitLength,
    settle: (state) => offline.settle(state),
  });
  const authLog = new HttpAuthLog({
    url: config.RIND_AUTH_URL,
    secret: config.RIND_SIGNER_AUTH_SECRET,
    liveTimeoutMs: 10_000,
    voidedTimeoutMs: 1_000,
  });
  const voided = new VoidedGrants(authLog, warn);
  const reconciler = new Reconciler(
    log,
    [
      new FactsSweep(sql),
      new ValidityWatch({
        log,
        clock,
        refresh,
        bitLength,
        alarmBelowMs: config.RIND_VALID_FOR_ALARM_MS,
        showFirstBin: (expiresMs) => numbers.showFirstBin(expiresMs),
      }),
      new OfflineNotice({ log, clock, given: () => givenNotices(sql) }),
      new UnappliedGrants(sql, authLog, clock, config.RIND_UNAPPLIED_ALARM_MS),
      new StoreWatch({
        store,
        bins,
        repairs,
        state: () => numbers.shown,
        wake: () => wakeup.wake(),
        slice: 8,
        pages,
      }),
    ],
    config.RIND_RECONCILE_INTERVAL_MS,
    warn,
  );
  const writer: Writer = new Writer({
    lease: watchedLease(new DatabaseLease(sql), watch),
    log,
    planner: new BatchPlanner({
      log,
      intake: new Intake({
        keys: grantKeys,
        repository: config.RIND_REPOSITORY,
        // A folder's objects must be hashed, which belongs into the pool; S3 knows the checksum and only takes its time.
        stat: location.kind === 'fs' ? (key) => bins.stat(key) : (key) => store.stat(key),
        isCondemned: async (key) => (await garbage.condemned([key])).size > 0,
        voidedAmong: (ids) => voided.among(ids),
      }),
      garbage: { condemned: (keys) => repairs.avoided(keys) },
      bitLength,
      clockOffsetMs: config.RIND_CLOCK_OFFSET_MS ?? 0,
      quotas: {
        newFilesPerProjectAndHour: config.RIND_QUOTA_FILES_PER_PROJECT_HOUR,
        deletionsPerHour: config.RIND_QUOTA_DELETIONS_PER_HOUR,
      },
      pages,
    }),
    refresher: new Refresher(log, clock, refresh),
    publisher,
    sweeper: new Sweeper({
      runs: sweeps,
      log: garbage,
      store,
      bitLength,
      checkpoint,
      settings: {
        graceMs: config.RIND_GC_GRACE_MS,
        packageRetentionMs: config.RIND_GC_PACKAGE_RETENTION_MS,
        dailySnapshots: config.RIND_GC_DAILY_SNAPSHOTS,
        sliceSize: 500,
      },
      intervalMs: config.RIND_GC_INTERVAL_MS,
      elapsedMs: monotonicMs,
      audit: (events) => log.audit(events),
      report: sweeperReport(logger, numbers),
    }),
    ceremonies: offline,
    repairs,
    takeOver: async (fence) => {
      await offline.load();
      const { root } = offline.current;
      const { coming } = offline;
      const state = await takeOver(
        { log, store, root, coming, bitLength, publisher, checkpoint, repair: topRepair },
        fence,
      );
      if (state !== null) await offline.settle(state);
      return state;
    },
    clock,
    wakeup,
    checkpoint,
    settings: {
      holder: `${hostname()}:${process.pid}`,
      leaseTtlMs: config.RIND_LEASE_TTL_MS,
      minPublishIntervalMs: config.RIND_MIN_PUBLISH_INTERVAL_MS,
      maxBatch: config.RIND_MAX_BATCH,
      maxClockSkewMs,
      clockOffsetMs: config.RIND_CLOCK_OFFSET_MS ?? 0,
      idleMs: Math.min(1_000, refresh.tickMs),
      heldRetryMs: 60_000,
    },
    report: reportTo(logger, numbers, watch, reconciler, () => sweeps.accept(() => wakeup.wake())),
  });
  const listener = await sql.listen('rind_outbox', () => wakeup.wake());
  return {
    run: () => writer.run(),
    drain: () => {
      draining = true;
      writer.drain();
    },
    destroy: async () => {
      reconciler.stop();
      await listener.close();
      await pool.destroy();
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

function keyRingOf(config: SignerConfig): KeyRing {
  return new KeyRing({
    files: [config.RIND_SNAPSHOT_KEY_FILE, config.RIND_TIMESTAMP_KEY_FILE, config.RIND_BIN_KEY_FILE],
    folder: config.RIND_ONLINE_KEYS_DIR ?? null,
    passphraseFile: config.RIND_KEY_PASSPHRASE_FILE,
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

function sweeperReport(logger: Logger, numbers: SignerMetrics): SweeperReport {
  const told = ({ mode, by, report }: SweepRun): Record<string, unknown> => {
    if (report !== null) numbers.showSweep(report);
    return { mode, by, ...report };
  };
  return {
    ended: (run) => logger.info('gc.ended', told(run)),
    failed: (run, error) => logger.warn('gc.failed', { ...told(run), error }),
  };
}

function reportTo(
  logger: Logger,
  numbers: SignerMetrics,
  watch: WriterWatch,
  reconciler: Reconciler,
  becameActive: () => void,
): WriterReport {
  return {
    standby: () => logger.info('writer.standby'),
    active: (fence, state) => {
      numbers.showState(state);
      reconciler.start();
      becameActive();
      logger.info('writer.active', {
        fence,
        timestamp: state.timestampVersion,
        snapshot: state.snapshotVersion,
      });
    },
    queue: (oldestEnqueuedMs) => numbers.showQueue(oldestEnqueuedMs),
    published: (kind, state, seconds, bins) => {
      numbers.countPublication('published', bins);
      numbers.showState(state);
      logger.info('publication.closed', {
        publication: watch.lastPublication,
        kind,
        bins,
        seconds,
        timestamp: state.timestampVersion,
      });
    },
    abandoned: (reason) => {
      numbers.countPublication('abandoned', 0);
      logger.warn('publication.abandoned', { publication: watch.lastPublication, reason });
    },
    warn: (event, detail) => logger.warn(event, { ...detail }),
  };
}
