import { binName, splitBinVersion } from '@rind/repository';
import type { ObjectStore } from '@rind/storage-port';

/** Every number of metadata that the store holds, published or not: none of them may be used again. */
export class StoredVersions {
  private readonly byRole: ReadonlyMap<string, readonly number[]>;

  private constructor(byRole: ReadonlyMap<string, readonly number[]>) {
    this.byRole = byRole;
  }

  static async list(store: ObjectStore): Promise<StoredVersions> {
    const byRole = new Map<string, number[]>();
    for await (const key of store.list('metadata/')) {
      const [, version, role] = /^metadata\/([0-9]{1,15})\.(.+)\.json$/.exec(key) ?? [];
      if (role === undefined) continue;
      const versions = byRole.get(role);
      if (versions === undefined) byRole.set(role, [Number(version)]);
      else versions.push(Number(version));
    }
    return new StoredVersions(byRole);
  }

  /** In no order. */
  of(role: string): readonly number[] {
    return this.byRole.get(role) ?? [];
  }

  /** The first number of `role` that is above all stored ones and above `served`. */
  next(role: string, served: number): number {
    return this.of(role).reduce((highest, version) => Math.max(highest, version), served) + 1;
  }

  nextCounter(index: number, bitLength: number, served: number): number {
    return splitBinVersion(this.next(binName(index, bitLength), served) - 1).counter + 1;
  }
}
