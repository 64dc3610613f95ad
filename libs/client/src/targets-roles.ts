/**
 * The targets roles of one refresh, loaded when a search first needs them: from the store if the bytes there pass
 * every check that new ones would, else from the repository.
 *
 * A role counts as verified for the document that delegated to it and for no other: two delegators may name one role
 * and trust it with different keys.
 */
import type { MetadataStore } from '@rind/client-port';
import type { KeyMap, Metadata, Targets } from '@rind/metadata';
import type { Delegation } from './delegation.ts';
import { attempt } from './refresh.ts';
import type { RefreshContext } from './refresh.ts';
import type { TrustedSet } from './trusted-set.ts';

interface Loaded {
  readonly delegator: KeyMap;
  readonly targets: Promise<Metadata<Targets>>;
}

/** Parsed bins take several times their size; a long-lived client keeps this many. */
const maxLoadedRoles = 64;

export class TargetsRoles {
  readonly trusted: TrustedSet;
  private readonly context: RefreshContext;
  private readonly loaded = new Map<string, Loaded>();

  constructor(trusted: TrustedSet, context: RefreshContext) {
    this.trusted = trusted;
    this.context = context;
  }

  /** Callers that want one role at the same time share one download; a failure is not remembered. */
  load(delegation: Delegation): Promise<Metadata<Targets>> {
    const { name, keys } = delegation;
    const known = this.loaded.get(name);
    this.loaded.delete(name);
    const entry = known?.delegator === keys ? known : { delegator: keys, targets: this.read(delegation) };
    this.loaded.set(name, entry);
    if (this.loaded.size > maxLoadedRoles) this.loaded.delete(this.loaded.keys().next().value!);
    entry.targets.catch(() => {
      if (this.loaded.get(name) === entry) this.loaded.delete(name);
    });
    return entry.targets;
  }

  private async read(delegation: Delegation): Promise<Metadata<Targets>> {
    const { name } = delegation;
    const { store, source, limits } = this.context;
    const { version, length } = this.trusted.listed(name);
    const recalled = await this.recall(store, delegation);
    if (recalled !== null) return recalled;
    const fileVersion = this.trusted.root.signed.consistentSnapshot ? version : null;
    const bytes = await source.require(
      name,
      fileVersion,
      limits.maxTargetsBytes,
      'TUF 1.0.34 §5.6.1',
      length,
    );
    const targets = this.trusted.verifyTargets(bytes, delegation);
    await store.write(name, bytes);
    return targets;
  }

  private async recall(store: MetadataStore, delegation: Delegation): Promise<Metadata<Targets> | null> {
    const bytes = await store.read(delegation.name);
    return bytes === null ? null : attempt(() => this.trusted.verifyTargets(bytes, delegation));
  }
}
