/**
 * The targets roles of a repository, from `targets` down (TUF 1.0.34 §5.6.7), wave by wave. Each document is read
 * once for every role that delegates to it, is judged by that delegation, and is not kept; delegations are, so that a
 * path can be looked up afterwards as a client does.
 */
import type { TargetPath } from '@rind/kernel';
import { delegationsFor, parseTargets, pathHashOf } from '@rind/metadata';
import type { Delegations, Metadata, Root, Snapshot, TargetFile, Targets } from '@rind/metadata';
import type { Audit } from './audit.ts';
import { countEdges, edgesOf, rootEdge } from './delegation-edge.ts';
import type { DelegationEdge } from './delegation-edge.ts';
import { checkExpiry } from './expiry.ts';
import { inParallel } from './in-parallel.ts';
import { metadataPath, readMetadata } from './metadata-file.ts';
import { checkKeys, checkSignatures } from './signatures.ts';

/** What is remembered of a role. */
export interface VisitedRole {
  readonly name: string;
  readonly version: number;
  /** As written. */
  readonly expires: string;
  /** The number of its share, for a hash bin. */
  readonly bin: number | null;
  /** Whether the document names itself, as those of Rind do. */
  readonly named: boolean;
  readonly delegations?: Delegations;
}

/** Paths of a role that no delegation to it covers. */
interface Astray {
  readonly version: number;
  readonly by: string;
  readonly code: 'fsck.bin-range' | 'fsck.outside-delegation';
  readonly paths: ReadonlySet<string>;
}

/** As many of them as are kept of one role. */
const maxAstray = 1000;

/** Called for each document once, before the next one is read. */
export type TargetsVisitor = (role: VisitedRole, targets: Targets) => Promise<void>;

export class TargetsTree {
  /** By name, those that could be read. */
  readonly roles = new Map<string, VisitedRole>();
  /** Every name that somebody delegates to. */
  readonly delegated = new Set<string>(['targets']);
  /** False when a document could not be read: then nobody knows all of `delegated`. */
  isComplete = true;
  private readonly audit: Audit;
  private readonly root: Root;
  private readonly snapshot: Snapshot;
  private readonly astray = new Map<string, Astray>();
  private readonly recent = new Map<string, Promise<Metadata<Targets> | null>>();

  constructor(audit: Audit, root: Root, snapshot: Snapshot) {
    this.audit = audit;
    this.root = root;
    this.snapshot = snapshot;
  }

  /** True when the bins name themselves: then Rind's own promises are checked too. */
  get isRind(): boolean {
    for (const role of this.roles.values()) if (role.bin !== null && role.named) return true;
    return false;
  }

  async walk(visitor: TargetsVisitor): Promise<void> {
    const { report, limits, progress } = this.audit;
    let wave: DelegationEdge[] = [rootEdge(this.root)];
    const seen = new Set<string>();
    let done = 0;
    while (wave.length > 0) {
      const below: DelegationEdge[] = [];
      const total = done + wave.length;
      await inParallel(wave, limits.concurrency, async (edge) => {
        const isFirst = !seen.has(edge.name);
        seen.add(edge.name);
        const document = await this.visit(edge, isFirst, visitor);
        progress({ step: 'roles', done: ++done, total });
        if (document === null) this.isComplete = false;
        if (!isFirst || document === null) return;
        const missing = countEdges(document.delegations);
        let asked = 0;
        for (const next of edgesOf(edge, document)) {
          if (report.checked.delegations >= limits.maxRoles) break;
          asked++;
          report.checked.delegations++;
          this.delegated.add(next.name);
          below.push(next);
        }
        if (asked < missing)
          report.add('fsck.not-listed', { role: edge.name }, { rolesLeftOut: missing - asked });
      });
      wave = below;
    }
    for (const [role, { version, by, code, paths }] of this.astray) {
      for (const path of paths) report.add(code, { role, version, path }, { by });
    }
  }

  /** Where a client finds a path: the first role in order of priority that lists it. Reads what it has to. */
  async find(path: TargetPath): Promise<{ role: string; file: TargetFile } | null> {
    const stack = ['targets'];
    const asked = new Set<string>();
    while (stack.length > 0) {
      const name = stack.pop()!;
      const role = this.roles.get(name);
      if (role === undefined || asked.has(name)) continue;
      asked.add(name);
      const file = (await this.reread(name))?.signed.targets.get(path);
      if (file !== undefined) return { role: name, file };
      if (role.delegations === undefined) continue;
      const next: string[] = [];
      for (const match of delegationsFor(role.delegations, path)) {
        next.push(match.name);
        if (!match.terminating) continue;
        stack.length = 0;
        break;
      }
      stack.push(...next.reverse());
    }
    return null;
  }

  /** Reads a role that was visited before; quietly, since its faults are known. */
  reread(name: string): Promise<Metadata<Targets> | null> {
    const known = this.recent.get(name);
    if (known !== undefined) return known;
    const reading = this.readQuietly(name);
    this.recent.set(name, reading);
    for (const oldest of this.recent.keys()) {
      if (this.recent.size <= 8) break;
      this.recent.delete(oldest);
    }
    return reading;
  }

  private async readQuietly(name: string): Promise<Metadata<Targets> | null> {
    const bytes = await this.audit.reader.get(this.pathOf(name), this.audit.limits.maxTargetsBytes);
    try {
      return bytes === null || bytes === 'too-large' ? null : parseTargets(bytes);
    } catch {
      return null;
    }
  }

  private pathOf(name: string): string {
    const version = this.snapshot.meta.get(`${name}.json`)?.version ?? null;
    return metadataPath(name, this.root.consistentSnapshot ? version : null);
  }

  private async visit(
    edge: DelegationEdge,
    isFirst: boolean,
    visitor: TargetsVisitor,
  ): Promise<Targets | null> {
    const { report, limits } = this.audit;
    const { name: role, by } = edge;
    const listed = this.snapshot.meta.get(`${role}.json`);
    if (listed === undefined) {
      report.add('fsck.not-listed', { role }, { by, file: `${role}.json` });
      return null;
    }
    const { version } = listed;
    const place = { role, version, path: this.pathOf(role) };
    const maxBytes = limits.maxTargetsBytes;
    const expected = { ...place, maxBytes, parse: parseTargets, listed };
    const document = isFirst ? await readMetadata(this.audit, expected) : await this.reread(role);
    if (document === null) return null;
    checkSignatures(this.audit, place, document, [{ by, role: edge.role, keys: edge.keys }]);
    const { signed } = document;
    this.checkReach(edge, version, signed);
    if (!isFirst) return signed;
    report.checked.roles++;
    report.checked.targets += signed.targets.size;
    checkExpiry(this.audit, place, signed, edge.bin === null ? 'offline' : 'online');
    if (signed.roleName !== undefined && signed.roleName !== role) {
      report.add('fsck.bin-name', place, { found: signed.roleName });
    }
    if (edge.bin !== null) {
      report.checked.bins++;
      const bytes = document.bytes.length;
      if (bytes >= limits.largeBinBytes) report.add('fsck.bin-size', place, { bytes, maxBytes });
    }
    if (signed.delegations !== undefined)
      checkKeys(this.audit, place, signed.delegations.keys, keyUsers(signed));
    const visited = visitedRole(edge, signed);
    this.roles.set(role, visited);
    await visitor(visited, signed);
    return signed;
  }

  /**
   * A path outside of what the role is trusted with is found by no client, and in a bin it is a sign of a mix-up. With
   * several delegations to the role, one that covers the path is enough.
   */
  private checkReach(edge: DelegationEdge, version: number, signed: Targets): void {
    const before = this.astray.get(edge.name);
    const paths = new Set<string>();
    for (const path of before?.paths ?? (this.roles.has(edge.name) ? [] : signed.targets.keys())) {
      if (paths.size < maxAstray && !edge.covers(path, pathHashOf(path))) paths.add(path);
    }
    const code = edge.bin === null ? 'fsck.outside-delegation' : 'fsck.bin-range';
    if (paths.size > 0) this.astray.set(edge.name, { version, by: edge.by, code, paths });
    else this.astray.delete(edge.name);
  }
}

function visitedRole({ name, bin }: DelegationEdge, signed: Targets): VisitedRole {
  const { version, expires, delegations, roleName } = signed;
  const named = roleName !== undefined;
  return { name, version, expires, bin, named, ...(delegations === undefined ? {} : { delegations }) };
}

function keyUsers({ delegations }: Targets) {
  if (delegations === undefined) return [];
  return delegations.kind === 'roles'
    ? delegations.roles
    : [{ ...delegations.succinct, name: delegations.succinct.namePrefix }];
}
