import { mintToken } from '@rind/macaroon';
import type { Sql, TransactionalSql } from '@rind/database';
import { parseProjectName } from '@rind/index-model';
import { uuidV4 } from '@rind/kernel';
import type { Clock, JsonValue, ProjectName, Randomness } from '@rind/kernel';
import { ensureAccount } from '../accounts/account-table.ts';
import { audit } from '../audit/audit-log.ts';
import { AuthError } from '../errors.ts';
import { projectIds } from '../projects/project-table.ts';
import type { RootKeySeal } from './root-key-seal.ts';
import { insertToken } from './token-table.ts';

export interface TokenOrder {
  /** The account; made if there is none. */
  readonly user: string;
  /** Names in any spelling; none means every project of the user. */
  readonly projects: readonly string[];
  readonly expires: Date | null;
  readonly description: string;
  /** For the audit log. */
  readonly by: string;
}

/** Of an account that is there, for names that were checked. */
export interface AccountTokenOrder extends Omit<TokenOrder, 'user' | 'projects'> {
  readonly account: { readonly id: string; readonly username: string };
  readonly projects: readonly ProjectName[];
}

export interface MintedToken {
  /** Shown once and stored nowhere. */
  readonly token: string;
  readonly id: string;
}

export interface MintParts {
  readonly sql: TransactionalSql;
  readonly seal: RootKeySeal;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Location field: the index's domain. */
  readonly location: string;
}

const rootKeyBytes = 32;

/** Makes API tokens. */
export class TokenMint {
  private readonly parts: MintParts;

  constructor(parts: MintParts) {
    this.parts = parts;
  }

  /** For an operator. @throws AuthError `account.name-invalid`, `project.name-invalid` */
  async mint({ user, projects, ...order }: TokenOrder): Promise<MintedToken> {
    const { sql, clock } = this.parts;
    const names = projects.map(projectNameOf);
    return sql.transaction(async (tx) => {
      const account = await ensureAccount(tx, user, this.parts);
      if (account.created) {
        const detail = { username: account.username };
        await audit(tx, clock, { event: 'account.created', actor: order.by, detail });
      }
      return this.mintWithin(tx, { ...order, account, projects: names });
    });
  }

  /** For somebody of whom it was decided before, in the transaction of `tx`. */
  async mintWithin(tx: Sql, order: AccountTokenOrder): Promise<MintedToken> {
    const { seal, clock, randomness, location } = this.parts;
    const { account, projects, expires, description, by } = order;
    const id = uuidV4(randomness);
    const rootKey = randomness.bytes(rootKeyBytes);
    const nowMs = clock.nowMs();
    const caveats = scopeOf(projects, await projectIds(tx, projects), account.id);
    if (expires !== null) caveats.push([0, Math.floor(expires.getTime() / 1_000), Math.floor(nowMs / 1_000)]);
    await insertToken(tx, {
      id,
      holder: { accountId: account.id },
      description,
      sealedKey: seal.seal(rootKey, { tokenId: id, accountId: account.id }),
      caveats,
      createdAt: new Date(nowMs),
    });
    const detail = { tokenId: id, user: account.username, projects, expires: expires?.toISOString() ?? null };
    await audit(tx, clock, { event: 'token.created', actor: by, accountId: account.id, detail });
    const token = mintToken({ location, identifier: id, rootKey, caveats });
    rootKey.fill(0);
    return { token, id };
  }
}

/**
 * As on PyPI: the whole account, or projects by name and, where all of them exist, by id as well: then a name that
 * was given back and taken by somebody else is out of reach. Names that nobody has yet can be bound by name alone.
 */
function scopeOf(
  projects: readonly ProjectName[],
  ids: ReadonlyMap<string, string>,
  accountId: string,
): JsonValue[] {
  if (projects.length === 0) return [[3, accountId]];
  const known = projects.flatMap((name) => ids.get(name) ?? []);
  return known.length === projects.length
    ? [
        [1, projects],
        [2, known],
      ]
    : [[1, projects]];
}

function projectNameOf(raw: string): ProjectName {
  try {
    return parseProjectName(raw);
  } catch (cause) {
    throw new AuthError('project.name-invalid', `'${raw}' is not a project name`, {}, { cause });
  }
}
