import type { ProjectName } from '@rind/kernel';
import type { VerifiedToken } from '../tokens/token-verifier.ts';
import { actorOf, rightOf } from '../trusted-publishing/publisher-claims.ts';
import type { Publisher } from '../trusted-publishing/publishers.ts';
import type { GrantDraft } from './grant-book.ts';
import type { GrantOrder } from './grant-issuer.ts';

/** Whom a grant is given to. */
export interface Grantee {
  /** Null for a trusted publisher. */
  readonly accountId: string | null;
  /** For grant and log. */
  readonly actor: string;
  /** By which right: field `how` of the grant. */
  readonly how: string;
}

/** @param publisher null for the token of an account */
export function granteeOf(token: VerifiedToken, publisher: Publisher | null): Grantee {
  if (publisher !== null) {
    const { claims, issuer } = publisher;
    return { accountId: null, actor: actorOf(claims), how: rightOf(claims, issuer) };
  }
  const accountId = token.holder.account?.id ?? null;
  return { accountId, actor: token.holderName, how: `token:${token.id}` };
}

/** What the grant of an upload says. */
export function draftOf(order: GrantOrder, project: ProjectName, { actor, how }: Grantee): GrantDraft {
  const { id, filename, digests, length, requiresPython } = order;
  return {
    verb: 'add',
    project,
    filename,
    digests,
    length,
    ...(id === undefined ? {} : { id }),
    ...(requiresPython === null || requiresPython === '' ? {} : { requiresPython }),
    actor,
    how,
  };
}
