import { createLocalJWKSet } from 'jose';
import type { CryptoKey, JSONWebKeySet, JWSHeaderParameters, LocalJWKSet } from 'jose';
import type { Clock } from '@rind/kernel';
import type { Logger } from '@rind/nest-kit';
import { AuthError } from '../errors.ts';
import { fetchJson } from '../remote/json-fetch.ts';
import { SingleRefresh } from '../remote/single-refresh.ts';
import { isTrustworthyAddress } from './issuer-list.ts';
import type { Issuer } from './issuer-list.ts';

interface KnownKeys {
  readonly find: LocalJWKSet;
  readonly kids: ReadonlySet<string>;
  readonly fetchedMs: number;
}

/** Keys are asked for again after this, */
const freshMs = 600_000;
/** and, while the issuer does not answer, believed until this. */
const usableMs = 3_600_000;
/** A key that is not known makes us ask at most so often: anybody can send a token that names one. */
const unknownEveryMs = 60_000;
/** So often at most while the issuer does not answer. */
const failedEveryMs = 5_000;
const maxKeys = 100;

/** The keys of one issuer, as it publishes them. */
export class IssuerKeys {
  private readonly issuer: Issuer;
  private readonly clock: Clock;
  private known: KnownKeys | null = null;
  private readonly refresh: SingleRefresh;

  constructor(issuer: Issuer, clock: Clock, logger: Logger) {
    this.issuer = issuer;
    this.clock = clock;
    this.refresh = new SingleRefresh(
      (nowMs) => this.load(nowMs),
      (error) => logger.warn('oidc.issuer-unavailable', { issuer: issuer.url, error }),
    );
  }

  /** The key that a token's header names. @throws AuthError `oidc.issuer-unavailable`; jose's `JWKSNoMatchingKey` */
  async find(header: JWSHeaderParameters & { readonly kid: string }): Promise<CryptoKey> {
    const known = await this.keysWith(header.kid);
    return known.find(header);
  }

  private async keysWith(kid: string): Promise<KnownKeys> {
    const nowMs = this.clock.nowMs();
    const fresh = this.known !== null && nowMs - this.known.fetchedMs < freshMs;
    if (fresh && this.known!.kids.has(kid)) return this.known!;
    await this.refresh.run(nowMs, fresh ? unknownEveryMs : failedEveryMs);
    const { known } = this;
    if (known === null || nowMs - known.fetchedMs >= usableMs) throw unavailable();
    // It may be one of the keys that could not be asked for.
    if (!known.kids.has(kid) && known.fetchedMs < this.refresh.lastTryMs) throw unavailable();
    return known;
  }

  private async load(nowMs: number): Promise<void> {
    const { ca } = this.issuer;
    const { keys } = await fetchJson(await this.address(), ca);
    if (!Array.isArray(keys) || keys.length > maxKeys) throw new Error('not a set of keys');
    const set = { keys } as unknown as JSONWebKeySet;
    const kids = set.keys.flatMap(({ kid }) => (typeof kid === 'string' ? [kid] : []));
    this.known = { find: createLocalJWKSet(set), kids: new Set(kids), fetchedMs: nowMs };
  }

  private async address(): Promise<string> {
    const { url, jwksUri, ca } = this.issuer;
    if (jwksUri !== null) return jwksUri;
    const found = await fetchJson(`${url.replace(/\/$/, '')}/.well-known/openid-configuration`, ca);
    if (found['issuer'] !== url) throw new Error('its configuration is of another issuer');
    const address = found['jwks_uri'];
    if (typeof address !== 'string' || !URL.canParse(address)) throw new Error('it names no keys');
    // An issuer elsewhere must not have us ask this machine.
    const sameReach = url.startsWith('https:') ? address.startsWith('https:') : isTrustworthyAddress(address);
    if (!sameReach) throw new Error('its keys are where nothing is trusted');
    return address;
  }
}

function unavailable(): AuthError {
  return new AuthError(
    'oidc.issuer-unavailable',
    'the issuer of the token does not tell its keys at the moment',
    {},
  );
}
