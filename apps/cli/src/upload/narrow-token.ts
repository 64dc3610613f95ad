import { attenuate, caveatTags } from '@rind/macaroon';
import { isRindError } from '@rind/kernel';
import type { ProjectName } from '@rind/kernel';
import { CliError } from '../errors.ts';

/** What a token is narrowed to before it leaves this machine. */
export interface NarrowScope {
  readonly project: ProjectName;
  /** Of the file, 64 digits of lower-case hex. */
  readonly sha256: string;
  /** Seconds since 1970. */
  readonly nowSeconds: number;
}

/** Whoever reads the request has this long to send the same file again, and can do nothing else. */
export const lifetimeSeconds = 300;

/**
 * The token for this project, this file and the next five minutes alone. Made here, without a secret and without
 * asking anybody; the index refuses it for whatever else (CONVENTIONS §4.1, and caveat 101 of ours).
 * It counts from five minutes ago on, so that a clock that is ahead does no harm.
 * @throws CliError `usage.invalid`; the token is not in it
 */
export function narrowToken(token: string, { project, sha256, nowSeconds }: NarrowScope): string {
  const caveats = [
    [caveatTags.projectName, [project]],
    [caveatTags.digest, [sha256]],
    [caveatTags.expiration, nowSeconds + lifetimeSeconds, nowSeconds - lifetimeSeconds],
  ];
  try {
    return caveats.reduce(attenuate, token);
  } catch (error) {
    if (!isRindError(error, 'macaroon.malformed') && !isRindError(error, 'macaroon.too-large')) throw error;
    throw new CliError('usage.invalid', 'the token is none that this index could have made', {
      argument: 'token',
    });
  }
}
