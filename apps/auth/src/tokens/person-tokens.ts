import type { Sql } from '@rind/database';
import { parseProjectName } from '@rind/index-model';
import { isRindError } from '@rind/kernel';
import type { ProjectName } from '@rind/kernel';
import type { AccountParts } from '../accounts/account-parts.ts';
import { audit } from '../audit/audit-log.ts';
import { refusalToMint } from '../authorization/person-may.ts';
import type { MintRefusal } from '../authorization/person-may.ts';
import { mailAccount } from '../mail/account-mail.ts';
import { tokenCreated, tokenRevoked } from '../mail/messages.ts';
import type { Message } from '../mail/messages.ts';
import { accessTo } from '../projects/project-table.ts';
import type { Person, Visitor } from '../sessions/sessions.ts';
import type { MintedToken, TokenMint } from './token-mint.ts';
import { hasLiveToken, isTokenId, listTokens, revokeToken } from './token-table.ts';
import type { ListedToken } from './token-table.ts';

export interface PersonTokenOrder {
  readonly description: string;
  /** As typed: names in any spelling between blanks or commas. None: every project of the person. */
  readonly projects: string;
  /** Days from now; null: until it is revoked. */
  readonly days: number | null;
}

/** What is wrong with an order, by the field of the form. */
export interface TokenOrderRefusals {
  readonly description?: string;
  readonly projects?: string;
}

export type TokenOutcome =
  | { readonly minted: MintedToken }
  | { readonly refused: MintRefusal }
  | { readonly refusals: TokenOrderRefusals };

const mostProjects = 100;
const mostTokens = 200;

/** API tokens as people see, make and revoke them on the web. */
export class PersonTokens {
  private readonly parts: AccountParts;
  private readonly mint: TokenMint;

  constructor(parts: AccountParts, mint: TokenMint) {
    this.parts = parts;
    this.mint = mint;
  }

  /** Those that count, the newest first. */
  list({ accountId }: Person): Promise<readonly ListedToken[]> {
    return listTokens(this.parts.sql, accountId, mostTokens);
  }

  /** Null: a token may be made. */
  async refusal(person: Person, sql: Sql = this.parts.sql): Promise<MintRefusal | null> {
    const email = await this.parts.emails.ofAccount(sql, person.accountId);
    return refusalToMint({
      emailVerified: email?.verified === true,
      secondFactor: await this.parts.hasFactor(sql, person.accountId),
      sudoByFactor: person.sudoByFactor,
    });
  }

  async create(person: Person, order: PersonTokenOrder, visitor: Visitor): Promise<TokenOutcome> {
    const { sql, clock } = this.parts;
    const projects = projectsOf(order.projects);
    const description = order.description.trim();
    const invalid: TokenOrderRefusals = {
      ...(/^[^\p{C}]{1,100}$/u.test(description) ? {} : { description: 'One line of 1 to 100 characters.' }),
      ...(projects === null ? { projects: `At most ${mostProjects} names of projects.` } : {}),
    };
    if (projects === null || Object.keys(invalid).length > 0) return { refusals: invalid };
    const expires = order.days === null ? null : new Date(clock.nowMs() + order.days * 86_400_000);
    return sql.transaction(async (tx): Promise<TokenOutcome> => {
      // Held until the end: of two forms sent at once the second sees the first one's token.
      await tx.query('SELECT 1 FROM auth.account WHERE id = $1 FOR UPDATE', [person.accountId]);
      const refused = await this.refusal(person, tx);
      if (refused !== null) return { refused };
      const refusals = await this.refusalsOf(tx, person, description, projects);
      if (Object.keys(refusals).length > 0) return { refusals };
      const account = { id: person.accountId, username: person.username };
      const minted = await this.mint.mintWithin(tx, {
        account,
        projects,
        expires,
        description,
        by: person.username,
      });
      await this.tell(tx, person, (at) => tokenCreated(person.username, description, at, visitor.address));
      return { minted };
    });
  }

  /** False: no such token of this person, or it was revoked before. */
  async revoke(person: Person, tokenId: string, visitor: Visitor): Promise<boolean> {
    const { sql, clock } = this.parts;
    if (!isTokenId(tokenId)) return false;
    return sql.transaction(async (tx) => {
      const description = await revokeToken(tx, tokenId, new Date(clock.nowMs()), person.accountId);
      if (description === null) return false;
      await audit(tx, clock, {
        event: 'token.revoked',
        actor: person.username,
        accountId: person.accountId,
        detail: { tokenId, address: visitor.address },
      });
      await this.tell(tx, person, (at) => tokenRevoked(person.username, description, at, visitor.address));
      return true;
    });
  }

  private async refusalsOf(
    tx: Sql,
    { accountId }: Person,
    description: string,
    projects: readonly ProjectName[],
  ): Promise<TokenOrderRefusals> {
    if (await hasLiveToken(tx, accountId, description)) {
      return { description: 'You have a token of that name. Revoke it first, or take another name.' };
    }
    for (const project of projects) {
      const access = await accessTo(tx, this.parts.vault, project, accountId);
      // A name that nobody has may be somebody's next project; one that others have never is.
      if (access !== null && access.role === null) return { projects: `You do not belong to ${project}.` };
    }
    return {};
  }

  private async tell(tx: Sql, { accountId }: Person, message: (at: string) => Message): Promise<void> {
    const at = new Date(this.parts.clock.nowMs()).toUTCString();
    await mailAccount(this.parts, tx, accountId, message(at));
  }
}

/** Null: not names of projects, or too many. */
function projectsOf(text: string): readonly ProjectName[] | null {
  try {
    const names = text.split(/[\s,]+/).filter((part) => part !== '');
    const projects = [...new Set(names.map(parseProjectName))];
    return projects.length > mostProjects ? null : projects;
  } catch (error) {
    if (isRindError(error)) return null;
    throw error;
  }
}
