import { hostname } from 'node:os';
import { DatabaseLease, DatabaseUnprovenLog } from '@rind/database';
import { monotonicMs, systemRandomness } from '@rind/kernel';
import type { Clock } from '@rind/kernel';
import type { Logger, Metrics, Readiness } from '@rind/nest-kit';
import { maxClockSkewMs, openBase } from './assembly/base.ts';
import type { Base } from './assembly/base.ts';
import { assembleGranting } from './assembly/granting.ts';
import type { Granting } from './assembly/granting.ts';
import { sweeperReport, writerReport } from './assembly/reports.ts';
import { assembleSigning } from './assembly/signing.ts';
import type { Signing } from './assembly/signing.ts';
import { assembleWatching } from './assembly/watching.ts';
import type { SignerConfig } from './config.ts';
import { Sweeper } from './garbage/sweeper.ts';
import type { SweepRuns } from './garbage/sweep-runs.ts';
import { watchedLease } from './health/watched-lease.ts';
import type { PublishedState } from './published/published-state.ts';
import { Refresher } from './writer/refresher.ts';
import { takeOver } from './writer/takeover.ts';
import { Writer } from './writer/writer.ts';
import type { WriterSettings } from './writer/writer-parts.ts';

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
  const base = await openBase(config, clock, logger, metrics, readiness);
  const signing = await assembleSigning(base, () => writer.isDraining);
  const granting = assembleGranting(base, signing);
  const reconciler = assembleWatching(base, signing, granting);
  const { log, refresh, checkpoint, wakeup } = base;
  const writer: Writer = new Writer({
    lease: watchedLease(new DatabaseLease(base.sql), base.watch),
    log,
    planner: granting.planner,
    refresher: new Refresher(log, clock, refresh, monotonicMs, () => base.unproven.indexes),
    publisher: signing.publisher,
    sweeper: sweeperOf(base, signing, granting, sweeps),
    ceremonies: signing.offline,
    repairs: granting.repairs,
    unproven: { bins: base.unproven, log: new DatabaseUnprovenLog(base.sql) },
    takeOver: (fence) => takeOverWith(base, signing, granting, fence),
    clock,
    randomness: systemRandomness,
    wakeup,
    checkpoint,
    settings: writerSettings(config, refresh.tickMs),
    report: writerReport(base, () => {
      reconciler.start();
      sweeps.accept(() => wakeup.wake());
    }),
  });
  const listener = await base.sql.listen('rind_outbox', () => wakeup.wake());
  return {
    run: () => writer.run(),
    drain: () => {
      base.giveUpRetries();
      writer.drain();
    },
    destroy: async () => {
      reconciler.stop();
      await listener.close();
      await signing.close();
      await base.close();
    },
  };
}

/** The trust may have moved while another signer held the lease: it is read again before anything is judged by it. */
async function takeOverWith(
  { log, store, checkpoint }: Base,
  { offline, bitLength, publisher }: Signing,
  { topRepair }: Granting,
  fence: number,
): Promise<PublishedState | null> {
  await offline.load();
  const { root } = offline.current;
  const { coming } = offline;
  const state = await takeOver(
    { log, store, root, coming, bitLength, publisher, checkpoint, repair: topRepair },
    fence,
  );
  if (state !== null) await offline.settle(state);
  return state;
}

function sweeperOf(base: Base, { bitLength }: Signing, { garbage }: Granting, runs: SweepRuns): Sweeper {
  const { config, store, checkpoint, log } = base;
  return new Sweeper({
    runs,
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
    report: sweeperReport(base),
  });
}

function writerSettings(config: SignerConfig, tickMs: number): WriterSettings {
  return {
    holder: `${hostname()}:${process.pid}`,
    leaseTtlMs: config.RIND_LEASE_TTL_MS,
    minPublishIntervalMs: config.RIND_MIN_PUBLISH_INTERVAL_MS,
    maxBatch: config.RIND_MAX_BATCH,
    maxClockSkewMs,
    clockOffsetMs: config.RIND_CLOCK_OFFSET_MS ?? 0,
    idleMs: Math.min(1_000, tickMs),
    heldRetryMs: 60_000,
  };
}
