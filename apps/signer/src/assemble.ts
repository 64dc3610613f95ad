import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { createCheckpoint } from '@rind/crash-points';
import { DatabaseLease, DatabasePublicationLog, openPool } from '@rind/database';
import { noCheckpoint } from '@rind/kernel';
import type { Checkpoint, Clock } from '@rind/kernel';
import type { Root } from '@rind/metadata';
import type { Logger, Metrics, Readiness } from '@rind/nest-kit';
import { openKeyFile } from '@rind/signers-file';
import type { Signer } from '@rind/signing-port';
import { openFsStore } from '@rind/storage-fs';
import { createWorkerPool, workerUrl } from '@rind/worker-pool';
import type { RefreshSettings } from '@rind/repository';
import { BinPool } from './bins/bin-pool.ts';
import type { BinTasks, BinWorkerData } from './bins/bin-tasks.ts';
import type { SignerConfig } from './config.ts';
import { countingStore } from './counting-store.ts';
import { signerPoints } from './crash-points.ts';
import { SignerError } from './errors.ts';
import { loadGrantKeys } from './grant-keys.ts';
import { HttpAuthLog } from './auth-log/auth-log.ts';
import { Intake } from './intake/intake.ts';
import { VoidedGrants } from './intake/voided-grants.ts';
import { offlineVersions } from './published/read-published.ts';
import { loadRoot, loadTrust } from './published/trust.ts';
import { BatchPlanner } from './publishing/batch-planner.ts';
import { Publisher } from './publishing/publisher.ts';
import { StepTimer } from './publishing/step-timer.ts';
import { FactsSweep } from './reconcile/facts-sweep.ts';
import { Reconciler } from './reconcile/reconciler.ts';
import { UnappliedGrants } from './reconcile/unapplied-grants.ts';
import { ValidityWatch } from './reconcile/validity-watch.ts';
import { SignerMetrics } from './signer-metrics.ts';
import { Refresher } from './writer/refresher.ts';
import { takeOver } from './writer/takeover.ts';
import { Wakeup } from './writer/wakeup.ts';
import { Writer } from './writer/writer.ts';
import type { WriterReport } from './writer/writer-parts.ts';

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
): Promise<AssembledSigner> {
  const checkpoint = checkpointOf(config);
  const numbers = new SignerMetrics(metrics, () => clock.nowMs());
  const store = countingStore(
    openFsStore({ root: config.RIND_STORE_PATH, checkpoint }),
    numbers.countStoreCall,
  );
  const sql = openPool(config.RIND_DATABASE_URL, { max: 8, name: 'signer' });
  readiness.register('database', async () => void (await sql.query('SELECT 1')));

  const root = await loadRoot(store, readFileSync(config.RIND_ROOT_FILE));
  const trust = await loadTrust(store, root, await offlineVersions(store, root));
  const signers = await openSigners(config, root);
  const pool = createWorkerPool<BinTasks>({
    worker: workerUrl(import.meta.url, './bins/bin.worker'),
    threads: config.RIND_BIN_THREADS,
    maxQueue: 10_000,
    workerData: {
      storePath: config.RIND_STORE_PATH,
      keyFile: config.RIND_BIN_KEY_FILE,
      passphraseFile: config.RIND_KEY_PASSPHRASE_FILE,
      verificationKeys: [...trust.bins.keys].map(([keyId, key]) => ({ keyId, key })),
      threshold: trust.bins.threshold,
    } satisfies BinWorkerData,
  });
  const { bitLength } = trust.bins;
  const bins = new BinPool(pool, bitLength, config.RIND_BIN_THREADS);
  const log = new DatabasePublicationLog(sql);
  const wakeup = new Wakeup();
  const warn = (event: string, detail: object): void => logger.warn(event, { ...detail });
  const refresh = refreshSettings(config);
  const publisher = new Publisher({
    log,
    store,
    bins,
    ...signers,
    clock,
    refresh,
    checkpoint,
    timer: new StepTimer(numbers.observeStep),
    backoff: async (attempt) => {
      await wakeup.pause(Math.min(5_000, 50 * 2 ** Math.min(attempt, 7)));
      return !writer.isDraining;
    },
    warn,
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
        showFirstBin: (expiresMs) => numbers.showFirstBin(expiresMs),
      }),
      new UnappliedGrants(sql, authLog, clock, config.RIND_UNAPPLIED_ALARM_MS),
    ],
    config.RIND_RECONCILE_INTERVAL_MS,
    warn,
  );
  const writer: Writer = new Writer({
    lease: new DatabaseLease(sql),
    log,
    planner: new BatchPlanner({
      log,
      intake: new Intake({
        keys: loadGrantKeys(config.RIND_TRUSTED_GRANT_KEYS_FILE),
        repository: config.RIND_REPOSITORY,
        stat: (key) => bins.stat(key),
        voidedAmong: (ids) => voided.among(ids),
      }),
      bitLength,
      clockOffsetMs: config.RIND_CLOCK_OFFSET_MS ?? 0,
      quotas: {
        newFilesPerProjectAndHour: config.RIND_QUOTA_FILES_PER_PROJECT_HOUR,
        deletionsPerHour: config.RIND_QUOTA_DELETIONS_PER_HOUR,
      },
      pages: config.RIND_RENDER_PAGES === 'yes',
    }),
    refresher: new Refresher(log, clock, refresh),
    publisher,
    takeOver: (fence) => takeOver({ log, store, root, bitLength, publisher, checkpoint }, fence),
    clock,
    wakeup,
    checkpoint,
    settings: {
      holder: `${hostname()}:${process.pid}`,
      leaseTtlMs: config.RIND_LEASE_TTL_MS,
      minPublishIntervalMs: config.RIND_MIN_PUBLISH_INTERVAL_MS,
      maxBatch: config.RIND_MAX_BATCH,
      maxClockSkewMs: 60_000,
      clockOffsetMs: config.RIND_CLOCK_OFFSET_MS ?? 0,
      idleMs: Math.min(1_000, refresh.tickMs),
      heldRetryMs: 60_000,
    },
    report: reportTo(logger, numbers, reconciler),
  });
  const listener = await sql.listen('rind_outbox', () => wakeup.wake());
  return {
    run: () => writer.run(),
    drain: () => writer.drain(),
    destroy: async () => {
      reconciler.stop();
      await listener.close();
      await pool.destroy();
      await sql.close();
    },
  };
}

function checkpointOf(config: SignerConfig): Checkpoint {
  if (config.RIND_STATE_DIR === undefined) return noCheckpoint;
  return createCheckpoint({
    process: 'signer',
    ...(config.RIND_CRASH_AT === undefined ? {} : { crashAt: config.RIND_CRASH_AT }),
    ...(config.RIND_STOP_AT === undefined ? {} : { stopAt: config.RIND_STOP_AT }),
    stateDir: config.RIND_STATE_DIR,
    knownPoints: signerPoints,
  });
}

async function openSigners(
  config: SignerConfig,
  root: Root,
): Promise<{ snapshotSigner: Signer; timestampSigner: Signer }> {
  const passphrase = readFileSync(config.RIND_KEY_PASSPHRASE_FILE, 'utf8').trim();
  const open = async (path: string, role: 'snapshot' | 'timestamp'): Promise<Signer> => {
    const signer = await openKeyFile({ path, passphrase });
    if (!root.roles[role].keyIds.includes(signer.keyId)) {
      throw new SignerError('key.not-in-role', `the ${role} key is not in root`, {
        role,
        keyId: signer.keyId,
      });
    }
    return signer;
  };
  return {
    snapshotSigner: await open(config.RIND_SNAPSHOT_KEY_FILE, 'snapshot'),
    timestampSigner: await open(config.RIND_TIMESTAMP_KEY_FILE, 'timestamp'),
  };
}

function refreshSettings(config: SignerConfig): RefreshSettings {
  return {
    lifetimeMs: config.RIND_ONLINE_LIFETIME_MS,
    refreshBelowMs: config.RIND_REFRESH_BELOW_MS,
    floorMs: config.RIND_REFRESH_FLOOR_MS,
    tickMs: config.RIND_REFRESH_TICK_MS,
  };
}

function reportTo(logger: Logger, numbers: SignerMetrics, reconciler: Reconciler): WriterReport {
  return {
    standby: () => logger.info('writer.standby'),
    active: (fence, state) => {
      numbers.showState(state);
      reconciler.start();
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
      logger.info('publication.closed', { kind, bins, seconds, timestamp: state.timestampVersion });
    },
    abandoned: (reason) => {
      numbers.countPublication('abandoned', 0);
      logger.warn('publication.abandoned', { reason });
    },
    warn: (event, detail) => logger.warn(event, { ...detail }),
  };
}
