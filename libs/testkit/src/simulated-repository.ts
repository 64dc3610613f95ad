/**
 * A whole repository in memory: it holds the keys, makes the documents and serves every file it ever published.
 *
 * Layout (DESIGN §3): `root` → `targets` → `bins` → `bin-…`, `snapshot`, `timestamp`; consistent snapshots. Nothing
 * becomes visible before `publish`, which writes changed roles, then snapshot, then timestamp.
 */
import type { Fetcher } from '@rind/client-port';
import { hashHex } from '@rind/crypto';
import type { Clock, JsonObject, TargetPath } from '@rind/kernel';
import { toTufDate, utf8 } from '@rind/kernel';
import {
  binIndexOf,
  explicitBins,
  rootSigned,
  snapshotSigned,
  succinctRoleIndex,
  succinctRoleName,
  succinctRoleNames,
  targetsSigned,
  timestampSigned,
} from '@rind/metadata';
import type { DelegatedRole, Delegations, MetaFile, RoleKeys, RoleType, SuccinctRoles } from '@rind/metadata';
import { describe, signedBy } from './published.ts';
import type { Forgery, Published } from './published.ts';
import { ServedFiles } from './served-files.ts';
import { TargetsRole } from './targets-role.ts';
import { keyMapOf, testKey } from './test-key.ts';
import type { TestKey } from './test-key.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** More than the largest number of bins, so that no two bins ever share a version. */
const BIN_VERSION_STEP = 32_768;

export interface SimulatorOptions {
  readonly clock: Clock;
  /** There are 2^bitLength bins; 1 to 15, by default 2. */
  readonly bitLength?: number;
  /** TAP 15, or one role per bin with `path_hash_prefixes`. */
  readonly encoding?: 'succinct' | 'explicit';
  /** `distinct`: k × 32768 + index, as Rind does; `shared`: 1, 2, 3 in each bin, as others do. */
  readonly binVersions?: 'distinct' | 'shared';
  /** Whether bins carry their name in `x-rind-role`. */
  readonly binNames?: 'signed' | 'absent';
  /** What snapshot says of the roles. */
  readonly snapshotLists?: 'versions' | 'versions, lengths and hashes';
  /** Role (`root`, …, `bins`, `bin-n`) → signatures needed; as many keys are made. By default 1. */
  readonly thresholds?: Readonly<Record<string, number>>;
}

export class SimulatedRepository implements Fetcher {
  readonly served = new ServedFiles('https://repository.test/');
  readonly metadataUrl = 'https://repository.test/metadata/';
  readonly targetsUrl = 'https://repository.test/targets/';
  readonly clock: Clock;
  protected readonly options: Required<SimulatorOptions>;
  protected readonly keys = new Map<string, readonly TestKey[]>();
  protected readonly revoked = new Map<string, readonly TestKey[]>();
  protected readonly roles = new Map<string, TargetsRole>();
  protected readonly history = new Map<string, Published[]>();
  protected readonly versions = new Map<string, number>();
  protected frozen = false;
  private generation = 0;

  constructor(options: SimulatorOptions) {
    this.clock = options.clock;
    this.options = {
      bitLength: 2,
      encoding: 'succinct',
      binVersions: 'distinct',
      binNames: 'signed',
      snapshotLists: 'versions',
      thresholds: {},
      ...options,
    };
    for (const role of ['root', 'timestamp', 'snapshot', 'targets', 'bins', 'bin-n']) this.renewKeys(role);
    this.roles.set('targets', new TargetsRole('targets', 'targets'));
    this.roles.set('bins', new TargetsRole('bins', 'bins'));
    for (const name of this.binNames()) this.roles.set(name, new TargetsRole(name, 'bin-n'));
    this.publishRoot();
    this.publish();
  }

  fetch(url: string, maxBytes: number): Promise<Uint8Array | null> {
    return this.served.fetch(url, maxBytes);
  }

  /** The root that a client ships with. */
  get bootstrapRoot(): Uint8Array {
    return this.published('root', 1).bytes;
  }

  binNames(): readonly string[] {
    return [...succinctRoleNames(this.binGraph())];
  }

  binFor(path: string): string {
    return succinctRoleName(this.binGraph(), binIndexOf(this.options.bitLength, path));
  }

  /** Puts a file into its bin, or into `role`, and its content where consistent snapshots have it. */
  addTarget(
    path: string,
    content: Uint8Array | string,
    role: string = this.binFor(path),
    custom?: JsonObject,
  ): void {
    const bytes = typeof content === 'string' ? utf8(content) : content;
    const hashes = new Map([['sha256', hashHex('sha256', bytes)]]);
    const file = { length: bytes.length, hashes, ...(custom === undefined ? {} : { custom }) };
    this.targetsRole(role).put(path as TargetPath, file);
    this.served.put(this.targetObject(path, role), bytes);
  }

  removeTarget(path: string, role: string = this.binFor(path)): void {
    this.targetsRole(role).remove(path as TargetPath);
  }

  /** Where the content of a listed target is served, e.g. `targets/a/<sha256>.b.whl`. */
  targetObject(path: string, role: string = this.binFor(path)): string {
    const sha256 = this.targetsRole(role)
      .targets.get(path as TargetPath)
      ?.hashes.get('sha256');
    if (sha256 === undefined) throw new Error(`${role} lists no ${path}`);
    const slash = path.lastIndexOf('/') + 1;
    return `targets/${path.slice(0, slash)}${sha256}.${path.slice(slash)}`;
  }

  /** Makes a role with keys of its own; delegations of `targets` come before `bins`, in the order they are made. */
  delegate(
    parent: string,
    role: Pick<DelegatedRole, 'name' | 'terminating' | 'paths' | 'pathHashPrefixes'>,
  ): void {
    this.roles.set(role.name, new TargetsRole(role.name, role.name));
    this.renewKeys(role.name);
    this.targetsRole(parent).delegate({ ...role, ...this.roleKeys(role.name) });
  }

  /** Writes changed roles, snapshot and timestamp. Without changes: a refresh of the last two. */
  publish(forgeries: Readonly<Record<string, Forgery>> = {}): void {
    for (const role of this.roles.values()) {
      if (role.dirty || forgeries[role.name] !== undefined) {
        this.issue(role.name, this.targetsDocument(role), forgeries[role.name]);
        role.dirty = false;
      }
    }
    const meta = new Map([...this.roles.keys()].map((name) => [`${name}.json`, this.metaFile(name)]));
    this.issue('snapshot', snapshotSigned({ ...this.fields('snapshot', 1), meta }), forgeries['snapshot']);
    this.publishTimestamp(forgeries['timestamp']);
  }

  /** Signs a timestamp that names the last snapshot, or `snapshot`. */
  publishTimestamp(forgery?: Forgery, snapshot: Published = this.published('snapshot')): void {
    const snapshotMeta = describe(snapshot);
    this.issue('timestamp', timestampSigned({ ...this.fields('timestamp', 1), snapshotMeta }), forgery);
  }

  /** Issues the next root, signed by the keys it names and by `predecessors`. */
  publishRoot(forgery?: Forgery, predecessors: readonly TestKey[] = []): void {
    const named: readonly RoleType[] = ['root', 'timestamp', 'snapshot', 'targets'];
    const signed = rootSigned({
      ...this.fields('root', 365),
      consistentSnapshot: true,
      keys: keyMapOf(named.flatMap((role) => this.signers(role))),
      roles: Object.fromEntries(named.map((role) => [role, this.roleKeys(role)])) as Record<
        RoleType,
        RoleKeys
      >,
    });
    const signers = new Map([...predecessors, ...this.signers('root')].map((key) => [key.id, key]));
    this.issue('root', signed, { sign: (document) => signedBy(document, [...signers.values()]), ...forgery });
  }

  /** What was last published for `role`, or its version `version`. */
  published(role: string, version?: number): Published {
    const entries = this.history.get(role) ?? [];
    const found = version === undefined ? entries.at(-1) : entries.find((entry) => entry.version === version);
    if (found === undefined) throw new Error(`${role} ${version ?? ''} was never published`);
    return found;
  }

  version(role: string): number {
    return this.published(role).version;
  }

  /** The keys that sign for a role; all bins share those of `bin-n`. */
  signers(role: string): readonly TestKey[] {
    return this.keys.get(this.roles.get(role)?.keyRole ?? role) ?? [];
  }

  protected targetsRole(name: string): TargetsRole {
    const role = this.roles.get(name);
    if (role === undefined) throw new Error(`there is no role ${name}`);
    return role;
  }

  protected renewKeys(role: string): void {
    const count = this.options.thresholds[role] ?? 1;
    const generation = this.generation++;
    this.revoked.set(role, this.keys.get(role) ?? []);
    this.keys.set(
      role,
      Array.from({ length: count }, (_, i) => testKey(`${role} ${generation} ${i}`)),
    );
  }

  protected roleKeys(role: string): RoleKeys {
    return { keyIds: this.signers(role).map(({ id }) => id), threshold: this.options.thresholds[role] ?? 1 };
  }

  /** Gives a document of the role's next version out, honest or not. */
  protected issue(role: string, signed: JsonObject, forgery?: Forgery): void {
    const document = forgery?.change?.(signed) ?? signed;
    const bytes = forgery?.sign?.(document) ?? signedBy(document, this.signers(role));
    const version = signed['version'] as number;
    const path = role === 'timestamp' ? 'metadata/timestamp.json' : `metadata/${version}.${role}.json`;
    this.versions.set(role, version);
    this.history.set(role, [...(this.history.get(role) ?? []), { version, bytes, path }]);
    if (role !== 'timestamp' || !this.frozen) this.served.put(path, bytes);
  }

  protected fields(role: string, days: number): { version: number; expires: string } {
    return { version: this.nextVersion(role), expires: toTufDate(this.clock.nowMs() + days * DAY_MS) };
  }

  /** What lies between two versions of a role. */
  protected versionStep(role: string): number {
    return this.options.binVersions === 'distinct' && this.roles.get(role)?.keyRole === 'bin-n'
      ? BIN_VERSION_STEP
      : 1;
  }

  private nextVersion(role: string): number {
    const step = this.versionStep(role);
    const last =
      this.versions.get(role) ?? (step === 1 ? 0 : (succinctRoleIndex(this.binGraph(), role) ?? 0));
    return last + step;
  }

  private metaFile(role: string): MetaFile {
    const published = this.published(role);
    return this.options.snapshotLists === 'versions' ? { version: published.version } : describe(published);
  }

  private targetsDocument(role: TargetsRole): JsonObject {
    const isBin = role.keyRole === 'bin-n';
    const delegations = this.delegationsOf(role);
    return targetsSigned({
      ...this.fields(role.name, isBin ? 1 : 365),
      targets: role.targets,
      ...(delegations === null ? {} : { delegations }),
      ...(isBin && this.options.binNames === 'signed' ? { roleName: role.name } : {}),
    });
  }

  private delegationsOf(role: TargetsRole): Delegations | null {
    if (role.name === 'bins') {
      const succinct = this.binGraph();
      const keys = keyMapOf(this.signers('bin-n'));
      return this.options.encoding === 'succinct'
        ? { kind: 'succinct', keys, succinct }
        : { kind: 'roles', keys, roles: explicitBins(succinct) };
    }
    const delegated = [...role.delegated];
    if (role.name === 'targets') {
      const paths = ['*', '*/*', '*/*/*', '*/*/*/*'];
      delegated.push({ ...this.roleKeys('bins'), name: 'bins', terminating: true, paths });
    }
    if (delegated.length === 0) return null;
    const keys = keyMapOf(delegated.flatMap(({ name }) => this.signers(name)));
    return { kind: 'roles', keys, roles: delegated };
  }

  private binGraph(): SuccinctRoles {
    return { ...this.roleKeys('bin-n'), bitLength: this.options.bitLength, namePrefix: 'bin' };
  }
}
