import { compareVersions, tryParseDistribution, tryParseVersion } from '@rind/index-model';
import { caveatTags, checkCaveats, parseCaveat, parseToken, verifyToken } from '@rind/macaroon';
import type { Caveat, CaveatFailureCode, Macaroon } from '@rind/macaroon';
import type { Sql } from '@rind/database';
import { isRindError } from '@rind/kernel';
import type { Clock, ProjectName } from '@rind/kernel';
import { invalidTokenText } from '../authorization/decide.ts';
import type { CaveatFailure } from '../authorization/decide.ts';
import { AuthError } from '../errors.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { publisherBinding } from './root-key-seal.ts';
import type { RootKeySeal } from './root-key-seal.ts';
import { findToken, isTokenId } from './token-table.ts';
import type { TokenHolder } from './token-table.ts';

/** A token whose signature is ours; whether it counts, and for what, is decided elsewhere. */
export interface VerifiedToken {
  readonly id: string;
  readonly holder: TokenHolder;
  /** Name of the account; of a publisher's token what its row says, for logs alone. */
  readonly holderName: string;
  readonly revoked: boolean;
  /** Those of its row and those that it carries: a holder may have added some offline. */
  readonly caveats: readonly Caveat[];
  /** When its owner last proved a second factor, in a session that goes on; asked for only where a caveat does. */
  readonly secondFactorAtMs: number | null;
}

/** What an upload is, as far as caveats ask. */
export interface UploadFacts {
  readonly project: ProjectName;
  /** Null when nobody has the project yet. */
  readonly projectId: string | null;
  readonly filename: string;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Nonces of the token that stand for other uploads. */
  readonly usedNonces: ReadonlySet<string>;
}

/** Tags of the caveats that cannot be judged before project and file are known (CONVENTIONS §4.1, and our own). */
const uploadTags: ReadonlySet<unknown> = new Set<Caveat[0]>([
  caveatTags.projectName,
  caveatTags.projectId,
  caveatTags.version,
  caveatTags.digest,
  caveatTags.singleUse,
]);
const anyUpload: UploadFacts = {
  project: '' as ProjectName,
  projectId: null,
  filename: '',
  sha256: '',
  usedNonces: new Set(),
};

/** Tells tokens of ours from others, and which of their caveats hold. */
export class TokenVerifier {
  private readonly sql: Sql;
  private readonly seal: RootKeySeal;
  private readonly clock: Clock;
  private readonly sessions: Sessions;

  constructor(parts: { sql: Sql; seal: RootKeySeal; clock: Clock; sessions: Sessions }) {
    this.sql = parts.sql;
    this.seal = parts.seal;
    this.clock = parts.clock;
    this.sessions = parts.sessions;
  }

  /**
   * The signature needs the root key of the row: without the row, no token. Attenuated copies have the same row.
   * @throws AuthError `token.malformed`, `token.unknown`, `token.bad-signature`, `seal.broken`
   */
  async verify(text: string): Promise<VerifiedToken> {
    const macaroon = macaroonOf(text);
    const stored = isTokenId(macaroon.identifier)
      ? await findToken(this.sql, macaroon.identifier)
      : undefined;
    if (stored === undefined) throw new AuthError('token.unknown', invalidTokenText, {});
    const { id, holder, revoked } = stored;
    const bound = holder.account === null ? publisherBinding(holder.publisherIds) : holder.account.id;
    const rootKey = this.seal.open(stored.sealedKey, { tokenId: id, accountId: bound });
    const genuine = verifyToken(macaroon, rootKey);
    rootKey.fill(0);
    if (!genuine) throw new AuthError('token.bad-signature', invalidTokenText, {});
    const texts = [...stored.caveats.map((caveat) => JSON.stringify(caveat)), ...macaroon.caveats];
    const caveats = texts.map(parseCaveat);
    const holderName = holder.account?.username ?? stored.description;
    const asksForFactor = caveats.some(([tag]) => tag === caveatTags.secondFactor);
    const secondFactorAtMs =
      asksForFactor && holder.account !== null
        ? await this.sessions.lastFactorMs(this.sql, holder.account.id)
        : null;
    return { id, holder, holderName, revoked, caveats, secondFactorAtMs };
  }

  /** Null for whatever is no token of ours. @throws AuthError `seal.broken` */
  async verifyOrNull(text: string): Promise<VerifiedToken | null> {
    try {
      return await this.verify(text);
    } catch (error) {
      if (error instanceof AuthError && error.code !== 'seal.broken') return null;
      throw error;
    }
  }

  /** The first caveat that does not hold; for `any upload`, those that ask which are left for later. */
  failedCaveat(token: VerifiedToken, upload: UploadFacts | 'any upload'): CaveatFailure | null {
    const early = upload === 'any upload';
    const caveats = early ? token.caveats.filter((caveat) => !uploadTags.has(caveat[0])) : token.caveats;
    const { filename, ...facts } = early ? anyUpload : upload;
    const checked = checkCaveats(caveats, {
      ...facts,
      nowSeconds: Math.floor(this.clock.nowMs() / 1_000),
      userId: token.holder.account?.id ?? null,
      publisherIds: new Set(token.holder.publisherIds ?? []),
      isVersion: versionTest(filename),
      secondFactorAtSeconds:
        token.secondFactorAtMs === null ? null : Math.floor(token.secondFactorAtMs / 1_000),
    });
    return checked.ok ? null : failures[checked.code];
  }
}

/** The nonces that one upload with the token uses up. */
export function noncesOf(token: VerifiedToken): readonly string[] {
  const nonces = token.caveats.flatMap((caveat) => (caveat[0] === caveatTags.singleUse ? [caveat[1]] : []));
  return [...new Set(nonces)];
}

/** By PEP 440; of a file whose name tells no version, none is. */
function versionTest(filename: string): (text: string) => boolean {
  const version = tryParseDistribution(filename)?.parsedVersion;
  return (text) => {
    const other = tryParseVersion(text);
    return version !== undefined && other !== null && compareVersions(version, other) === 0;
  };
}

function macaroonOf(text: string): Macaroon {
  try {
    return parseToken(text);
  } catch (cause) {
    if (!isRindError(cause, 'macaroon.malformed')) throw cause;
    throw new AuthError('token.malformed', invalidTokenText, {}, { cause });
  }
}

const failures: Readonly<Record<CaveatFailureCode, CaveatFailure>> = {
  'caveat.expired': 'token.expired',
  'caveat.not-yet-valid': 'token.not-yet-valid',
  'caveat.wrong-project': 'token.wrong-project',
  'caveat.wrong-user': 'token.wrong-user',
  'caveat.wrong-publisher': 'token.wrong-publisher',
  'caveat.wrong-version': 'token.wrong-version',
  'caveat.wrong-file': 'token.wrong-file',
  'caveat.used': 'token.used',
  'caveat.needs-second-factor': 'token.needs-second-factor',
  'caveat.unknown': 'token.unknown-caveat',
};
