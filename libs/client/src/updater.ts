/**
 * The verifying client of a TUF repository (TUF 1.0.34 §5) on top of a fetcher, a store and a clock.
 *
 * State: none, or the documents of the last successful refresh. A refresh that fails, for whatever reason, leaves none:
 * nobody goes on with what an attacker, or the passage of time, may have made stale. What is in the store stays.
 */
import type { Fetcher, MetadataStore } from '@rind/client-port';
import type { Clock, TargetPath } from '@rind/kernel';
import { outOfOrder } from './checks.ts';
import { fetchListedFile, prefixDigest } from './content.ts';
import type { ListedTarget } from './content.ts';
import { topLevelDelegation } from './delegation.ts';
import { defaultLimits } from './limits.ts';
import type { Limits } from './limits.ts';
import { MetadataSource, withSlash } from './metadata-source.ts';
import { refreshTopLevel } from './refresh.ts';
import type { BootstrapRoot, RefreshContext } from './refresh.ts';
import { safeTargetPath, targetUrlPath } from './target-path.ts';
import { searchTarget, targetNotFound } from './target-search.ts';
import type { FoundTarget } from './target-search.ts';
import { TargetsRoles } from './targets-roles.ts';
import type { TrustedSet } from './trusted-set.ts';

export interface UpdaterOptions {
  readonly fetcher: Fetcher;
  readonly store: MetadataStore;
  readonly clock: Clock;
  /** Base URLs, with or without a slash at the end. */
  readonly metadataUrl: string;
  readonly targetsUrl: string;
  readonly bootstrapRoot: BootstrapRoot;
  readonly limits?: Partial<Limits>;
  /**
   * Where consistent snapshots put a target's digest: before the last segment of its path, `dir/DIGEST.file` (default),
   * or, for repositories that do not follow TUF 1.0.34 §6.2 for targets, nowhere.
   */
  readonly hashPrefix?: 'last-segment' | 'none';
}

export class Updater {
  private readonly options: UpdaterOptions;
  private readonly context: RefreshContext;
  private readonly targetsUrl: string;
  private session: TargetsRoles | null = null;
  private refreshing: Promise<TargetsRoles> | null = null;

  constructor(options: UpdaterOptions) {
    const { fetcher, store, clock, limits } = options;
    this.options = options;
    this.context = {
      source: new MetadataSource(fetcher, options.metadataUrl),
      store,
      clock,
      limits: { ...defaultLimits, ...limits },
    };
    this.targetsUrl = withSlash(options.targetsUrl);
  }

  /** What the last successful refresh established; null when there is none, or the last one failed. */
  get trusted(): TrustedSet | null {
    return this.session?.trusted ?? null;
  }

  /**
   * Brings root, timestamp, snapshot and the top-level targets up to date (TUF 1.0.34 §5.1 to §5.6.6). Calls during
   * a refresh join it. Throws `ClientError` for what was refused, and for what could not be
   * fetched a `FetchError` of client-port whose details name role and step as those of a `ClientError` do.
   */
  async refresh(): Promise<void> {
    await this.startRefresh();
  }

  /**
   * The trusted entry for a path, or null when no role that is trusted with the path lists it. Refreshes first if
   * there is no state; loads the roles on the way (TUF 1.0.34 §5.6.7).
   */
  async findTarget(path: string): Promise<FoundTarget | null> {
    const target = safeTargetPath(path);
    const session = await this.current();
    const topLevel = topLevelDelegation(session.trusted.root);
    return searchTarget((role) => session.load(role), topLevel, target, this.context.limits.maxDelegations);
  }

  /** The content of a target, of exactly the length and the hashes that its entry lists (TUF 1.0.34 §5.7). */
  async fetchTarget(path: string, target: ListedTarget): Promise<Uint8Array> {
    const checked = safeTargetPath(path);
    const { trusted } = await this.current();
    const url = this.urlIn(trusted, checked, target);
    return fetchListedFile(this.options.fetcher, url, path, target, target.length);
  }

  /** `findTarget` and `fetchTarget` in one; `target.not-found` when there is no such target (TUF 1.0.34 §5.7.2). */
  async download(path: string): Promise<Uint8Array> {
    const target = await this.findTarget(path);
    if (target === null) throw targetNotFound(path);
    return this.fetchTarget(path, target);
  }

  /** Where the content of a target is served. Needs a refresh before: the root says whether names carry digests. */
  targetUrl(path: string, target: ListedTarget): string {
    return this.urlIn(this.trusted ?? outOfOrder('targets', 'a refresh'), safeTargetPath(path), target);
  }

  private urlIn({ root }: TrustedSet, path: TargetPath, target: ListedTarget): string {
    const prefixed = root.signed.consistentSnapshot && this.options.hashPrefix !== 'none';
    return this.targetsUrl + targetUrlPath(path, prefixed ? prefixDigest(target) : null);
  }

  private async current(): Promise<TargetsRoles> {
    return this.refreshing ?? this.session ?? this.startRefresh();
  }

  private startRefresh(): Promise<TargetsRoles> {
    this.refreshing ??= this.runRefresh().finally(() => {
      this.refreshing = null;
    });
    return this.refreshing;
  }

  private async runRefresh(): Promise<TargetsRoles> {
    try {
      const trusted = await refreshTopLevel(this.context, this.options.bootstrapRoot);
      const session = new TargetsRoles(trusted, this.context);
      await session.load(topLevelDelegation(trusted.root));
      this.session = session;
      return session;
    } catch (error) {
      this.session = null;
      throw error;
    }
  }
}
