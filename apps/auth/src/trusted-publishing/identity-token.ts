import { decodeJwt, errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import type { Clock } from '@rind/kernel';
import type { Logger } from '@rind/nest-kit';
import { AuthError } from '../errors.ts';
import { IssuerKeys } from './issuer-keys.ts';
import type { Issuer, IssuerKind } from './issuer-list.ts';

/** Who sent a token, on the word of an issuer that counts. */
export interface Identity {
  readonly issuer: Issuer;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Names this one token among all of its issuer. */
  readonly jti: string;
  /** Seconds since 1970 from which on the token is refused for its age alone. */
  readonly refusedFrom: number;
}

const leewaySeconds = 30;
/** GitHub's live five minutes, GitLab's as long as a job may. */
const maxLifetimeSeconds = 3 * 3_600;
const maxJtiLength = 255;
const algorithms: Readonly<Record<IssuerKind, string[]>> = {
  github: ['RS256'],
  gitlab: ['RS256'],
  generic: ['RS256', 'ES256'],
};

/**
 * Reads identity tokens (OpenID Connect Core 1.0 §2, JWT RFC 7519), in this order:
 * 1. What it says of its issuer is looked at only to choose among those that the operator listed.
 * 2. Signature by a key of that issuer, with an algorithm that this code chose (RFC 8725 §3.1).
 * 3. `iss`, one `aud`, `exp`, `iat` and `nbf` with 30 s of leeway, a lifetime of 3 h at most, and a `jti`.
 * Claims that nobody here knows are let be.
 */
export class IdentityTokens {
  private readonly audience: string;
  private readonly clock: Clock;
  private readonly issuers: ReadonlyMap<string, { readonly issuer: Issuer; readonly keys: IssuerKeys }>;

  constructor(parts: { issuers: readonly Issuer[]; audience: string; clock: Clock; logger: Logger }) {
    const { clock, logger } = parts;
    this.audience = parts.audience;
    this.clock = clock;
    this.issuers = new Map(
      parts.issuers.map((issuer) => [issuer.url, { issuer, keys: new IssuerKeys(issuer, clock, logger) }]),
    );
  }

  /** @throws AuthError `oidc.not-enabled`, `oidc.invalid-payload`, `oidc.invalid-token`, `oidc.issuer-unavailable` */
  async verify(jwt: string): Promise<Identity> {
    if (this.issuers.size === 0) throw notEnabled();
    const listed = this.issuers.get(statedIssuer(jwt));
    if (listed === undefined) {
      throw new AuthError('oidc.invalid-payload', 'unknown trusted publishing issuer', {});
    }
    const { issuer, keys } = listed;
    const claims = await this.signed(jwt, issuer, keys);
    const { aud, jti, exp, iat } = claims;
    // A token for us and for somebody else could be sent to us by that somebody.
    if (aud !== this.audience) throw invalidToken('aud');
    if (!Number.isSafeInteger(exp) || !Number.isSafeInteger(iat)) throw invalidToken('exp');
    if (exp! <= iat! || exp! - iat! > maxLifetimeSeconds) throw invalidToken('exp');
    if (typeof jti !== 'string' || jti === '' || jti.length > maxJtiLength || jti.includes('\0')) {
      throw invalidToken('jti');
    }
    return { issuer, claims, jti, refusedFrom: exp! + leewaySeconds };
  }

  private async signed(jwt: string, issuer: Issuer, keys: IssuerKeys): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(
        jwt,
        (header) => {
          const { kid } = header;
          if (typeof kid !== 'string') throw invalidToken('kid');
          return keys.find({ ...header, kid });
        },
        {
          algorithms: algorithms[issuer.kind],
          issuer: issuer.url,
          audience: this.audience,
          requiredClaims: ['iss', 'iat', 'exp', 'aud', 'jti'],
          clockTolerance: leewaySeconds,
          maxTokenAge: maxLifetimeSeconds,
          currentDate: new Date(this.clock.nowMs()),
        },
      );
      return payload;
    } catch (cause) {
      if (cause instanceof AuthError) throw cause;
      const named = cause instanceof errors.JWTClaimValidationFailed || cause instanceof errors.JWTExpired;
      throw invalidToken(named ? cause.claim : 'signature', cause);
    }
  }
}

export function notEnabled(): AuthError {
  return new AuthError('oidc.not-enabled', 'trusted publishing is not enabled', {});
}

/** Not yet believed. */
function statedIssuer(jwt: string): string {
  try {
    const { iss } = decodeJwt(jwt);
    if (typeof iss === 'string') return iss;
  } catch {
    // Said below.
  }
  throw new AuthError('oidc.invalid-payload', 'malformed JWT', {});
}

/** @param part which part of the token */
function invalidToken(part: string, cause?: unknown): AuthError {
  return new AuthError('oidc.invalid-token', `malformed or invalid token (${part})`, {}, { cause });
}
