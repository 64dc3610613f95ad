import { readFileSync } from 'node:fs';
import { systemRandomness } from '@rind/kernel';
import { createWorkerPool, workerUrl } from '@rind/worker-pool';
import { BinPool } from '../bins/bin-pool.ts';
import type { BinWorkerData } from '../bins/bin-tasks.ts';
import { countingRunner } from '../bins/counted-tasks.ts';
import type { CountedBinTasks } from '../bins/counted-tasks.ts';
import type { SignerConfig } from '../config.ts';
import { signerWithFaults } from '../injected-faults.ts';
import { KeyRing } from '../offline-roles/key-ring.ts';
import { OfflineRoles } from '../offline-roles/offline-roles.ts';
import { OnlineSigners } from '../offline-roles/online-signers.ts';
import { binsNotSignedBy } from '../offline-roles/unrotated-bins.ts';
import { Publisher } from '../publishing/publisher.ts';
import { StepTimer } from '../publishing/step-timer.ts';
import { backoffMs } from '../retrying/backoff.ts';
import type { Base } from './base.ts';

/** Between two tries of a step of a publication. */
const stepWaits = { firstMs: 100, mostMs: 5_000 };

/** Who signs what, and the publisher that performs it. */
export interface Signing {
  readonly offline: OfflineRoles;
  /** What no ceremony changes. */
  readonly bitLength: number;
  readonly bins: BinPool;
  readonly publisher: Publisher;
  close(): Promise<void>;
}

/** @param isDraining a step that fails is not tried again then */
export async function assembleSigning(base: Base, isDraining: () => boolean): Promise<Signing> {
  const { config, store, log, sql, clock, refresh, checkpoint, numbers, wakeup, faults, warn, unproven } =
    base;
  const ring = keyRingOf(config);
  const signers = new OnlineSigners(ring);
  const offline = new OfflineRoles({
    store,
    log,
    pinnedRoot: readFileSync(config.RIND_ROOT_FILE),
    ring,
    signers,
    bins: { signWith: (signing) => bins.signWith(signing) },
    // A bin that cannot be built must not keep the others from their new keys.
    binsNotSignedBy: async (keyIds) =>
      (await binsNotSignedBy(sql, bitLength, keyIds)).filter((idx) => !unproven.has(idx)),
    clock,
    settings: { pollMs: config.RIND_CEREMONY_POLL_MS, graceMs: config.RIND_ROTATION_GRACE_MS },
  });
  await offline.load();
  const { bitLength } = offline.current.bins;
  const pool = createWorkerPool<CountedBinTasks>({
    worker: workerUrl(import.meta.url, '../bins/bin.worker'),
    threads: config.RIND_BIN_THREADS,
    maxQueue: 10_000,
    workerData: {
      store: base.location,
      passphraseFile: config.RIND_KEY_PASSPHRASE_FILE,
      faults,
    } satisfies BinWorkerData,
  });
  const bins = new BinPool(countingRunner(pool, numbers.countStoreCall), bitLength, config.RIND_BIN_THREADS);
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
      return !isDraining();
    },
    warn,
  });
  return { offline, bitLength, bins, publisher, close: () => pool.destroy() };
}

function keyRingOf(config: SignerConfig): KeyRing {
  return new KeyRing({
    files: [config.RIND_SNAPSHOT_KEY_FILE, config.RIND_TIMESTAMP_KEY_FILE, config.RIND_BIN_KEY_FILE],
    folder: config.RIND_ONLINE_KEYS_DIR ?? null,
    passphraseFile: config.RIND_KEY_PASSPHRASE_FILE,
  });
}
