import type { ProjectName } from '@rind/kernel';
import type { Caveat } from './caveat.ts';

/** What a token is used for. */
export interface CaveatContext {
  /** Seconds since 1970. */
  readonly nowSeconds: number;
  readonly project: ProjectName;
  /** Null for a project that does not exist yet. */
  readonly projectId: string | null;
  /** The account that the token belongs to; null for a trusted publisher's. */
  readonly userId: string | null;
  /** The trusted publishers that the token was given to; none for an account's. */
  readonly publisherIds: ReadonlySet<string>;
  /** Whether the file's version equals this one by PEP 440. */
  readonly isVersion: (text: string) => boolean;
  /** The file's, 64 digits of lower-case hex. */
  readonly sha256: string;
  /** Nonces under this root key that an upload has used up. */
  readonly usedNonces: ReadonlySet<string>;
  /** When the account's owner last proved a second factor, in seconds since 1970; null when they never did. */
  readonly secondFactorAtSeconds: number | null;
}

export type CaveatFailureCode =
  | 'caveat.expired'
  | 'caveat.not-yet-valid'
  | 'caveat.wrong-project'
  | 'caveat.wrong-user'
  /** The token was given to no trusted publisher, or to another. */
  | 'caveat.wrong-publisher'
  | 'caveat.wrong-version'
  | 'caveat.wrong-file'
  | 'caveat.used'
  | 'caveat.needs-second-factor'
  | 'caveat.unknown';

export type CaveatVerdict =
  { readonly ok: true } | { readonly ok: false; readonly code: CaveatFailureCode; readonly index: number };

/** Whether all caveats hold; if not, the first that does not. */
export function checkCaveats(caveats: readonly Caveat[], context: CaveatContext): CaveatVerdict {
  for (const [index, caveat] of caveats.entries()) {
    const code = failureOf(caveat, context);
    if (code !== null) return { ok: false, code, index };
  }
  return { ok: true };
}

function failureOf(caveat: Caveat, context: CaveatContext): CaveatFailureCode | null {
  const { nowSeconds, project, projectId, userId } = context;
  switch (caveat[0]) {
    case 0: {
      const [, expiresAt, notBefore] = caveat;
      if (nowSeconds >= expiresAt) return 'caveat.expired';
      return nowSeconds < notBefore ? 'caveat.not-yet-valid' : null;
    }
    case 1:
      return caveat[1].includes(project) ? null : 'caveat.wrong-project';
    case 2:
      return projectId !== null && caveat[1].includes(projectId) ? null : 'caveat.wrong-project';
    case 3:
      return caveat[1] === userId ? null : 'caveat.wrong-user';
    case 4:
      return context.publisherIds.has(caveat[1]) ? null : 'caveat.wrong-publisher';
    case 100:
      return caveat[1].some(context.isVersion) ? null : 'caveat.wrong-version';
    case 101:
      return caveat[1].includes(context.sha256) ? null : 'caveat.wrong-file';
    case 102:
      return context.usedNonces.has(caveat[1]) ? 'caveat.used' : null;
    case 103:
      return isRecent(context.secondFactorAtSeconds, caveat[1], nowSeconds)
        ? null
        : 'caveat.needs-second-factor';
    case 'own-account':
      return userId === null ? 'caveat.wrong-user' : null;
    default:
      return 'caveat.unknown';
  }
}

/** What lies in the future was not proven either: a clock is wrong. */
function isRecent(atSeconds: number | null, minutes: number, nowSeconds: number): boolean {
  return atSeconds !== null && atSeconds <= nowSeconds && nowSeconds - atSeconds < minutes * 60;
}
