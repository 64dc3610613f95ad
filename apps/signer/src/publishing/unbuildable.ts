import { binName } from '@rind/repository';
import type { BatchRequest, BinChange, HeldRow } from '@rind/repository';

/** Names of bins that cannot be built, by the project that would change them. */
export type Unbuildable = ReadonlyMap<string, readonly string[]>;

/** Of the changes of a batch, the projects that touch a bin that cannot be built, with a file or with their page. */
export function unbuildable(
  changes: ReadonlyMap<number, readonly BinChange[] | null>,
  isUnproven: (idx: number) => boolean,
  bitLength: number,
): Unbuildable {
  const blocked = new Map<string, string[]>();
  for (const [idx, list] of changes) {
    if (list === null || !isUnproven(idx)) continue;
    const bin = binName(idx, bitLength);
    for (const project of new Set(list.map(({ path }) => projectOf(path)))) {
      blocked.set(project, [...(blocked.get(project) ?? []), bin]);
    }
  }
  return blocked;
}

/** All requests of such projects wait: all changes of one project go into one publication. */
export function waitingFor(blocked: Unbuildable, requests: readonly BatchRequest[]): HeldRow[] {
  return requests.flatMap(({ outboxId, grant, targetPath }) => {
    const bins = blocked.get(grant.project);
    if (bins === undefined) return [];
    const { actor, project } = grant;
    const detail = { bins, grant: grant.id, verb: grant.verb, seq: grant.seq };
    return [{ outboxId, audit: { event: 'bin.unproven', actor, project, target: targetPath, detail } }];
  });
}

/** `packages/<project>/<filename>` or `simple/<project>/index.json`. */
function projectOf(targetPath: string): string {
  return targetPath.split('/')[1] ?? '';
}
