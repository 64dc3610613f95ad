import type { TargetPath } from '@rind/kernel';
import type { Metadata, TargetFile, Targets } from '@rind/metadata';
import { delegationsFor } from '@rind/metadata';
import { at } from './checks.ts';
import { delegationOf } from './delegation.ts';
import type { Delegation } from './delegation.ts';
import { ClientError } from './errors.ts';

/** A target's entry and the role that vouches for it. */
export interface FoundTarget extends TargetFile {
  readonly path: TargetPath;
  readonly role: string;
}

/**
 * Asks the roles trusted with `path`, depth first and in order of appearance (TUF 1.0.34 §5.6.7), until one lists it.
 * A terminating delegation ends the whole search with its own subtree, its siblings' and its ancestors' siblings
 * included. A role is visited once. A role that cannot be loaded ends the search with its error; a search that
 * would go on beyond `maxDelegations` roles below the first is `client.too-many-delegations`, since
 * "there is no such target" would be a claim about roles never seen.
 */
export async function searchTarget(
  load: (delegation: Delegation) => Promise<Metadata<Targets>>,
  topLevel: Delegation,
  path: TargetPath,
  maxDelegations: number,
): Promise<FoundTarget | null> {
  const visited = new Set<string>();
  let stack = [topLevel];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (visited.has(next.name)) continue;
    if (visited.size > maxDelegations) {
      const place = at(next.name, 'TUF 1.0.34 §5.6.7.1');
      throw new ClientError('client.too-many-delegations', place, { path, maxDelegations });
    }
    const role = await load(next);
    const target = role.signed.targets.get(path);
    if (target !== undefined) return { ...target, path, role: next.name };
    visited.add(next.name);
    const { children, terminating } = childrenFor(role, path);
    stack = [...(terminating ? [] : stack), ...children.reverse()];
  }
  return null;
}

/** The roles to ask below `role`, up to and including the first terminating one (TUF 1.0.34 §5.6.7.2). */
function childrenFor(
  role: Metadata<Targets>,
  path: TargetPath,
): { children: Delegation[]; terminating: boolean } {
  const children: Delegation[] = [];
  const { delegations } = role.signed;
  if (delegations === undefined) return { children, terminating: false };
  for (const match of delegationsFor(delegations, path)) {
    children.push(delegationOf(match, role));
    if (match.terminating) return { children, terminating: true };
  }
  return { children, terminating: false };
}

/** What whoever needs the target makes of null (TUF 1.0.34 §5.7.2). */
export function targetNotFound(path: string): ClientError<'target.not-found'> {
  return new ClientError('target.not-found', at('targets', 'TUF 1.0.34 §5.7.2'), { path });
}
