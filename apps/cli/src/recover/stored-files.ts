import { createHasher } from '@rind/crypto';
import { packageObjectKey } from '@rind/index-model';
import { toHex } from '@rind/kernel';
import type { ProjectName, TargetPath } from '@rind/kernel';
import type { GrantTraces, LoggedGrant } from '@rind/repository';
import { binIndexOf, binName } from '@rind/repository';
import type { ObjectStore } from '@rind/storage-port';
import type { SignedRepository } from './signed-repository.ts';
import type { StoredVersions } from './stored-versions.ts';

/** A distribution under its own name. */
export interface NamedFile {
  readonly project: string;
  readonly filename: string;
  /** Bytes. */
  readonly length: number;
  readonly sha256: string;
}

/** Lower-case hex. */
export interface AllDigests {
  readonly sha512: string;
  readonly blake2b256: string;
  readonly md5: string;
}

/** Reads the whole file; null when the store does not hold exactly these bytes. */
export async function digestsOf(store: ObjectStore, file: NamedFile): Promise<AllDigests | null> {
  const opened = await store.open(keyOf(file));
  if (opened === null) return null;
  const hashers = (['sha256', 'sha512', 'blake2b-256', 'md5'] as const).map((name) => createHasher(name));
  let length = 0;
  for await (const chunk of opened.stream) {
    length += chunk.length;
    for (const hasher of hashers) hasher.update(chunk);
  }
  const [sha256, sha512, blake2b256, md5] = hashers.map((hasher) => toHex(hasher.digest())) as [
    string,
    string,
    string,
    string,
  ];
  return length === file.length && sha256 === file.sha256 ? { sha512, blake2b256, md5 } : null;
}

/** What the store says of a granted file that nothing served lists. */
export async function tracesOf(
  { grant, targetPath }: LoggedGrant,
  store: ObjectStore,
  stored: StoredVersions,
  signed: SignedRepository,
): Promise<GrantTraces> {
  const { filename, length, digests, project } = grant;
  if (filename === undefined || length === undefined || digests === undefined) {
    return { stored: false, wasSigned: false };
  }
  const { sha256 } = digests;
  const stat = await store.stat(keyOf({ project, filename, length, sha256 }));
  return {
    stored: stat?.length === length && stat.sha256 === sha256,
    wasSigned: await wasSigned(targetPath, sha256, stored, signed),
  };
}

/**
 * An earlier version than the served one lists the file. One that was written and never published counts too: its
 * requests went into the next version, which then would list them. A later one was never published.
 */
async function wasSigned(
  targetPath: string,
  sha256: string,
  stored: StoredVersions,
  { bins, bitLength, binVersion }: SignedRepository,
): Promise<boolean> {
  const idx = binIndexOf(targetPath, bitLength);
  const served = bins[idx]!.version;
  const earlier = stored.of(binName(idx, bitLength)).filter((version) => version < served);
  for (const version of earlier.toSorted((a, b) => b - a)) {
    const bin = await binVersion(idx, version);
    if (bin?.targets.get(targetPath as TargetPath)?.hashes.get('sha256') === sha256) return true;
  }
  return false;
}

function keyOf({ project, sha256, filename }: NamedFile): string {
  return packageObjectKey(project as ProjectName, sha256, filename);
}
