import type { Sql } from '@rind/database';
import type { Clock, Randomness } from '@rind/kernel';
import type { Vault } from '../protection/vault.ts';

/** What a passkey is asked for: an answer to one is none to another. */
export type PasskeyPurpose = 'add' | 'sign-in' | 'sudo';

export interface PasskeyChallengesParts {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

export const challengeSeconds = 300;
const challengeBytes = 32;

/**
 * What authenticators are asked to sign: 32 bytes of chance, good once, for five minutes, for one purpose, and for the
 * session (or half a session) that asked.
 */
export class PasskeyChallenges {
  private readonly parts: PasskeyChallengesParts;

  constructor(parts: PasskeyChallengesParts) {
    this.parts = parts;
  }

  /** @param asker id of a session or of half a session */
  async make(sql: Sql, purpose: PasskeyPurpose, asker: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const { clock, randomness } = this.parts;
    const challenge = randomness.bytes(challengeBytes);
    const nowMs = clock.nowMs();
    await sql.query('INSERT INTO auth.passkey_challenge (id, created_at, expires_at) VALUES ($1, $2, $3)', [
      this.idOf(purpose, asker, challenge),
      new Date(nowMs),
      new Date(nowMs + challengeSeconds * 1_000),
    ]);
    return challenge;
  }

  /** Uses a challenge up, whatever comes of its answer; of many at once one succeeds. */
  async use(sql: Sql, purpose: PasskeyPurpose, asker: Uint8Array, challenge: Uint8Array): Promise<boolean> {
    const now = new Date(this.parts.clock.nowMs());
    const { rowCount } = await sql.query(
      'UPDATE auth.passkey_challenge SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2',
      [this.idOf(purpose, asker, challenge), now],
    );
    return rowCount === 1;
  }

  private idOf(purpose: PasskeyPurpose, asker: Uint8Array, challenge: Uint8Array): Buffer {
    return this.parts.vault.mac('passkey-challenge', purpose, asker, challenge);
  }
}
