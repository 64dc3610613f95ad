import { checkCaveats, parseCaveat, parseToken, verifyToken } from '@rind/macaroon';
import type { Caveat, Macaroon } from '@rind/macaroon';
import type { Sql } from '@rind/database';
import { isRindError } from '@rind/kernel';
import type { Clock, ProjectName } from '@rind/kernel';
import type { Account } from '../accounts/account-table.ts';
import { invalidTokenText } from '../authorization/decide.ts';
import type { CaveatFailure } from '../authorization/decide.ts';
import { AuthError } from '../errors.ts';
import type { RootKeySeal } from './root-key-seal.ts';
import { findToken } from './token-table.ts';

/** A token whose signature is ours; whether it counts, and for what, is decided elsewhere. */
export interface VerifiedToken {
  readonly id: string;
  readonly account: Account;
  readonly revoked: boolean;
  /** Those of its row and those that it carries: a holder may have added some offline. */
  readonly caveats: readonly Caveat[];
}

/** The project that an upload is for; its id is null when nobody has it yet. */
export interface CaveatScope {
  readonly project: ProjectName;
  readonly projectId: string | null;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Tags of the caveats that cannot be judged before the project is known (CONVENTIONS §4.1). */
const projectTags: ReadonlySet<unknown> = new Set([1, 2]);

/** Tells tokens of ours from others, and which of their caveats hold. */
export class TokenVerifier {
  private readonly sql: Sql;
  private readonly seal: RootKeySeal;
  private readonly clock: Clock;

  constructor(parts: { sql: Sql; seal: RootKeySeal; clock: Clock }) {
    this.sql = parts.sql;
    this.seal = parts.seal;
    this.clock = parts.clock;
  }

  /**
   * The signature needs the root key of the row: without the row, no token. Attenuated copies have the same row.
   * @throws AuthError `token.malformed`, `token.unknown`, `token.bad-signature`, `seal.broken`
   */
  async verify(text: string): Promise<VerifiedToken> {
    const macaroon = macaroonOf(text);
    const stored = uuid.test(macaroon.identifier)
      ? await findToken(this.sql, macaroon.identifier)
      : undefined;
    if (stored === undefined) throw new AuthError('token.unknown', invalidTokenText, {});
    const { id, account, revoked } = stored;
    const rootKey = this.seal.open(stored.sealedKey, { tokenId: id, accountId: account.id });
    const genuine = verifyToken(macaroon, rootKey);
    rootKey.fill(0);
    if (!genuine) throw new AuthError('token.bad-signature', invalidTokenText, {});
    const texts = [...stored.caveats.map((caveat) => JSON.stringify(caveat)), ...macaroon.caveats];
    return { id, account, revoked, caveats: texts.map(parseCaveat) };
  }

  /** The first caveat that does not hold; for `any project`, those that name projects are left for later. */
  failedCaveat(token: VerifiedToken, scope: CaveatScope | 'any project'): CaveatFailure | null {
    const caveats =
      scope === 'any project' ? token.caveats.filter((caveat) => !projectTags.has(caveat[0])) : token.caveats;
    const checked = checkCaveats(caveats, {
      nowSeconds: Math.floor(this.clock.nowMs() / 1_000),
      project: scope === 'any project' ? ('' as ProjectName) : scope.project,
      projectId: scope === 'any project' ? null : scope.projectId,
      userId: token.account.id,
    });
    return checked.ok ? null : failureOf(checked.code);
  }
}

function macaroonOf(text: string): Macaroon {
  try {
    return parseToken(text);
  } catch (cause) {
    if (!isRindError(cause, 'macaroon.malformed')) throw cause;
    throw new AuthError('token.malformed', invalidTokenText, {}, { cause });
  }
}

function failureOf(code: string): CaveatFailure {
  switch (code) {
    case 'caveat.expired':
      return 'token.expired';
    case 'caveat.not-yet-valid':
      return 'token.not-yet-valid';
    case 'caveat.wrong-project':
      return 'token.wrong-project';
    case 'caveat.wrong-user':
      return 'token.wrong-user';
    default:
      return 'token.unknown-caveat';
  }
}
