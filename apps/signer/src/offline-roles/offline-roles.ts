/**
 * What people sign with offline keys, from the store into effect, while the signer goes on publishing.
 *
 * Invariants, in the order in which they are kept:
 * 1. Nothing is believed but what the trusted root vouches for, step by step (TUF 1.0.34 §5.3.4, §5.6.3).
 * 2. A root becomes visible only after what is served is signed by its keys as well; from then on, and for a while,
 *    the keys of the root before it sign too.
 * 3. `targets` and `bins` go into effect with a snapshot, together with every bin that the new keys must have signed.
 * 4. The trust in memory moves only after the publication that made the change was closed.
 */
import { hashHex } from '@rind/crypto';
import { isRindError, monotonicMs } from '@rind/kernel';
import type { Clock } from '@rind/kernel';
import type { Metadata, Root } from '@rind/metadata';
import type { AuditEvent, OfflineChange, PublicationLog } from '@rind/queue-port';
import { maxRootBytes, metadataKey, stagedRootKey } from '@rind/repository';
import type { ObjectStore } from '@rind/storage-port';
import type { BinPool } from '../bins/bin-pool.ts';
import type { BinSigning } from '../bins/bin-tasks.ts';
import { SignerError } from '../errors.ts';
import type { PublishedState } from '../published/published-state.ts';
import { followingRoot, loadRoots, loadTrust } from '../published/trust.ts';
import type { BinTrust, Trust } from '../published/trust.ts';
import { ceremonyPlan, refreshPlan } from '../publishing/plan.ts';
import type { PublishingPlan } from '../publishing/plan.ts';
import { findCandidates } from './candidates.ts';
import type { Refusal } from './candidates.ts';
import type { KeyRing } from './key-ring.ts';
import type { OnlineSigners } from './online-signers.ts';
import { judgeSuccession } from './succession.ts';

export interface OfflineRolesParts {
  readonly store: ObjectStore;
  readonly log: Pick<PublicationLog, 'audit' | 'committedRoles'>;
  /** The root that is trusted from the start. */
  readonly pinnedRoot: Uint8Array;
  readonly ring: Pick<KeyRing, 'newestOf'>;
  readonly signers: OnlineSigners;
  readonly bins: Pick<BinPool, 'signWith'>;
  /** Indexes of the bins whose present version none of these keys signed. */
  readonly binsNotSignedBy: (keyIds: readonly string[]) => Promise<readonly number[]>;
  readonly clock: Clock;
  /** Monotonic milliseconds. */
  readonly elapsedMs?: () => number;
  readonly settings: OfflineSettings;
}

export interface OfflineSettings {
  /** How often the store is asked for something new. */
  readonly pollMs: number;
  /** How long the keys of an earlier root go on signing: longer than a client's refresh. */
  readonly graceMs: number;
}

/** A publication that a ceremony needs, and what is true once it is closed. */
export interface CeremonyStep {
  readonly plan: PublishingPlan;
  /** Only once, after the publication was closed. */
  readonly closed: () => Promise<void>;
  /** When nothing came of the publication. */
  readonly failed: () => void;
}

interface Pending {
  readonly root: Metadata<Root>;
  readonly bytes: Uint8Array;
  /** Clients see it already. */
  readonly published: boolean;
}

export class OfflineRoles {
  private readonly parts: OfflineRolesParts;
  private readonly elapsedMs: () => number;
  private trust: Trust | null = null;
  /** Roots that were in force before, and until when their keys sign. */
  private earlier: readonly { readonly root: Root; readonly untilMs: number }[] = [];
  private comingRoot: Root | null = null;
  private nextPollMs = Number.NEGATIVE_INFINITY;
  /** What was said already, so that a file that lies in the store is complained of once. */
  private readonly complained = new Set<string>();

  constructor(parts: OfflineRolesParts) {
    this.parts = parts;
    this.elapsedMs = parts.elapsedMs ?? monotonicMs;
  }

  /** What is in effect; `load` comes first. */
  get current(): Trust {
    if (this.trust === null) throw new TypeError('nothing was loaded');
    return this.trust;
  }

  /**
   * Before the lease is used, and at each take-over: the root that was last put into effect, and the one after it
   * if there is one, so that what is published from now on is accepted under both.
   */
  async load(): Promise<void> {
    const { store, log, pinnedRoot } = this.parts;
    const chain = await loadRoots(store, pinnedRoot);
    const roles = await log.committedRoles();
    const versionOf = (name: string, fallback: number): number => roles.get(name)?.version ?? fallback;
    const newest = chain.at(-1)!.signed;
    const adopted = versionOf('root', newest.version);
    const at = chain.findIndex(({ signed }) => signed.version === adopted);
    const root = at < 0 ? newest : chain[at]!.signed;
    const untilMs = this.elapsedMs() + this.parts.settings.graceMs;
    this.earlier = chain
      .slice(Math.max(0, at - 2), Math.max(0, at))
      .map(({ signed }) => ({ root: signed, untilMs }));
    this.trust = await loadTrust(store, root, {
      targets: versionOf('targets', 1),
      bins: versionOf('bins', 1),
    });
    this.comingRoot = (await this.pendingRoot())?.root.signed ?? null;
    await this.useSigners();
    this.nextPollMs = Number.NEGATIVE_INFINITY;
  }

  /** After a take-over: the publication that was rolled forward may have put a ceremony into effect. */
  async settle(state: PublishedState): Promise<void> {
    const { targetsVersion: targets, binsVersion: bins } = state.vector;
    const { root, targets: known, binsDocument } = this.current;
    if (known.signed.version !== targets || binsDocument.signed.version !== bins) {
      this.trust = await loadTrust(this.parts.store, root, { targets, bins });
    }
    this.signBins(this.current.bins, this.current.bins);
  }

  /** A root that follows the one in force, signed by enough of its keys; null when there is none. */
  get coming(): Root | null {
    return this.comingRoot;
  }

  /** What the store asks for; null when there is nothing new, or when it was asked a moment ago. */
  async plan(state: PublishedState): Promise<CeremonyStep | null> {
    if (this.elapsedMs() < this.nextPollMs) return null;
    await this.forgetEarlier();
    const step = (await this.planRoot(state)) ?? (await this.planTargets());
    // Steps follow each other at once.
    if (step === null) this.nextPollMs = this.elapsedMs() + this.parts.settings.pollMs;
    return step;
  }

  private async planRoot(state: PublishedState): Promise<CeremonyStep | null> {
    const pending = await this.pendingRoot();
    if (pending === null) {
      if (this.comingRoot !== null) await this.expect(null);
      return null;
    }
    const next = pending.root.signed;
    if (!this.parts.signers.canSignBy(next)) {
      if (pending.published) return this.refuseToSign(next);
      await this.complain(
        { role: 'root', version: next.version, reasons: ['key.not-in-role'] },
        pending.bytes,
      );
      return null;
    }
    if (this.comingRoot?.version !== next.version) await this.expect(next);
    if (!pending.published) {
      const findings = await judgeSuccession(this.parts.store, pending.root, state, this.current.targets);
      const orphaned = findings.filter((code) => code !== 'lint.online-orphaned');
      if (orphaned.length > 0) {
        await this.complain({ role: 'root', version: next.version, reasons: orphaned }, pending.bytes);
        return null;
      }
      if (findings.length > 0) return step(refreshPlan([], monotonicMs()));
      const key = metadataKey('root', next.version);
      await this.parts.store.putNew(key, pending.bytes);
      await this.parts.store.sync([key]);
    }
    const change: OfflineChange = { role: 'root', version: next.version, expiresMs: next.expiresMs };
    return step(ceremonyPlan([change], [], monotonicMs()), () => this.adoptRoot(next));
  }

  private async planTargets(): Promise<CeremonyStep | null> {
    const before = this.current;
    const { next, refused } = await findCandidates(this.parts.store, before, this.parts.clock.nowMs());
    for (const refusal of refused) await this.complain(refusal);
    if (next === null) return null;
    const changes = changesOf(before, next);
    if (next.binsDocument === before.binsDocument) {
      return step(ceremonyPlan(changes, [], monotonicMs()), () => this.adoptTargets(before, next, changes));
    }
    if (this.parts.ring.newestOf(next.bins.keyIds) === null) {
      const { version } = next.binsDocument.signed;
      await this.complain({ role: 'bins', version, reasons: ['key.not-in-role'] });
      return null;
    }
    // Bins are read by the old keys and signed with the new one.
    const bins = dropsKeys(before.bins, next.bins) ? await this.parts.binsNotSignedBy(next.bins.keyIds) : [];
    this.signBins(before.bins, next.bins);
    return step(
      ceremonyPlan(changes, bins, monotonicMs()),
      () => this.adoptTargets(before, next, changes),
      () => this.signBins(before.bins, before.bins),
    );
  }

  /** Root N+1, where clients see it or where it waits for us; null when there is none that the present one vouches for. */
  private async pendingRoot(): Promise<Pending | null> {
    const { store } = this.parts;
    const { root } = this.current;
    const version = root.version + 1;
    for (const [key, published] of [
      [metadataKey('root', version), true],
      [stagedRootKey(version), false],
    ] as const) {
      const object = await store.get(key, maxRootBytes);
      if (object === null) continue;
      try {
        return { root: followingRoot(root, object.bytes), bytes: object.bytes, published };
      } catch (error) {
        if (!isRindError(error)) throw error;
        await this.complain({ role: 'root', version, reasons: [error.code] }, object.bytes);
      }
    }
    return null;
  }

  private async adoptRoot(next: Root): Promise<void> {
    const { log, signers, store, settings } = this.parts;
    const before = this.current;
    const keys = { snapshot: before.root.roles.snapshot, timestamp: before.root.roles.timestamp };
    this.earlier = [...this.earlier, { root: before.root, untilMs: this.elapsedMs() + settings.graceMs }];
    this.trust = { ...before, root: next };
    this.comingRoot = null;
    await this.useSigners();
    const events: AuditEvent[] = [
      adopted({ role: 'root', version: next.version, expiresMs: next.expiresMs }),
    ];
    for (const role of ['snapshot', 'timestamp'] as const) {
      if (keys[role].keyIds.join() === next.roles[role].keyIds.join()) continue;
      events.push(rotated(role, keys[role].keyIds, next.roles[role].keyIds, signers.keyIdOf(role)));
    }
    await log.audit(events);
    await store.delete(stagedRootKey(next.version));
  }

  private async adoptTargets(before: Trust, next: Trust, changes: readonly OfflineChange[]): Promise<void> {
    this.trust = next;
    const [was, is] = [before.bins.keyIds, next.bins.keyIds];
    const events = changes.map(adopted);
    if (was.join() !== is.join()) events.push(rotated('bin-n', was, is, null));
    this.signBins(next.bins, next.bins);
    await this.parts.log.audit(events);
  }

  /** Our own keys are in no root any more: whatever we signed would be refused by every client. */
  private async refuseToSign(next: Root): Promise<never> {
    const detail = {
      root: next.version,
      snapshot: next.roles.snapshot.keyIds,
      timestamp: next.roles.timestamp.keyIds,
    };
    await this.parts.log.audit([
      { event: 'key.not-in-role', target: metadataKey('root', next.version), detail },
    ]);
    const keyId = next.roles.timestamp.keyIds.join(' ');
    throw new SignerError('key.not-in-role', `no key that root ${next.version} lists is here`, {
      role: 'timestamp',
      keyId,
    });
  }

  private async expect(coming: Root | null): Promise<void> {
    this.comingRoot = coming;
    await this.useSigners();
  }

  private async forgetEarlier(): Promise<void> {
    const left = this.earlier.filter(({ untilMs }) => untilMs > this.elapsedMs());
    if (left.length === this.earlier.length) return;
    this.earlier = left;
    await this.useSigners();
  }

  private async useSigners(): Promise<void> {
    const others = [
      ...(this.comingRoot === null ? [] : [this.comingRoot]),
      ...this.earlier.map(({ root }) => root),
    ];
    await this.parts.signers.use(this.current.root, others);
  }

  private signBins(stored: BinTrust, next: BinTrust): void {
    const keyFile = this.parts.ring.newestOf(next.keyIds);
    if (keyFile === null) {
      const keyId = next.keyIds.join(' ');
      throw new SignerError('key.not-in-role', 'no key that bins lists is here', { role: 'bin-n', keyId });
    }
    this.parts.bins.signWith(signingOf(keyFile, stored));
  }

  private async complain({ role, version, reasons }: Refusal, bytes?: Uint8Array): Promise<void> {
    const sha256 = bytes === undefined ? null : hashHex('sha256', bytes);
    const known = `${role} ${version} ${reasons.join()} ${sha256}`;
    if (this.complained.has(known)) return;
    const target = metadataKey(role, version);
    await this.parts.log.audit([
      { event: 'ceremony.refused', target, detail: { role, version, reasons, sha256 } },
    ]);
    this.complained.add(known);
  }
}

function step(
  plan: PublishingPlan,
  closed: () => Promise<void> = () => Promise.resolve(),
  failed: () => void = () => {},
): CeremonyStep {
  return { plan, closed, failed };
}

function changesOf(before: Trust, next: Trust): OfflineChange[] {
  return (['targets', 'binsDocument'] as const).flatMap((part) => {
    const { version, expiresMs } = next[part].signed;
    const role = part === 'targets' ? 'targets' : 'bins';
    return next[part] === before[part] ? [] : [{ role, version, expiresMs } as const];
  });
}

/** True when what was signed before need not be accepted any more. */
function dropsKeys(before: BinTrust, next: BinTrust): boolean {
  return before.keyIds.some((id) => !next.keyIds.includes(id)) || next.threshold > before.threshold;
}

function signingOf(keyFile: string, { keyIds, keys, threshold }: BinTrust): BinSigning {
  const verificationKeys = keyIds.flatMap((keyId) => {
    const key = keys.get(keyId);
    return key === undefined ? [] : [{ keyId, key }];
  });
  return { keyFile, verificationKeys, threshold };
}

function adopted({ role, version, expiresMs }: OfflineChange): AuditEvent {
  return {
    event: 'ceremony.adopted',
    target: metadataKey(role, version),
    detail: { role, version, expiresMs },
  };
}

function rotated(
  role: string,
  from: readonly string[],
  to: readonly string[],
  signing: string | null,
): AuditEvent {
  return { event: 'key.rotated', target: role, detail: { role, from, to, signing } };
}
