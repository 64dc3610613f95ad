import { utf8 } from '@rind/kernel';
import { binName } from './bins.ts';

/**
 * The versions that the snapshot lists, in memory: one number a bin. A snapshot of 16,384 bins is
 * serialised from it in one pass; the result is canonical JSON because `bin-…` < `bins` < `targets`
 * in code point order and bins are visited in order.
 */
export class SnapshotVector {
  private readonly versions: Float64Array;
  private readonly bitLength: number;
  /** What precedes the version of each bin; the same for every vector of a repository. */
  private readonly entries: readonly string[];
  readonly targetsVersion: number;
  readonly binsVersion: number;

  constructor(
    bitLength: number,
    versions: Float64Array,
    targetsVersion: number,
    binsVersion: number,
    entries = entriesOf(bitLength, versions.length),
  ) {
    this.bitLength = bitLength;
    this.versions = versions;
    this.targetsVersion = targetsVersion;
    this.binsVersion = binsVersion;
    this.entries = entries;
  }

  /** Reads the vector from a verified snapshot; `missing` names the first bin that it lacks. */
  static fromSnapshot(
    bitLength: number,
    versionOf: (file: string) => number | undefined,
  ): { vector: SnapshotVector } | { missing: string } {
    const versions = new Float64Array(2 ** bitLength);
    for (let i = 0; i < versions.length; i++) {
      const version = versionOf(`${binName(i, bitLength)}.json`);
      if (version === undefined) return { missing: binName(i, bitLength) };
      versions[i] = version;
    }
    const targets = versionOf('targets.json');
    const bins = versionOf('bins.json');
    if (targets === undefined) return { missing: 'targets' };
    if (bins === undefined) return { missing: 'bins' };
    return { vector: new SnapshotVector(bitLength, versions, targets, bins) };
  }

  get count(): number {
    return this.versions.length;
  }

  version(index: number): number {
    return this.versions[index]!;
  }

  /** A copy with some bins at new versions; the published vector itself never changes before the commit. */
  with(changes: ReadonlyMap<number, number>): SnapshotVector {
    const versions = this.versions.slice();
    for (const [index, version] of changes) versions[index] = version;
    return new SnapshotVector(this.bitLength, versions, this.targetsVersion, this.binsVersion, this.entries);
  }

  /** A copy with other versions of the offline roles; what is not given stays. */
  withOffline({ targets, bins }: { readonly targets?: number; readonly bins?: number }): SnapshotVector {
    return new SnapshotVector(
      this.bitLength,
      this.versions,
      targets ?? this.targetsVersion,
      bins ?? this.binsVersion,
      this.entries,
    );
  }

  /** Canonical bytes of the snapshot's `signed` object. `expires` is a TUF date. */
  signedBytes(version: number, expires: string, specVersion: string): Uint8Array {
    // One growing string: a list of 16,384 parts and its join take three times as long.
    let bins = '';
    for (let i = 0; i < this.versions.length; i++) bins += `${this.entries[i]!}${this.versions[i]!}},`;
    const others = `"bins.json":{"version":${this.binsVersion}},"targets.json":{"version":${this.targetsVersion}}`;
    return utf8(
      `{"_type":"snapshot","expires":"${expires}","meta":{${bins}${others}},"spec_version":"${specVersion}","version":${version}}`,
    );
  }
}

function entriesOf(bitLength: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `"${binName(i, bitLength)}.json":{"version":`);
}
