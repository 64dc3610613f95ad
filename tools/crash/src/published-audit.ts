import { hashHex } from '@rind/crypto';
import { parseSnapshot, parseTargets, parseTimestamp } from '@rind/metadata';
import type { MetaFile, TargetFile } from '@rind/metadata';
import { parseProjectPage } from '@rind/index-model';
import type { PublishedStore } from './published-store.ts';
import type { AcceptedFile } from './upload-stream.ts';

/** What an audit saw and what is wrong with it. */
export interface AuditReport {
  readonly timestamp: number;
  readonly snapshot: number;
  readonly bins: number;
  readonly packages: number;
  readonly pages: number;
  readonly findings: readonly string[];
}

interface Bin {
  readonly file: string;
  readonly targets: ReadonlyMap<string, TargetFile>;
}

/**
 * Looks at everything that a published state names, from its files alone: each is there with the bytes it was named
 * by; each accepted file is a target once, in its page once, with the bytes that were uploaded; nothing is there
 * that nobody uploaded. Signatures are left to the clients.
 */
export class PublishedAudit {
  private readonly store: PublishedStore;
  /** Objects never change: what was found right is not read again until `forget`. */
  private readonly bins = new Map<string, Bin>();
  private readonly right = new Set<string>();
  private highestBins = new Map<string, number>();

  constructor(store: PublishedStore) {
    this.store = store;
  }

  /** Everything is read again, so that what has gone meanwhile is missed. */
  forget(): void {
    this.bins.clear();
    this.right.clear();
  }

  /** @param mostPackages how many uploads were begun: no more can be there than that */
  async look(accepted: readonly AcceptedFile[], mostPackages: number): Promise<AuditReport> {
    const findings: string[] = [];
    const timestamp = parseTimestamp(await this.must('metadata/timestamp.json')).signed;
    const snapshotKey = `metadata/${timestamp.snapshotMeta.version}.snapshot.json`;
    const snapshotBytes = await this.must(snapshotKey);
    findings.push(...mismatch(snapshotKey, snapshotBytes, timestamp.snapshotMeta));
    const snapshot = parseSnapshot(snapshotBytes).signed;
    const targets = new Map<string, TargetFile>();
    let bins = 0;
    for (const [file, meta] of snapshot.meta) {
      if (meta.version < (this.highestBins.get(file) ?? 0)) findings.push(`${file} went back`);
      this.highestBins.set(file, meta.version);
      const bin = await this.bin(file, meta, findings);
      if (!file.startsWith('bin-') || bin === null) continue;
      bins += 1;
      for (const [path, target] of bin.targets) {
        if (targets.has(path)) findings.push(`${path} is in two bins`);
        targets.set(path, target);
      }
    }
    await this.checkObjects(targets, findings);
    const packages = [...targets.keys()].filter((path) => path.startsWith('packages/'));
    if (packages.length > mostPackages)
      findings.push(`${packages.length} packages of ${mostPackages} uploads`);
    const pages = await this.checkPages(targets, accepted, packages, findings);
    return {
      timestamp: timestamp.version,
      snapshot: timestamp.snapshotMeta.version,
      bins,
      packages: packages.length,
      pages,
      findings,
    };
  }

  private async bin(file: string, meta: MetaFile, findings: string[]): Promise<Bin | null> {
    const key = `metadata/${meta.version}.${file}`;
    const known = this.bins.get(key);
    if (known !== undefined) return known;
    const bytes = await this.store.read(key);
    if (bytes === null) {
      findings.push(`${key} is named by the snapshot and not there`);
      return null;
    }
    findings.push(...mismatch(key, bytes, meta));
    const { signed } = parseTargets(bytes);
    if (signed.version !== meta.version) findings.push(`${key} has version ${signed.version}`);
    const bin = { file, targets: signed.targets };
    this.bins.set(key, bin);
    return bin;
  }

  private async checkObjects(targets: ReadonlyMap<string, TargetFile>, findings: string[]): Promise<void> {
    for (const [path, target] of targets) {
      const key = objectKey(path, target);
      if (this.right.has(key)) continue;
      const bytes = await this.store.read(key);
      const wrong =
        bytes === null ? [`${key} is named by a bin and not there`] : mismatch(key, bytes, target);
      if (wrong.length === 0) this.right.add(key);
      findings.push(...wrong);
    }
  }

  private async checkPages(
    targets: ReadonlyMap<string, TargetFile>,
    accepted: readonly AcceptedFile[],
    packages: readonly string[],
    findings: string[],
  ): Promise<number> {
    const offered = new Map<string, string>();
    let pages = 0;
    for (const [path, target] of targets) {
      if (!path.startsWith('simple/')) continue;
      pages += 1;
      const bytes = await this.store.read(objectKey(path, target));
      // Missing was found already; a file that is listed twice does not parse.
      if (bytes === null) continue;
      const page = parseProjectPage(bytes);
      for (const { filename, sha256 } of page.files) offered.set(`packages/${page.name}/${filename}`, sha256);
    }
    for (const { path, sha256 } of accepted) {
      if (targets.get(path)?.hashes.get('sha256') !== sha256)
        findings.push(`${path} is accepted and no target`);
      if (offered.get(path) !== sha256) findings.push(`${path} is accepted and in no page`);
    }
    for (const path of packages) if (!offered.has(path)) findings.push(`${path} is a target and in no page`);
    for (const path of offered.keys())
      if (!targets.has(path)) findings.push(`${path} is in a page and no target`);
    return pages;
  }

  private async must(key: string): Promise<Uint8Array> {
    const bytes = await this.store.read(key);
    if (bytes === null) throw new Error(`${key} is not there`);
    return bytes;
  }
}

/** `dir/name` is stored as `targets/dir/SHA256.name` (TUF 1.0.34 §6.2). */
function objectKey(path: string, target: TargetFile): string {
  const slash = path.lastIndexOf('/') + 1;
  return `targets/${path.slice(0, slash)}${target.hashes.get('sha256')}.${path.slice(slash)}`;
}

function mismatch(key: string, bytes: Uint8Array, named: MetaFile | TargetFile): string[] {
  const sha256 = named.hashes?.get('sha256');
  const rightLength = named.length === undefined || named.length === bytes.length;
  const rightHash = sha256 === undefined || hashHex('sha256', bytes) === sha256;
  return rightLength && rightHash ? [] : [`${key} is not the file that was named`];
}
