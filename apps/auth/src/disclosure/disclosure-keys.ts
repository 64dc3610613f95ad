import { isSupportedKey, verifySignature } from '@rind/crypto';
import type { PublicKey } from '@rind/crypto';
import type { Clock } from '@rind/kernel';
import type { Logger } from '@rind/nest-kit';
import { AuthError } from '../errors.ts';
import { fetchJson } from '../remote/json-fetch.ts';
import { SingleRefresh } from '../remote/single-refresh.ts';

interface KnownKeys {
  readonly byId: ReadonlyMap<string, PublicKey>;
  readonly fetchedMs: number;
}

/** Keys are asked for again after this, */
const freshMs = 30 * 60_000;
/** and for one that is not known at most so often: anybody can name one. */
const unknownEveryMs = 60_000;
const maxKeys = 100;

export interface DisclosureKeysParts {
  /** Where they are, in the form of GitHub: `{"public_keys": [{"key_identifier", "key"}]}`, PEM. */
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The keys of whoever looks for leaked tokens, as they publish them. */
export class DisclosureKeys {
  private readonly parts: DisclosureKeysParts;
  private known: KnownKeys | null = null;
  private readonly refresh: SingleRefresh;

  constructor(parts: DisclosureKeysParts) {
    this.parts = parts;
    this.refresh = new SingleRefresh(
      (nowMs) => this.load(nowMs),
      (error) => parts.logger.warn('disclosure.keys-unavailable', { error }),
    );
  }

  /**
   * Whether the bytes were signed by the key of that name: ECDSA on P-256 with SHA-256, in DER.
   * @throws AuthError `disclosure.keys-unavailable`
   */
  async verify(keyIdentifier: string, body: Uint8Array, signature: Uint8Array): Promise<boolean> {
    const key = (await this.keysWith(keyIdentifier)).get(keyIdentifier);
    return key !== undefined && verifySignature(key, body, signature);
  }

  private async keysWith(keyIdentifier: string): Promise<ReadonlyMap<string, PublicKey>> {
    const nowMs = this.parts.clock.nowMs();
    const fresh = this.known !== null && nowMs - this.known.fetchedMs < freshMs;
    if (fresh && this.known!.byId.has(keyIdentifier)) return this.known!.byId;
    await this.refresh.run(nowMs, unknownEveryMs);
    if (this.known === null) {
      throw new AuthError(
        'disclosure.keys-unavailable',
        'the keys of the sender cannot be had at the moment',
        {},
      );
    }
    return this.known.byId;
  }

  private async load(nowMs: number): Promise<void> {
    const { public_keys: listed } = await fetchJson(this.parts.url, null);
    if (!Array.isArray(listed) || listed.length > maxKeys) throw new Error('not a list of keys');
    const byId = new Map<string, PublicKey>();
    for (const entry of listed) {
      const { key_identifier: id, key: pem } = (entry ?? {}) as { key_identifier?: unknown; key?: unknown };
      if (typeof id !== 'string' || typeof pem !== 'string') continue;
      const key = { keytype: 'ecdsa', scheme: 'ecdsa-sha2-nistp256', keyval: { public: pem } };
      if (isSupportedKey(key)) byId.set(id, key);
    }
    this.known = { byId, fetchedMs: nowMs };
  }
}
