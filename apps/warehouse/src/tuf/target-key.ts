import { isStoreKey } from '@rind/storage-port';

const hashedName = /^(?:.*\/)?([0-9a-f]{64})\.[^/]+$/;
/** tough puts the hash before the whole path. */
const hashedPath = /^([0-9a-f]{64})\.((?:packages|simple)\/.*\/|(?:packages|simple)\/)([^/]+)$/;

export interface TargetKey {
  readonly key: string;
  /** Lower-case hex, as the name says. */
  readonly sha256: string;
  readonly filename: string;
}

/**
 * The object behind a path under the targets URL; null when no target can have it.
 * Two shapes: `a/b/HASH.file` of most clients, `HASH.a/b/file` of tough.
 */
export function targetKeyOf(path: string): TargetKey | null {
  const [, toughHash, folder, file] = hashedPath.exec(path) ?? [];
  const usual = toughHash === undefined ? path : `${folder}${toughHash}.${file}`;
  const sha256 = hashedName.exec(usual)?.[1];
  const key = `targets/${usual}`;
  if (sha256 === undefined || !isStoreKey(key)) return null;
  return { key, sha256, filename: usual.slice(usual.lastIndexOf('/') + sha256.length + 2) };
}
