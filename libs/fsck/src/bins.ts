import type { Snapshot } from '@rind/metadata';
import type { Audit } from './audit.ts';
import type { TargetsTree, VisitedRole } from './targets-tree.ts';

/** A bin of Rind has the version `k × 32768 + index` (docs/divergences.md), so that no two ever share one. */
export const binVersionStride = 32_768;

/**
 * Bins share their keys, and nothing in TUF's own fields says which bin a document is: with equal versions and
 * nothing but versions in snapshot, one can be served as another, and clients answer "absent". Rind keeps versions
 * apart and names each bin; of other repositories it is said once.
 */
export function checkBins({ report }: Audit, tree: TargetsTree, snapshot: Snapshot): void {
  const bins = [...tree.roles.values()].filter(({ bin }) => bin !== null);
  const { isRind } = tree;
  const owners = new Map<number, string>();
  let shared = 0;
  for (const role of bins) {
    if (isRind) checkOwnBin(report, role);
    if (snapshot.meta.get(`${role.name}.json`)?.hashes !== undefined) continue;
    const owner = owners.get(role.version);
    if (owner === undefined) owners.set(role.version, role.name);
    else if (isRind) report.add('fsck.bin-version-shared', placeOf(role), { with: owner });
    else shared++;
  }
  if (shared > 0) report.add('fsck.bins-alike', {}, { bins: bins.length, shared });
}

function checkOwnBin(report: Audit['report'], role: VisitedRole): void {
  if (!role.named) report.add('fsck.bin-unnamed', placeOf(role));
  const found = role.version % binVersionStride;
  if (found !== role.bin) report.add('fsck.bin-version', placeOf(role), { expected: role.bin, found });
}

function placeOf({ name, version }: VisitedRole) {
  return { role: name, version };
}
