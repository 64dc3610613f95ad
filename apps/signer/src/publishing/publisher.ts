import { hashHex } from '@rind/crypto';
import { isRindError, monotonicMs, toTufDate } from '@rind/kernel';
import type { Checkpoint, Clock } from '@rind/kernel';
import { joinMetadata } from '@rind/metadata';
import type { LoggedSignature, OpenedPublication, PreparedBin, PublicationLog } from '@rind/queue-port';
import {
  advance,
  commandOf,
  maxTimestampBytes,
  metadataKey,
  onlineSnapshot,
  onlineTimestamp,
  outcomeOfReading,
  planned,
  staleNumber,
  timestampKey,
} from '@rind/repository';
import type {
  PublicationCommand,
  PublicationOutcome,
  PublicationState,
  RefreshSettings,
  SnapshotVector,
} from '@rind/repository';
import type { Signature, Signer } from '@rind/signing-port';
import type { ObjectStore, Tag } from '@rind/storage-port';
import type { BinPool } from '../bins/bin-pool.ts';
import type { PublishedState } from '../published/published-state.ts';
import { SignerError } from '../errors.ts';
import { outcomeOfError } from './outcome.ts';
import type { PublishingPlan } from './plan.ts';
import { writePages } from './page-objects.ts';
import type { StepTimer } from './step-timer.ts';

/** Who signs an online role: one key, and during a change of keys those of the other root as well. */
export interface RoleSigner extends Pick<Signer, 'sign'> {
  readonly coSigners?: readonly Pick<Signer, 'sign'>[];
}

export interface PublisherParts {
  readonly log: PublicationLog;
  readonly store: ObjectStore;
  readonly bins: Pick<BinPool, 'build'>;
  readonly snapshotSigner: RoleSigner;
  readonly timestampSigner: RoleSigner;
  readonly clock: Clock;
  readonly refresh: RefreshSettings;
  readonly checkpoint: Checkpoint;
  readonly timer: StepTimer;
  /** Waits before a step is tried again; false when the process drains instead. */
  readonly backoff: (attempt: number) => Promise<boolean>;
  readonly warn: (event: string, detail: object) => void;
}

/** What became of a publication: the new committed state, or why there is none. */
export type PublishResult =
  | { readonly kind: 'published'; readonly state: PublishedState; readonly id: number }
  | { readonly kind: 'abandoned'; readonly reason: string; readonly cause: unknown }
  | { readonly kind: 'lost'; readonly reason: string }
  /** The process drains while a step fails: the next holder rolls it forward or abandons it. */
  | { readonly kind: 'left' };

/** Drives one publication through the state machine of @rind/repository; performs, never decides. */
export class Publisher {
  private readonly parts: PublisherParts;

  constructor(parts: PublisherParts) {
    this.parts = parts;
  }

  async publish(fence: number, base: PublishedState, plan: PublishingPlan): Promise<PublishResult> {
    const run = new PublicationRun(this.parts, fence, base, plan);
    return run.toEnd();
  }
}

interface WrittenFile {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly expiresMs: number;
}

class PublicationRun {
  private readonly parts: PublisherParts;
  private readonly fence: number;
  private readonly base: PublishedState;
  private readonly plan: PublishingPlan;
  private opened: OpenedPublication | null = null;
  private bins: readonly PreparedBin[] = [];
  private readonly signatures: LoggedSignature[] = [];
  private readonly keys: string[] = [];
  private snapshot: WrittenFile | null = null;
  private timestamp: WrittenFile | null = null;
  private tag: Tag | null = null;
  private failure: unknown = null;
  /** Fixed at the start, so that a step that is tried again writes the very same bytes. */
  private readonly expiry: { readonly expiresMs: number; readonly date: string };

  constructor(parts: PublisherParts, fence: number, base: PublishedState, plan: PublishingPlan) {
    this.parts = parts;
    this.fence = fence;
    this.base = base;
    this.plan = plan;
    const expiresMs = Math.floor((parts.clock.nowMs() + parts.refresh.lifetimeMs) / 1000) * 1000;
    this.expiry = { expiresMs, date: toTufDate(expiresMs) };
  }

  async toEnd(): Promise<PublishResult> {
    let state: PublicationState = planned;
    for (let attempt = 0; ;) {
      const command = commandOf(state);
      if (command === null) break;
      const outcome = await this.perform(command);
      attempt = waits.has(outcome.kind) ? attempt + 1 : 0;
      if (attempt > 0 && !(await this.parts.backoff(attempt))) return { kind: 'left' };
      state = advance(state, outcome);
    }
    if (state.phase === 'closed') return { kind: 'published', state: this.published(), id: this.opened!.id };
    if (state.phase === 'lost') return { kind: 'lost', reason: state.reason };
    return this.abandon(state.phase === 'abandoned' ? state.reason : state.phase);
  }

  private async perform(command: PublicationCommand): Promise<PublicationOutcome> {
    try {
      return await this.parts.timer.time(command, () => this.steps[command]());
    } catch (error) {
      this.failure = error;
      const outcome = outcomeOfError(command, error);
      if (outcome.kind !== 'lost') {
        const code = isRindError(error) ? error.code : 'internal';
        this.parts.warn('publication.step-failed', {
          command,
          outcome: outcome.kind,
          code,
          publication: this.opened?.id,
        });
      }
      return outcome;
    }
  }

  private readonly steps: Record<PublicationCommand, () => Promise<PublicationOutcome>> = {
    open: async () => {
      this.parts.checkpoint('before-open');
      this.opened = await this.parts.log.open(this.fence, this.plan.record);
      this.requireNewNumbers(this.opened);
      this.parts.checkpoint('after-open');
      return done;
    },
    'write-targets': async () => {
      this.keys.length = 0;
      this.keys.push(...(await writePages(this.parts.store, this.plan.pages)));
      this.parts.checkpoint('after-pages');
      await this.writeBins();
      this.parts.checkpoint('after-bins');
      return done;
    },
    'write-snapshot': async () => {
      if (!this.plan.record.newSnapshot) return done;
      await this.writeSnapshot();
      this.parts.checkpoint('after-snapshot');
      return done;
    },
    sync: async () => {
      await this.parts.store.sync(this.keys);
      this.parts.checkpoint('after-sync');
      return done;
    },
    prepare: async () => {
      await this.signTimestamp();
      this.parts.checkpoint('before-prepare');
      await this.parts.log.prepare(this.fence, this.opened!.id, {
        bins: this.bins,
        timestampSha256: this.timestamp!.sha256,
        signatures: this.signatures,
      });
      this.parts.checkpoint('after-prepare');
      return done;
    },
    'swap-timestamp': async () => {
      this.parts.checkpoint('before-swap');
      this.tag = await this.parts.store.replaceIf(timestampKey, this.timestamp!.bytes, this.base.tag);
      this.parts.checkpoint('after-swap');
      return done;
    },
    'read-timestamp': () => this.resolveSwap(),
    close: async () => {
      this.parts.checkpoint('before-close');
      const durationMs = monotonicMs() - this.plan.takenAtMs;
      await this.parts.log.close(this.fence, this.opened!.id, {
        snapshotExpiresMs: this.snapshot?.expiresMs ?? this.base.snapshotExpiresMs,
        timestampExpiresMs: this.timestamp!.expiresMs,
        durationMs,
      });
      this.parts.checkpoint('after-close');
      return done;
    },
    abandon: () => Promise.resolve(done),
  };

  private requireNewNumbers(opened: OpenedPublication): void {
    const { vector, timestampVersion, snapshotVersion } = this.base;
    const served = { timestampVersion, snapshotVersion, binVersion: (i: number) => vector.version(i) };
    const stale = staleNumber(served, opened, this.plan.record.newSnapshot);
    if (stale === null) return;
    throw new SignerError(
      'record.older',
      `${stale.role} ${stale.taken} was taken, ${stale.served} is served`,
      {
        ...stale,
      },
    );
  }

  private async writeBins(): Promise<void> {
    const { expiresMs, date } = this.expiry;
    const built = await this.parts.bins.build(
      this.base.vector,
      this.plan.bins,
      this.opened!.binVersions,
      date,
      this.plan.whole,
    );
    this.bins = built.map((bin) => ({ idx: bin.idx, expiresMs, length: bin.length, targets: bin.targets }));
    for (const bin of built) {
      this.keys.push(bin.key);
      this.signatures.push({ keyId: bin.keyId, role: bin.role, version: bin.version, sha256: bin.sha256 });
    }
  }

  private async writeSnapshot(): Promise<void> {
    const version = this.opened!.snapshotVersion;
    this.snapshot ??= await this.signSnapshot(version);
    const key = metadataKey('snapshot', version);
    await this.parts.store.putNew(key, this.snapshot.bytes);
    this.keys.push(key);
  }

  /** Once: a step that is tried again must write the very same bytes. */
  private async signSnapshot(version: number): Promise<WrittenFile> {
    const { expiresMs, date } = this.expiry;
    const signed = onlineSnapshot(this.nextVector(), version, date);
    const signatures = await signaturesOf(this.parts.snapshotSigner, signed);
    this.parts.checkpoint('snapshot-signed');
    const bytes = joinMetadata(signed, signatures);
    const sha256 = hashHex('sha256', bytes);
    for (const { keyid } of signatures) {
      this.signatures.push({ keyId: keyid, role: 'snapshot', version, sha256 });
    }
    return { bytes, sha256, expiresMs };
  }

  private async signTimestamp(): Promise<void> {
    if (this.timestamp !== null) return;
    const { expiresMs, date } = this.expiry;
    const version = this.opened!.timestampVersion;
    const signed = onlineTimestamp(version, date, {
      version: this.opened!.snapshotVersion,
      length: this.snapshot?.bytes.length ?? this.base.snapshotLength,
      sha256: this.snapshot?.sha256 ?? this.base.snapshotSha256,
    });
    const signatures = await signaturesOf(this.parts.timestampSigner, signed);
    const bytes = joinMetadata(signed, signatures);
    const sha256 = hashHex('sha256', bytes);
    this.timestamp = { bytes, sha256, expiresMs };
    for (const { keyid } of signatures) {
      this.signatures.push({ keyId: keyid, role: 'timestamp', version, sha256 });
    }
  }

  /** An unknown swap is settled by reading: ours is there, or the old one still is, or somebody else's. */
  private async resolveSwap(): Promise<PublicationOutcome> {
    const stored = await this.parts.store.get(timestampKey, maxTimestampBytes);
    const read = stored === null ? null : { sha256: hashHex('sha256', stored.bytes), tag: stored.tag };
    const outcome = outcomeOfReading(read, { sha256: this.timestamp!.sha256, tag: this.base.tag });
    if (outcome.kind === 'done') this.tag = stored!.tag;
    return outcome;
  }

  private async abandon(reason: string): Promise<PublishResult> {
    if (this.opened !== null) await this.parts.log.abandon(this.fence, this.opened.id, reason);
    return { kind: 'abandoned', reason, cause: this.failure };
  }

  private nextVector(): SnapshotVector {
    return this.base.vector.with(this.opened!.binVersions).withOffline(this.plan.offline ?? {});
  }

  private published(): PublishedState {
    const snapshot = this.snapshot;
    return {
      vector: this.nextVector(),
      snapshotVersion: this.opened!.snapshotVersion,
      snapshotExpiresMs: snapshot?.expiresMs ?? this.base.snapshotExpiresMs,
      snapshotLength: snapshot?.bytes.length ?? this.base.snapshotLength,
      snapshotSha256: snapshot?.sha256 ?? this.base.snapshotSha256,
      timestampVersion: this.opened!.timestampVersion,
      timestampExpiresMs: this.timestamp!.expiresMs,
      timestampSha256: this.timestamp!.sha256,
      tag: this.tag!,
    };
  }
}

/** The signer's own first. */
async function signaturesOf(signer: RoleSigner, message: Uint8Array): Promise<readonly Signature[]> {
  return Promise.all([signer, ...(signer.coSigners ?? [])].map((each) => each.sign(message)));
}

const done: PublicationOutcome = { kind: 'done' };

/** After these the next step is made after a while. */
const waits: ReadonlySet<PublicationOutcome['kind']> = new Set(['retry', 'unknown', 'unmade']);
