import { ed25519FromSeed, ed25519Signer, hash, hashHex } from '@rind/crypto';
import {
  DatabaseLease,
  DatabasePublicationLog,
  DatabaseUnprovenLog,
  ensureRoles,
  migrate,
  openPool,
} from '@rind/database';
import type { Pool } from '@rind/database';
import { startTestPostgres } from '@rind/embedded-postgres';
import { grantKey, packageObjectKey } from '@rind/index-model';
import { noCheckpoint, systemRandomness, toHex, utf8 } from '@rind/kernel';
import type { ProjectName, Sha256Hex } from '@rind/kernel';
import type { AuditEvent } from '@rind/queue-port';
import { defaultRefresh, metadataKey, stagedRootKey } from '@rind/repository';
import type { RefreshSettings } from '@rind/repository';
import type { ObjectStore } from '@rind/storage-port';
import { BinBuilder } from '../../src/bins/bin-builder.ts';
import { BinPool } from '../../src/bins/bin-pool.ts';
import type { BinTasks, BuildJob, CheckJob } from '../../src/bins/bin-tasks.ts';
import type { BinRunner } from '../../src/bins/counted-tasks.ts';
import { Intake } from '../../src/intake/intake.ts';
import { OfflineRoles } from '../../src/offline-roles/offline-roles.ts';
import { OnlineSigners } from '../../src/offline-roles/online-signers.ts';
import type { PublishedState } from '../../src/published/published-state.ts';
import { BatchPlanner } from '../../src/publishing/batch-planner.ts';
import { Publisher } from '../../src/publishing/publisher.ts';
import { StepTimer } from '../../src/publishing/step-timer.ts';
import { givenNotices } from '../../src/reconcile/given-notices.ts';
import { OfflineNotice } from '../../src/reconcile/offline-notice.ts';
import { ValidityWatch } from '../../src/reconcile/validity-watch.ts';
import { TopRepair } from '../../src/repair/damaged-top.ts';
import { DatabaseGrantRecord } from '../../src/repair/grant-record.ts';
import { Repairs } from '../../src/repair/repairs.ts';
import { UnprovenBins } from '../../src/repair/unproven-bins.ts';
import { Refresher } from '../../src/writer/refresher.ts';
import { takeOver } from '../../src/writer/takeover.ts';
import { Writer } from '../../src/writer/writer.ts';
import { authKey, grantOf, operatorKey, repository, rowOf } from '../grants.ts';
import { MemoryStore } from '../memory-store.ts';
import { MemoryRing } from '../offline-scene.ts';
import { ceremonyKeys, holdFirstCeremony, offlineFile } from './first-ceremony.ts';
import type { OfflineRole } from './first-ceremony.ts';
import { SimulatedTime, SteppingWakeup } from './simulated-time.ts';

const passwords = { owner: 'owner', warehouse: 'warehouse', signer: 'signer', auth: 'auth' };

export interface SimulationOptions {
  readonly bitLength: number;
  /** A step of time: how long the signer sleeps when there is nothing to do, and a tick of its schedule. */
  readonly tickMs: number;
  readonly startMs: number;
}

export interface OtherParts {
  readonly store?: ObjectStore;
  readonly refresher?: Pick<Refresher, 'plan'>;
}

/** A signer's own parts over a real database and a store in memory, with time that runs as fast as they work. */
export class SimulatedIndex {
  readonly time: SimulatedTime;
  readonly store = new MemoryStore();
  readonly alarms: AuditEvent[] = [];
  private readonly options: SimulationOptions;
  private readonly refresh: RefreshSettings;
  /** As the owner of the schema, and as the signer's role. */
  readonly owner: Pool;
  readonly signer: Pool;
  private readonly destroyServer: () => Promise<void>;
  private uploads = 0;

  private constructor(
    options: SimulationOptions,
    pools: { owner: Pool; signer: Pool },
    destroy: () => Promise<void>,
  ) {
    this.options = options;
    this.refresh = { ...defaultRefresh, tickMs: options.tickMs };
    this.time = new SimulatedTime(options.startMs);
    this.owner = pools.owner;
    this.signer = pools.signer;
    this.destroyServer = destroy;
  }

  static async start(options: SimulationOptions): Promise<SimulatedIndex> {
    const postgres = await startTestPostgres();
    await ensureRoles({ superuserUrl: postgres.superuserUrl('postgres'), passwords });
    const url = (role: 'owner' | 'signer'): string =>
      postgres.url('rind_index', `rind_${role}`, passwords[role]);
    await migrate({ ownerUrl: url('owner'), which: 'index' });
    const owner = openPool(url('owner'), { max: 2, name: 'simulation' });
    const signer = openPool(url('signer'), { max: 4, name: 'signer' });
    const index = new SimulatedIndex(options, { owner, signer }, () => postgres.destroy());
    await holdFirstCeremony(index.store, owner, options.bitLength, options.startMs);
    return index;
  }

  async destroy(): Promise<void> {
    await Promise.all([this.owner.close(), this.signer.close()]);
    await this.destroyServer();
  }

  /**
   * Runs a signer until `ms` of simulated time have passed.
   * @param eachStep called after each step of time, before the signer does anything about it
   * @param instead parts of the signer that are others than in life
   */
  async run(
    ms: number,
    eachStep: () => Promise<void> = async () => {},
    instead: OtherParts = {},
  ): Promise<void> {
    const until = this.time.nowMs() + ms;
    const log = new DatabasePublicationLog(this.signer);
    const watches = this.watches(log);
    const wakeup = new SteppingWakeup(async () => {
      this.time.advance(this.options.tickMs);
      await eachStep();
      for (const watch of watches) this.alarms.push(...(await watch.next()));
      if (this.time.nowMs() >= until) writer.drain();
    });
    const writer = await this.writer(log, wakeup, instead);
    await writer.run();
  }

  /** One more file of the project `demo`, granted, stored and queued as the warehouse does it. */
  async upload(): Promise<void> {
    const n = ++this.uploads;
    const bytes = utf8(`file ${n}`);
    const sha256 = hashHex('sha256', bytes) as Sha256Hex;
    const issuedS = Math.floor(this.time.nowMs() / 1000);
    const grant = grantOf(n, {
      digests: { sha256, sha512: hashHex('sha512', bytes), blake2b256: hashHex('blake2b-256', bytes) },
      length: bytes.length,
      iat: issuedS,
      exp: issuedS + 604_800,
    } as never);
    await this.store.putNew(packageObjectKey('demo' as ProjectName, sha256, grant.filename!), bytes);
    const row = await rowOf(n, grant);
    await this.owner.query(
      `INSERT INTO signer.outbox (upload_id, target_path, envelope) VALUES ($1, $2, $3)`,
      [grant.id, row.targetPath, row.envelope],
    );
  }

  /** People sign the next version of an offline role, with the same keys, for another year. */
  async holdCeremony(role: OfflineRole, version: number): Promise<void> {
    const file = await offlineFile(role, version, this.options.bitLength, this.time.nowMs());
    await this.store.putNew(role === 'root' ? stagedRootKey(version) : metadataKey(role, version), file);
  }

  /** How many uploads are published. */
  async published(): Promise<number> {
    const { rows } = await this.owner.query<{ count: string }>(
      `SELECT count(*) AS count FROM signer.outbox WHERE state = 'published'`,
    );
    return Number(rows[0]!.count);
  }

  /** Events of the audit log, oldest first. */
  async audited(event: string): Promise<readonly Record<string, unknown>[]> {
    const { rows } = await this.owner.query<{ detail: Record<string, unknown> }>(
      `SELECT detail FROM signer.audit WHERE event = $1 ORDER BY id`,
      [event],
    );
    return rows.map(({ detail }) => detail);
  }

  private watches(log: DatabasePublicationLog): readonly (ValidityWatch | OfflineNotice)[] {
    const { time: clock, refresh } = this;
    const { bitLength } = this.options;
    return [
      new ValidityWatch({
        log,
        clock,
        refresh,
        bitLength,
        alarmBelowMs: refresh.floorMs / 2,
        showFirstBin: () => {},
        elapsedMs: () => clock.nowMs(),
      }),
      new OfflineNotice({ log, clock, given: () => givenNotices(this.signer) }),
    ];
  }

  private async writer(
    log: DatabasePublicationLog,
    wakeup: SteppingWakeup,
    instead: OtherParts,
  ): Promise<Writer> {
    const { time, refresh } = this;
    const store = instead.store ?? this.store;
    const { bitLength } = this.options;
    const bins = this.binPool(store);
    const ring = new MemoryRing(ceremonyKeys.online, ceremonyKeys.bin);
    const signers = new OnlineSigners(ring);
    const offline = new OfflineRoles({
      store,
      log,
      pinnedRoot: this.store.bytesOf(metadataKey('root', 1))!,
      ring,
      signers,
      bins,
      binsNotSignedBy: async () => [],
      clock: time,
      elapsedMs: () => time.nowMs(),
      settings: { pollMs: 1, graceMs: 600_000 },
    });
    await offline.load();
    const publisher = new Publisher({
      log,
      store,
      bins,
      snapshotSigner: signers.snapshot,
      timestampSigner: signers.timestamp,
      clock: time,
      refresh,
      checkpoint: noCheckpoint,
      timer: new StepTimer(() => {}),
      backoff: async () => {
        await wakeup.pause();
        return !writer.isDraining;
      },
      warn: () => {},
    });
    const keys = new Map([
      [authKey.keyId, grantKey('auth', authKey.key)],
      [operatorKey.keyId, grantKey('operator', operatorKey.key)],
    ]);
    const record = new DatabaseGrantRecord(this.signer, bitLength);
    const unproven = new UnprovenBins(() => time.nowMs(), systemRandomness);
    const repairs = new Repairs({
      record,
      log,
      keys,
      repository,
      bitLength,
      condemned: async () => new Set(),
      pages: true,
      bins,
      unproven,
      audit: (events) => log.audit(events),
    });
    const settle = (state: PublishedState): Promise<void> => offline.settle(state);
    const repair = new TopRepair({ store, log, record, bins, repairs, bitLength, settle });
    const writer: Writer = new Writer({
      lease: new DatabaseLease(this.signer),
      log,
      planner: new BatchPlanner({
        log,
        intake: new Intake({
          keys,
          repository,
          stat: async (key) => statOf(this.store.bytesOf(key)),
          isCondemned: async () => false,
          voidedAmong: async () => new Set(),
        }),
        garbage: { condemned: (objects) => repairs.avoided(objects) },
        bitLength,
        isUnproven: (idx) => unproven.has(idx),
        get clockOffsetMs() {
          return time.offsetMs;
        },
        quotas: { newFilesPerProjectAndHour: 100_000, deletionsPerHour: 100_000 },
        pages: true,
      }),
      refresher:
        instead.refresher ??
        new Refresher(
          log,
          time,
          refresh,
          () => time.nowMs(),
          () => unproven.indexes,
        ),
      publisher,
      ceremonies: offline,
      repairs,
      unproven: { bins: unproven, log: new DatabaseUnprovenLog(this.signer) },
      takeOver: async (fence) => {
        await offline.load();
        const { current, coming } = offline;
        const parts = {
          log,
          store,
          root: current.root,
          coming,
          bitLength,
          publisher,
          checkpoint: noCheckpoint,
          repair,
        };
        const state = await takeOver(parts, fence);
        if (state !== null) await offline.settle(state);
        return state;
      },
      clock: time,
      randomness: systemRandomness,
      wakeup,
      checkpoint: noCheckpoint,
      settings: {
        holder: 'simulation',
        leaseTtlMs: 60_000,
        minPublishIntervalMs: 0,
        maxBatch: 1_000,
        maxClockSkewMs: 60_000,
        get clockOffsetMs() {
          return time.offsetMs;
        },
        idleMs: 1,
        heldRetryMs: 60_000,
      },
      report: silent,
    });
    return writer;
  }

  /** The builder of the pool's threads, in this one. */
  private binPool(to: ObjectStore): BinPool {
    const { seed } = ed25519FromSeed(hash('sha256', utf8('bin-n')));
    const sign = ed25519Signer(seed);
    const { key, keyId } = ceremonyKeys.bin;
    const builder = new BinBuilder({
      store: {
        get: (object) => this.store.get(object),
        stat: async (object) => statOf(this.store.bytesOf(object)),
        putNew: (object, bytes) => to.putNew(object, bytes),
        lanes: 1,
      },
      signer: { key, keyId, signSync: (message) => ({ keyid: keyId, sig: toHex(sign(message)) }) },
      keys: new Map([[keyId, key]]),
      threshold: 1,
    });
    const pool = {
      run: (task: keyof BinTasks, job: BuildJob & CheckJob) =>
        task === 'check' ? builder.check(job) : builder.build(job),
    };
    return new BinPool(pool as unknown as BinRunner, this.options.bitLength, 1);
  }
}

function statOf(bytes: Uint8Array | undefined): { length: number; sha256: string } | null {
  return bytes === undefined ? null : { length: bytes.length, sha256: hashHex('sha256', bytes) };
}

const silent = {
  standby: () => {},
  active: () => {},
  queue: () => {},
  published: () => {},
  abandoned: () => {},
  warn: () => {},
};
