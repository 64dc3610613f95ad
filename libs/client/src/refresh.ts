/**
 * One refresh of root, timestamp and snapshot (TUF 1.0.34 §5.1 to §5.5): asks, has the trusted set decide, and only
 * then stores.
 *
 * Where trust begins (TUF 1.0.34 §5.2). The caller vouches for a bootstrap root. The store's root is taken instead when
 * its version is higher: it got there through this very code, link by link from a bootstrap root, and starting
 * from it saves a request per rotation and lets a repository drop nothing from a chain already walked. A store is
 * therefore as precious as the bootstrap root; it holds the memory against rollbacks anyway. An unusable or older root
 * in the store counts for nothing.
 *
 * Rotation of timestamp or snapshot keys erases what is remembered of both (TUF 1.0.34 §5.3.11). It is erased with
 * the root that rotates, before that root is stored, not at the end of the chain: a client that stops in between, or
 * finds the last root expired, would otherwise begin the next time at the new root and never learn of the rotation.
 */
import type { MetadataStore } from '@rind/client-port';
import type { Clock } from '@rind/kernel';
import { equalBytes } from '@rind/kernel';
import type { Metadata, Root } from '@rind/metadata';
import { at, readTrustedRoot } from './checks.ts';
import { ClientError } from './errors.ts';
import type { Limits } from './limits.ts';
import type { MetadataSource } from './metadata-source.ts';
import { TrustedSet } from './trusted-set.ts';

/**
 * The root to begin with: the bytes of one that was received out of band, or `stored`: trust the store, as
 * clients do that were initialised once.
 */
export type BootstrapRoot = Uint8Array | 'stored';

export interface RefreshContext {
  readonly source: MetadataSource;
  readonly store: MetadataStore;
  readonly clock: Clock;
  readonly limits: Limits;
}

export async function refreshTopLevel(
  context: RefreshContext,
  bootstrap: BootstrapRoot,
): Promise<TrustedSet> {
  const referenceMs = context.clock.nowMs();
  const trusted = new TrustedSet(await firstRoot(context.store, bootstrap), referenceMs);
  await updateRoot(context, trusted);
  await updateTimestamp(context, trusted);
  await updateSnapshot(context, trusted);
  return trusted;
}

async function firstRoot(store: MetadataStore, bootstrap: BootstrapRoot): Promise<Metadata<Root>> {
  const bytes = await store.read('root');
  if (bootstrap === 'stored') {
    if (bytes === null) throw new ClientError('client.no-root', at('root', 'TUF 1.0.34 §5.2'), {});
    return readTrustedRoot(bytes);
  }
  const given = readTrustedRoot(bootstrap);
  const stored = bytes === null ? null : attempt(() => readTrustedRoot(bytes));
  if (stored !== null && stored.signed.version > given.signed.version) return stored;
  if (stored !== null && rotatesOnlineKeys(stored, given)) await forgetOnlineRoles(store);
  if (bytes === null || !equalBytes(bytes, given.bytes)) await store.write('root', given.bytes);
  return given;
}

async function updateRoot({ source, store, limits }: RefreshContext, trusted: TrustedSet): Promise<void> {
  for (let rotations = 0; ; rotations++) {
    const previous = trusted.root;
    const next = previous.signed.version + 1;
    const bytes = await source.fetch('root', next, limits.maxRootBytes, 'TUF 1.0.34 §5.3.3');
    if (bytes === null) break;
    if (rotations === limits.maxRootRotations) {
      const { maxRootRotations } = limits;
      throw new ClientError('client.too-many-roots', at('root', 'TUF 1.0.34 §5.3.3'), { maxRootRotations });
    }
    const root = trusted.updateRoot(bytes);
    if (rotatesOnlineKeys(previous, root)) await forgetOnlineRoles(store);
    await store.write('root', bytes);
  }
  trusted.finishRoot();
}

async function updateTimestamp(
  { source, store, limits }: RefreshContext,
  trusted: TrustedSet,
): Promise<void> {
  const stored = await store.read('timestamp');
  if (stored !== null) attempt(() => trusted.recallTimestamp(stored));
  const bytes = await source.require('timestamp', null, limits.maxTimestampBytes, 'TUF 1.0.34 §5.4.1');
  if (trusted.updateTimestamp(bytes)) await store.write('timestamp', bytes);
}

async function updateSnapshot({ source, store, limits }: RefreshContext, trusted: TrustedSet): Promise<void> {
  const stored = await store.read('snapshot');
  if (stored !== null && attempt(() => trusted.recallSnapshot(stored)) === true) return;
  const { version, length } = trusted.timestamp.signed.snapshotMeta;
  const name = trusted.root.signed.consistentSnapshot ? version : null;
  const bytes = await source.require('snapshot', name, limits.maxSnapshotBytes, 'TUF 1.0.34 §5.5.1', length);
  trusted.updateSnapshot(bytes);
  await store.write('snapshot', bytes);
}

/**
 * True when a key that spoke for timestamp or snapshot no longer does; a key that joins them rotates nothing. An id may
 * come to stand for another key where ids are not the hashes of keys, so the keys themselves are compared.
 */
function rotatesOnlineKeys(before: Metadata<Root>, after: Metadata<Root>): boolean {
  const speakers = ({ signed: { keys, roles } }: Metadata<Root>, role: 'timestamp' | 'snapshot') =>
    roles[role].keyIds.map((id) => keys.get(id)?.keyval.public);
  return (['timestamp', 'snapshot'] as const).some((role) => {
    const kept = new Set(speakers(after, role));
    return speakers(before, role).some((key) => !kept.has(key));
  });
}

async function forgetOnlineRoles(store: MetadataStore): Promise<void> {
  await store.delete('timestamp');
  await store.delete('snapshot');
}

/** What is stored may be damaged, or no longer vouched for: then it is as if it were not there. */
export function attempt<Result>(check: () => Result): Result | null {
  try {
    return check();
  } catch (error) {
    if (error instanceof ClientError) return null;
    throw error;
  }
}
