import { mintToken } from '@rind/macaroon';
import type { Sql, TransactionalSql } from '@rind/database';
import { uuidV4 } from '@rind/kernel';
import type { Clock, JsonValue, Randomness } from '@rind/kernel';
import { audit } from '../audit/audit-log.ts';
import { AuthError } from '../errors.ts';
import { publisherBinding } from '../tokens/root-key-seal.ts';
import type { RootKeySeal } from '../tokens/root-key-seal.ts';
import { insertToken } from '../tokens/token-table.ts';
import { mismatch, ownerIdIn, subjectIn } from './claim-match.ts';
import type { FirstUse } from './first-use.ts';
import type { Identity, IdentityTokens } from './identity-token.ts';
import { actorOf, constraintsOf } from './publisher-claims.ts';
import type { Publisher, Publishers } from './publishers.ts';
import { forgetOldIdentities, useIdentity } from './used-identities.ts';

export interface PublisherMintParts {
  readonly sql: TransactionalSql;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly seal: RootKeySeal;
  readonly identities: IdentityTokens;
  readonly publishers: Publishers;
  readonly firstUse: FirstUse;
  /** Location field: the index's domain. */
  readonly location: string;
}

export interface PublisherToken {
  /** Shown once and stored nowhere. */
  readonly token: string;
  /** Seconds since 1970. */
  readonly expires: number;
}

const lifetimeSeconds = 900;
const rootKeyBytes = 32;
/** Ids of projects stand in the token: of more that trust one workflow, those that did first. */
const maxProjects = 100;

/**
 * Gives API tokens for identity tokens. Invariants, in the order in which they are kept:
 * 1. Nothing is looked up for a token whose signature, audience or times are not good.
 * 2. An identity token is good for one API token, however many ask at once; a refusal does not use it up.
 * 3. Rows count with their proof alone, and are held while they are decided on.
 * 4. A project that a pending publisher makes, its owner, its publisher and the token appear together.
 * 5. The token is for the projects that trust the publisher now, for 15 minutes, and as long as they do.
 */
export class PublisherMint {
  private readonly parts: PublisherMintParts;

  constructor(parts: PublisherMintParts) {
    this.parts = parts;
  }

  /** @param jwt from outside. @throws AuthError `oidc.*` */
  async mint(jwt: string, remote: string): Promise<PublisherToken> {
    const { sql, clock, identities } = this.parts;
    const identity = await identities.verify(jwt);
    const outcome = await sql
      .transaction((tx) => this.mintWithin(tx, identity))
      .catch((error: unknown) => {
        if (error instanceof AuthError) return error;
        throw error;
      });
    if (!(outcome instanceof AuthError)) return outcome;
    const { issuer, claims } = identity;
    await audit(sql, clock, {
      event: 'publisher.refused',
      actor: null,
      detail: {
        code: outcome.code,
        issuer: issuer.url,
        subject: subjectIn(issuer.kind, claims)?.slice(0, 200),
        address: remote,
      },
    });
    throw outcome;
  }

  /** A refusal that is answered, not thrown, leaves what was done about it. */
  private async mintWithin(tx: Sql, identity: Identity): Promise<PublisherToken | AuthError> {
    const { clock, publishers, firstUse } = this.parts;
    if (!(await useIdentity(tx, identity))) {
      throw new AuthError('oidc.invalid-reuse-token', 'invalid token: already used', {});
    }
    await forgetOldIdentities(tx, clock);
    const subject = subjectIn(identity.issuer.kind, identity.claims);
    if (subject === null) throw noPublisher(null);
    const taken = await firstUse.perform(tx, identity, subject);
    const found = await publishers.ofSubject(tx, identity.issuer.url, subject);
    const matching = found.filter((one) => mismatch(one, identity.claims) === null);
    if (matching.length === 0) {
      if (taken.length > 0) return projectTaken();
      throw noPublisher(found[0] === undefined ? null : mismatch(found[0], identity.claims));
    }
    const chosen = oneOfEach(matching);
    const ownerId = ownerIdIn(identity.issuer.kind, identity.claims);
    for (const one of chosen) {
      if (one.ownerId === null && ownerId !== null) await publishers.pinOwner(tx, one, ownerId);
    }
    return this.tokenFor(tx, chosen);
  }

  private async tokenFor(tx: Sql, chosen: readonly Publisher[]): Promise<PublisherToken> {
    const { clock, randomness, seal, location } = this.parts;
    const id = uuidV4(randomness);
    const rootKey = randomness.bytes(rootKeyBytes);
    const nowMs = clock.nowMs();
    const nowSeconds = Math.floor(nowMs / 1_000);
    const expires = nowSeconds + lifetimeSeconds;
    const publisherIds = chosen.map((one) => one.id);
    const caveats: JsonValue[] = [
      [4, publisherIds[0]!, null],
      [2, chosen.map(({ projectId }) => projectId)],
      [0, expires, nowSeconds],
    ];
    const actor = actorOf(chosen[0]!.claims);
    await insertToken(tx, {
      id,
      holder: { publisherIds },
      description: actor.slice(0, 100),
      sealedKey: seal.seal(rootKey, { tokenId: id, accountId: publisherBinding(publisherIds) }),
      caveats,
      createdAt: new Date(nowMs),
    });
    for (const { project, id: publisherId } of chosen) {
      const detail = { tokenId: id, publisherId, expires: new Date(expires * 1_000).toISOString() };
      await audit(tx, clock, { event: 'token.created', actor, project, detail });
    }
    const token = mintToken({ location, identifier: id, rootKey, caveats });
    rootKey.fill(0);
    return { token, expires };
  }
}

/**
 * Of each project the publisher that asks for most, and the oldest of those; of the projects those that trusted it
 * first. The one that asks for most comes first, as the token names it.
 */
function oneOfEach(oldestFirst: readonly Publisher[]): readonly Publisher[] {
  const strictest = (publishers: readonly Publisher[]): readonly Publisher[] =>
    publishers.toSorted((one, other) => constraintsOf(other.claims) - constraintsOf(one.claims));
  const projects = new Map<string, Publisher>();
  for (const one of strictest(oldestFirst)) {
    if (!projects.has(one.projectId)) projects.set(one.projectId, one);
  }
  const first = oldestFirst.filter((one) => projects.get(one.projectId) === one).slice(0, maxProjects);
  return strictest(first);
}

function projectTaken(): AuthError {
  return new AuthError('oidc.invalid-pending-publisher', 'valid token, but project already exists', {});
}

/** @param claim what did not fit the one publisher that there is for the subject */
function noPublisher(claim: string | null): AuthError {
  const why =
    claim === null ? 'publisher with matching claims was not found' : `claim ${claim} does not match`;
  return new AuthError('oidc.invalid-publisher', `valid token, but no corresponding publisher (${why})`, {});
}
