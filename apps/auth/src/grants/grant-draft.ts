import { uploadTime } from '@rind/index-model';
import type { Grant } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';
import type { VerifiedToken } from '../tokens/token-verifier.ts';
import { actorOf, rightOf } from '../trusted-publishing/publisher-claims.ts';
import type { Publisher } from '../trusted-publishing/publishers.ts';
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

const lifetimeSeconds = 7 * 86_400;

/** @param publisher null for the token of an account */
export function granteeOf(token: VerifiedToken, publisher: Publisher | null): Grantee {
  if (publisher !== null) {
    const { claims, issuer } = publisher;
    return { accountId: null, actor: actorOf(claims), how: rightOf(claims, issuer) };
  }
  const accountId = token.holder.account?.id ?? null;
  return { accountId, actor: token.holderName, how: `token:${token.id}` };
}

/** A grant that is signed next. */
export function grantFor(
  order: GrantOrder,
  project: ProjectName,
  facts: { grantee: Grantee; seq: number; nowMs: number; repository: string; id: string },
): Grant {
  const iat = Math.floor(facts.nowMs / 1_000);
  return {
    v: 1,
    repository: facts.repository,
    id: facts.id,
    seq: facts.seq,
    verb: 'add',
    project,
    filename: order.filename,
    digests: order.digests,
    length: order.length,
    ...(order.requiresPython === null || order.requiresPython === ''
      ? {}
      : { requiresPython: order.requiresPython }),
    uploadedAt: uploadTime(Math.floor(facts.seq / 1_000), facts.seq % 1_000),
    actor: facts.grantee.actor,
    how: facts.grantee.how,
    iat,
    exp: iat + lifetimeSeconds,
  };
}
