import type { Sql } from '@rind/database';
import { constantTimeEqual, uuidV4 } from '@rind/kernel';
import type { Clock, Randomness } from '@rind/kernel';
import { AuthError } from '../errors.ts';
import type { Vault } from '../protection/vault.ts';
import { challengeOf } from './passkey-answer.ts';
import type { AssertionAnswer, RegistrationAnswer } from './passkey-answer.ts';
import { PasskeyCeremonies } from './passkey-ceremonies.ts';
import type { AssertionOptions, RegistrationOptions } from './passkey-ceremonies.ts';
import { PasskeyChallenges } from './passkey-challenges.ts';
import type { PasskeyPurpose } from './passkey-challenges.ts';

export interface PasskeyFactorParts {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Where people meet auth, without a slash at the end. */
  readonly origin: string;
}

/** A passkey as its owner sees it. */
export interface ListedPasskey {
  readonly id: string;
  readonly name: string;
  readonly addedAt: Date;
  readonly lastUsedAt: Date | null;
}

/** `exists`: this authenticator has a passkey here already. */
export type AddOutcome = Pick<ListedPasskey, 'id' | 'name'> | 'wrong' | 'name-taken' | 'exists' | 'full';
/** `cloned`: the signature holds, but its counter went back: there are two of what there should be one of. */
export type PasskeyUse = 'ok' | 'wrong' | { readonly cloned: Pick<ListedPasskey, 'id' | 'name'> };

interface StoredPasskey {
  readonly id: string;
  readonly credential_id: Buffer;
  readonly public_key: Buffer;
  readonly proof: Buffer;
  readonly transports: readonly string[];
}

export const mostPasskeys = 20;

/**
 * The passkeys of accounts. In the order in which the code keeps it:
 * 1. An answer counts for a challenge of ours, once, for the purpose and the session that asked.
 * 2. A passkey is that of the account that its MAC names, whatever the row says.
 * 3. Origin, RP id, user presence and signature hold.
 * 4. The counter only grows, in the statement that stores it.
 */
export class PasskeyFactor {
  private readonly parts: PasskeyFactorParts;
  private readonly challenges: PasskeyChallenges;
  private readonly ceremonies: PasskeyCeremonies;

  constructor(parts: PasskeyFactorParts) {
    this.parts = parts;
    this.challenges = new PasskeyChallenges(parts);
    this.ceremonies = new PasskeyCeremonies(parts.origin);
  }

  /** A row whose MAC does not hold counts too: it opens nothing, and must not make a password enough. */
  async isEnrolled(sql: Sql, accountId: string): Promise<boolean> {
    const { rows } = await sql.query(
      'SELECT 1 FROM auth.passkey WHERE account_id = $1 AND removed_at IS NULL LIMIT 1',
      [accountId],
    );
    return rows.length === 1;
  }

  /** Whether one of them was set up with us, for this account. */
  async isGenuine(sql: Sql, accountId: string): Promise<boolean> {
    return (await this.present(sql, accountId)).length > 0;
  }

  async list(sql: Sql, accountId: string): Promise<ListedPasskey[]> {
    const { rows } = await sql.query<{ id: string; name: string; added_at: Date; last_used_at: Date | null }>(
      `SELECT id, name, added_at, last_used_at FROM auth.passkey
        WHERE account_id = $1 AND removed_at IS NULL ORDER BY added_at, id`,
      [accountId],
    );
    return rows.map(({ id, name, added_at, last_used_at }) => ({
      id,
      name,
      addedAt: added_at,
      lastUsedAt: last_used_at,
    }));
  }

  /** What a browser needs to make a passkey. @param asker id of the session */
  async addOptions(
    sql: Sql,
    account: { readonly id: string; readonly username: string },
    asker: Uint8Array,
  ): Promise<RegistrationOptions> {
    const challenge = await this.challenges.make(sql, 'add', asker);
    return this.ceremonies.registrationOptions(challenge, account, await this.present(sql, account.id));
  }

  /** Why the account cannot have one more of that name. */
  async refuse(sql: Sql, accountId: string, name: string): Promise<'full' | 'name-taken' | null> {
    const { rows } = await sql.query<{ count: string; taken: boolean }>(
      `SELECT count(*) AS count, coalesce(bool_or(lower(name) = lower($2)), false) AS taken
         FROM auth.passkey WHERE account_id = $1 AND removed_at IS NULL`,
      [accountId, name],
    );
    const { count, taken } = rows[0]!;
    if (Number(count) >= mostPasskeys) return 'full';
    return taken ? 'name-taken' : null;
  }

  /** @param tx a transaction; what it has done stands also when the answer is not `{ id }` */
  async add(
    tx: Sql,
    accountId: string,
    asker: Uint8Array,
    name: string,
    answer: RegistrationAnswer,
  ): Promise<AddOutcome> {
    const { vault, clock, randomness } = this.parts;
    const challenge = challengeOf(answer.response.clientDataJSON);
    if (challenge === null || !(await this.challenges.use(tx, 'add', asker, challenge))) return 'wrong';
    const made = await this.ceremonies.readRegistration(answer, challenge);
    if (made === null) return 'wrong';
    // One at a time for each account, and none while somebody signs in with the password alone.
    await tx.query('SELECT 1 FROM auth.account WHERE id = $1 FOR NO KEY UPDATE', [accountId]);
    const refused = await this.refuse(tx, accountId, name);
    if (refused !== null) return refused;
    const id = uuidV4(randomness);
    const { credentialId, publicKey, counter, transports } = made;
    const { rowCount } = await tx.query(
      `INSERT INTO auth.passkey (id, account_id, name, credential_id, public_key, proof, transports, counter, added_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (credential_id) WHERE removed_at IS NULL DO NOTHING`,
      [
        id,
        accountId,
        name,
        credentialId,
        publicKey,
        vault.mac('passkey', accountId, credentialId, publicKey),
        transports,
        counter,
        new Date(clock.nowMs()),
      ],
    );
    return rowCount === 1 ? { id, name } : 'exists';
  }

  /** What a browser needs to use one of the account's passkeys. @param asker id of the session or half a session */
  async options(
    sql: Sql,
    accountId: string,
    purpose: Exclude<PasskeyPurpose, 'add'>,
    asker: Uint8Array,
  ): Promise<AssertionOptions> {
    const challenge = await this.challenges.make(sql, purpose, asker);
    return this.ceremonies.assertionOptions(challenge, await this.present(sql, accountId));
  }

  /**
   * Whether an answer proves one of the account's passkeys, for that purpose and to whoever asked; of many at once one
   * does. @param tx a transaction, which commits whatever the answer is: the challenge is used up.
   * @throws AuthError `vault.broken`: the row was tampered with
   */
  async use(
    tx: Sql,
    accountId: string,
    purpose: Exclude<PasskeyPurpose, 'add'>,
    asker: Uint8Array,
    answer: AssertionAnswer,
  ): Promise<PasskeyUse> {
    const challenge = challengeOf(answer.response.clientDataJSON);
    if (challenge === null || !(await this.challenges.use(tx, purpose, asker, challenge))) return 'wrong';
    const credentialId = Buffer.from(answer.id, 'base64url');
    const stored = (await this.stored(tx, accountId)).find((each) => each.credential_id.equals(credentialId));
    if (stored === undefined) return 'wrong';
    if (!this.holds(accountId, stored)) {
      throw new AuthError('vault.broken', 'a passkey is not that of its row', { purpose: 'passkey' });
    }
    const counter = await this.ceremonies.readAssertion(answer, challenge, accountId, stored.public_key);
    if (counter === null) return 'wrong';
    const { rowCount } = await tx.query(
      `UPDATE auth.passkey SET counter = $2, last_used_at = $3
        WHERE id = $1 AND removed_at IS NULL AND (counter < $2 OR (counter = 0 AND $2 = 0))`,
      [stored.id, counter, new Date(this.parts.clock.nowMs())],
    );
    if (rowCount === 1) return 'ok';
    const cloned = (await this.list(tx, accountId)).find(({ id }) => id === stored.id);
    return cloned === undefined ? 'wrong' : { cloned };
  }

  /** The name of what was removed; null when it is not the account's, or was removed before. */
  async remove(sql: Sql, accountId: string, id: string): Promise<string | null> {
    const { rows } = await sql.query<{ name: string }>(
      `UPDATE auth.passkey SET removed_at = $3
        WHERE account_id = $1 AND id::text = $2 AND removed_at IS NULL RETURNING name`,
      [accountId, id, new Date(this.parts.clock.nowMs())],
    );
    return rows[0]?.name ?? null;
  }

  /** Those that a browser is told of. */
  private async present(
    sql: Sql,
    accountId: string,
  ): Promise<{ readonly credentialId: Buffer; readonly transports: readonly string[] }[]> {
    const stored = await this.stored(sql, accountId);
    return stored
      .filter((each) => this.holds(accountId, each))
      .map(({ credential_id, transports }) => ({ credentialId: credential_id, transports }));
  }

  private async stored(sql: Sql, accountId: string): Promise<StoredPasskey[]> {
    const { rows } = await sql.query<StoredPasskey>(
      `SELECT id, credential_id, public_key, proof, transports FROM auth.passkey
        WHERE account_id = $1 AND removed_at IS NULL ORDER BY added_at, id`,
      [accountId],
    );
    return rows;
  }

  private holds(accountId: string, { credential_id, public_key, proof }: StoredPasskey): boolean {
    return constantTimeEqual(this.parts.vault.mac('passkey', accountId, credential_id, public_key), proof);
  }
}
