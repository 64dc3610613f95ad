import type { StoreReferences } from '@rind/queue-port';
import { binName } from './bins.ts';

/**
 * Which objects of a store are still needed. Pure; tested as a truth table. What is not recognised is kept:
 * only a name that this index gives its own superseded objects can ever be garbage. Files of the index are
 * not judged here, since whether they go depends on what became of their path and not on who names them.
 *
 * 1. Every root is kept, for clients that come back after years (TUF 1.0.34 §5.3).
 * 2. `targets` and `bins` are kept from the version that the snapshot lists on: what people signed lies in
 *    the store before a snapshot names it.
 * 3. Snapshots and bins are kept at the versions that are published or that an unfinished publication took.
 * 4. So is the whole metadata of archived snapshots (PEP 458 "Auditing Snapshots").
 * 5. Pages are kept while a project, published or planned, has them.
 */
export type NamedObject =
  | { readonly kind: 'kept' }
  | { readonly kind: 'targets' | 'bins' | 'snapshot'; readonly version: number }
  | { readonly kind: 'bin'; readonly index: number; readonly version: number }
  | { readonly kind: 'page'; readonly project: string; readonly sha256: string };

/** What is published, as the store serves it, and what the record adds to it. */
export interface LiveReferences {
  readonly targetsVersion: number;
  readonly binsVersion: number;
  readonly snapshotVersion: number;
  readonly binVersion: (index: number) => number;
  readonly recorded: StoreReferences;
  readonly archived: ArchivedReferences;
}

/** What snapshots name that are kept for auditors. Versions of bins are unique among all bins. */
export interface ArchivedReferences {
  readonly snapshots: ReadonlySet<number>;
  readonly binVersions: ReadonlySet<number>;
  readonly targetsVersions: ReadonlySet<number>;
  readonly binsVersions: ReadonlySet<number>;
}

export const nothingArchived: ArchivedReferences = {
  snapshots: new Set(),
  binVersions: new Set(),
  targetsVersions: new Set(),
  binsVersions: new Set(),
};

const metadataName = /^metadata\/([1-9][0-9]{0,15})\.(targets|bins|snapshot|bin-[0-9a-f]+)\.json$/;
const pageName = /^targets\/simple\/([^/]+)\/([0-9a-f]{64})\.index\.json$/;
const kept: NamedObject = { kind: 'kept' };

/** What a key stands for in an index of `2 ** bitLength` bins. */
export function namedObjectOf(key: string, bitLength: number): NamedObject {
  const page = pageName.exec(key);
  if (page !== null) return { kind: 'page', project: page[1]!, sha256: page[2]! };
  const metadata = metadataName.exec(key);
  if (metadata === null) return kept;
  const version = Number(metadata[1]);
  const role = metadata[2]!;
  if (!Number.isSafeInteger(version)) return kept;
  if (role === 'targets' || role === 'bins' || role === 'snapshot') return { kind: role, version };
  const index = Number.parseInt(role.slice(role.indexOf('-') + 1), 16);
  if (index >= 2 ** bitLength || binName(index, bitLength) !== role) return kept;
  return { kind: 'bin', index, version };
}

/** True when something served, or about to be, needs the object. */
export function isNeeded(object: NamedObject, live: LiveReferences): boolean {
  const { recorded, archived } = live;
  switch (object.kind) {
    case 'kept':
      return true;
    case 'targets':
      return object.version >= live.targetsVersion || archived.targetsVersions.has(object.version);
    case 'bins':
      return object.version >= live.binsVersion || archived.binsVersions.has(object.version);
    case 'snapshot':
      return (
        object.version === live.snapshotVersion ||
        recorded.snapshots.has(object.version) ||
        archived.snapshots.has(object.version)
      );
    case 'bin':
      return (
        object.version === live.binVersion(object.index) ||
        recorded.bins.get(object.index)?.has(object.version) === true ||
        archived.binVersions.has(object.version)
      );
    case 'page':
      return recorded.pages.get(object.project)?.has(object.sha256) === true;
  }
}
