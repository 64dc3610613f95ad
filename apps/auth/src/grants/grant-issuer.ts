import { parseProjectName } from '@rind/index-model';
import type { SignedGrant } from '@rind/index-model';
import type { Sql } from '@rind/database';
import type { Clock, ProjectName, Randomness } from '@rind/kernel';
import type { Logger } from '@rind/nest-kit';
import { audit } from '../audit/audit-log.ts';
import type { AuditEntry } from '../audit/audit-log.ts';
import { decide } from '../authorization/decide.ts';
import type { Decision } from '../authorization/decide.ts';
import { AuthError } from '../errors.ts';
import { accessTo, createProject } from '../projects/project-table.ts';
import type { ProjectAccess } from '../projects/project-table.ts';
import type { Vault } from '../protection/vault.ts';
import type { HasFactor } from '../second-factor/enrolment.ts';
import type { TokenAddresses } from '../tokens/token-addresses.ts';
import { touchToken } from '../tokens/token-table.ts';
import { appendTokenUses, tokenUses, unused } from '../tokens/token-uses.ts';
import type { TokenUses } from '../tokens/token-uses.ts';
import { noncesOf } from '../tokens/token-verifier.ts';
import type { TokenVerifier, VerifiedToken } from '../tokens/token-verifier.ts';
import type { Publisher, Publishers } from '../trusted-publishing/publishers.ts';
import type { GrantBook } from './grant-book.ts';
import { draftOf, granteeOf } from './grant-draft.ts';
import type { Grantee } from './grant-draft.ts';

/** What the gate asks for. */
export interface GrantOrder {
  readonly token: string;
  /** Chosen by the gate, so that it can void a grant whose answer was lost; a fresh one by default. */
  readonly id?: string | undefined;
  /** As given in the form. */
  readonly project: string;
  readonly filename: string;
  readonly digests: { readonly sha256: string; readonly sha512: string; readonly blake2b256: string };
  /** Bytes. */
  readonly length: number;
  readonly requiresPython: string | null;
  /** Address of the sender. */
  readonly remote?: string | undefined;
}

export interface IssuedGrant {
  readonly grant: SignedGrant;
  readonly grantId: string;
}

export interface IssuerParts {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
  readonly book: GrantBook;
  readonly vault: Vault;
  /** Whether an account has a second factor. */
  readonly hasFactor: HasFactor;
  readonly verifier: TokenVerifier;
  readonly addresses: TokenAddresses;
  readonly publishers: Publishers;
}

/** What a decision is about. */
interface Asked {
  readonly project: ProjectName;
  readonly order: GrantOrder;
  readonly token: VerifiedToken;
  readonly uses: TokenUses;
  /** Whether the account has a second factor; looked up where the project asks for one. */
  readonly secondFactor: boolean;
  /** Of a publisher's token, the publisher that the project trusts; looked up with the project. */
  readonly publisher: Publisher | null;
}

/** Creating a project is tried again when somebody else was faster; then it exists. */
const maxAttempts = 5;

/**
 * Issues the grants of uploads. Invariants beside those of the book, in the order in which they are kept:
 * 1. The decision is taken on facts read in the transaction that acts on it; a project's row is held meanwhile.
 * 2. A new project and its first grant appear together, with exactly one owner, or not at all.
 * 3. A token for one file has at most one grant that is not void, however many ask at once.
 */
export class GrantIssuer {
  private readonly parts: IssuerParts;

  constructor(parts: IssuerParts) {
    this.parts = parts;
  }

  /** @throws AuthError `token.*`, `account.disabled`, `authorization.*`, `project.name-invalid`, `grant.*` */
  async issue(order: GrantOrder): Promise<IssuedGrant> {
    const { book, verifier } = this.parts;
    const token = await verifier
      .verify(order.token)
      .catch((error: unknown) => this.refuse(order, null, error));
    try {
      const project = projectNameOf(order.project);
      const issued = await book.transaction((tx) => this.issueWithin(tx, project, order, token));
      await this.remember(token, order.remote);
      return issued;
    } catch (error) {
      return this.refuse(order, token, error);
    }
  }

  private async issueWithin(sql: Sql, project: ProjectName, order: GrantOrder, token: VerifiedToken) {
    const nonces = noncesOf(token);
    const file = { project, filename: order.filename, length: order.length, sha256: order.digests.sha256 };
    const uses = await tokenUses(sql, token.id, nonces, file);
    const given = { project, order, token, uses, secondFactor: false, publisher: null };
    const { created, grantee } = await this.authorize(sql, given);
    const draft = draftOf(order, project, grantee);
    const [booked] = await this.parts.book.append(sql, grantee.accountId, [draft]);
    const { grant, signed, targetPath } = booked!;
    const at = new Date(this.parts.clock.nowMs());
    await appendTokenUses(sql, { tokenId: token.id, nonces, grantId: grant.id, at });
    const entries: AuditEntry[] = [
      {
        event: 'grant.issued',
        actor: grantee.actor,
        project,
        target: targetPath,
        detail: {
          grantId: grant.id,
          seq: grant.seq,
          tokenId: token.id,
          sha256: order.digests.sha256,
          remote: order.remote,
        },
      },
    ];
    if (created) entries.unshift({ event: 'project.created', actor: grantee.actor, project });
    await audit(sql, this.parts.clock, ...entries);
    return { grant: signed, grantId: grant.id };
  }

  /** The decision, acted upon: afterwards the project exists and is held. */
  private async authorize(sql: Sql, given: Asked): Promise<{ created: boolean; grantee: Grantee }> {
    const { project, token } = given;
    const { vault, hasFactor, publishers } = this.parts;
    const accountId = token.holder.account?.id ?? null;
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const access = await accessTo(sql, vault, project, accountId);
      const asksForFactor = access?.requiresSecondFactor === true && accountId !== null;
      const secondFactor = asksForFactor && (await hasFactor(sql, accountId));
      const ids = token.holder.publisherIds ?? [];
      const publisher = access === null ? null : await publishers.trustedBy(sql, access.projectId, ids);
      const asked = { ...given, secondFactor, publisher };
      const decision = this.decideOn(asked, access);
      if (!decision.allowed) throw this.refusalOf(decision, asked, access);
      const grantee = granteeOf(token, publisher);
      if (!decision.createsProject) return { created: false, grantee };
      // A publisher creates nothing: decided above.
      if (await createProject(sql, project, accountId!, this.parts)) return { created: true, grantee };
    }
    throw new Error('a project appeared and vanished again and again');
  }

  private decideOn(
    { project, order, token, uses, secondFactor, publisher }: Asked,
    access: ProjectAccess | null,
  ): Decision {
    const failedCaveat = this.parts.verifier.failedCaveat(token, {
      project,
      projectId: access?.projectId ?? null,
      filename: order.filename,
      sha256: order.digests.sha256,
      usedNonces: uses.usedNonces,
    });
    const facts = {
      account: token.holder.account === null ? null : { ...token.holder.account, secondFactor },
      token: { revoked: token.revoked, failedCaveat },
      project: access === null ? null : { ...access, trustsPublisher: publisher !== null },
    };
    return decide({ verb: 'add', project }, facts);
  }

  /** Whoever asks again for the file that a token was used for hears its grant, if nothing else is in the way. */
  private refusalOf(
    { code, text }: Extract<Decision, { allowed: false }>,
    asked: Asked,
    access: ProjectAccess | null,
  ): AuthError {
    const { sameFile } = asked.uses;
    const repeated =
      code === 'token.used' && sameFile !== null && this.decideOn({ ...asked, uses: unused }, access).allowed;
    return repeated
      ? new AuthError('token.used', text, { grantId: sameFile })
      : new AuthError(code as 'token.revoked', text, {});
  }

  /** What its owner sees of the token's use. The grant is issued; what fails here does not take it back. */
  private async remember(token: VerifiedToken, remote: string | undefined): Promise<void> {
    const { sql, clock, logger, addresses } = this.parts;
    try {
      await touchToken(sql, token.id, new Date(clock.nowMs()));
      const { account } = token.holder;
      // Machines of workflows have new addresses all day.
      if (remote !== undefined && account !== null) await addresses.used({ id: token.id, account }, remote);
    } catch (error) {
      logger.warn('token.not-touched', { tokenId: token.id, error });
    }
  }

  /** Every no is written down; what is no decision (a database that is away) is not. */
  private async refuse(order: GrantOrder, token: VerifiedToken | null, error: unknown): Promise<never> {
    if (error instanceof AuthError && error.code !== 'seal.broken') {
      await audit(this.parts.sql, this.parts.clock, {
        event: 'grant.refused',
        actor: token?.holderName ?? null,
        project: order.project.slice(0, 200),
        detail: {
          code: error.code,
          tokenId: token?.id,
          filename: order.filename.slice(0, 255),
          remote: order.remote,
        },
      });
    }
    throw error;
  }
}

function projectNameOf(raw: string): ProjectName {
  try {
    return parseProjectName(raw);
  } catch (cause) {
    throw new AuthError(
      'project.name-invalid',
      `'${raw.slice(0, 200)}' is an invalid value for Name.`,
      {},
      { cause },
    );
  }
}
