import type { ProjectName } from '@rind/kernel';
import type { Caveat } from './caveat.ts';

/** What a token is used for. */
export interface CaveatContext {
  /** Seconds since 1970. */
  readonly nowSeconds: number;
  readonly project: ProjectName;
  /** Null for a project that does not exist yet. */
  readonly projectId: string | null;
  /** The account that the token belongs to. */
  readonly userId: string;
}

export type CaveatFailureCode =
  | 'caveat.expired'
  | 'caveat.not-yet-valid'
  | 'caveat.wrong-project'
  | 'caveat.wrong-user'
  /** Only somebody who came in as a trusted publisher may use the token. */
  | 'caveat.wrong-publisher'
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
      return 'caveat.wrong-publisher';
    case 'own-account':
      return null;
    default:
      return 'caveat.unknown';
  }
}
