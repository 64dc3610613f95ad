import { hashHex } from '@rind/crypto';
import { parseSnapshot, parseTargets, parseTimestamp } from '@rind/metadata';
import { binIndexOf, binName } from '@rind/repository';
import type { InstanceFile } from './instance.ts';

type Addresses = Pick<InstanceFile, 'metadata' | 'targets'>;

/** What one walk from a timestamp found to be named and not there, or there with other bytes. */
export interface Walk {
  readonly timestamp: number;
  readonly snapshot: number;
  /** Target path → SHA-256, of everything that was walked to. */
  readonly targets: ReadonlyMap<string, string>;
  readonly missing: readonly string[];
}

/**
 * Walks from the timestamp to every object that it leads to, over HTTP, so that it works on any store.
 * @param paths only these targets and their bins; without it all
 */
export async function walkServed(at: Addresses, bins: number, paths?: readonly string[]): Promise<Walk> {
  const missing: string[] = [];
  const get = async (base: string, name: string): Promise<Uint8Array | null> => {
    const response = await fetch(new URL(name, base.endsWith('/') ? base : `${base}/`));
    const body = new Uint8Array(await response.arrayBuffer());
    if (response.ok) return body;
    if (response.status !== 404) throw new Error(`${name}: ${response.status}`);
    missing.push(name);
    return null;
  };
  const timestamp = parseTimestamp((await get(at.metadata, 'timestamp.json'))!).signed;
  const { version } = timestamp.snapshotMeta;
  const targets = new Map<string, string>();
  const walk = { timestamp: timestamp.version, snapshot: version, targets, missing };
  const stored = await get(at.metadata, `${version}.snapshot.json`);
  if (stored === null) return walk;
  const snapshot = parseSnapshot(stored).signed;
  const bits = Math.log2(bins);
  const wanted =
    paths === undefined
      ? null
      : new Set(paths.map((path) => `${binName(binIndexOf(path, bits), bits)}.json`));
  for (const [file, meta] of snapshot.meta) {
    if (wanted !== null && !wanted.has(file)) continue;
    const bytes = await get(at.metadata, `${meta.version}.${file}`);
    if (bytes === null || !file.startsWith('bin-')) continue;
    for (const [path, target] of parseTargets(bytes).signed.targets) {
      if (paths !== undefined && !paths.includes(path)) continue;
      const sha256 = target.hashes.get('sha256')!;
      targets.set(path, sha256);
      const cut = path.lastIndexOf('/') + 1;
      const found = await get(at.targets, `${path.slice(0, cut)}${sha256}.${path.slice(cut)}`);
      if (found !== null && hashHex('sha256', found) !== sha256) missing.push(`${path}: other bytes`);
    }
  }
  return walk;
}

/**
 * What is missing although it is named by what is served now: a walk that met something missing counts only if the
 * timestamp is the same after it, since what an older one named may go.
 */
export async function missingWhileServed(
  at: Addresses,
  bins: number,
  paths?: readonly string[],
): Promise<readonly string[]> {
  const walk = await walkServed(at, bins, paths);
  if (walk.missing.length === 0) return [];
  const response = await fetch(
    new URL('timestamp.json', at.metadata.endsWith('/') ? at.metadata : `${at.metadata}/`),
  );
  const now = parseTimestamp(new Uint8Array(await response.arrayBuffer())).signed.version;
  return now === walk.timestamp ? walk.missing : [];
}
