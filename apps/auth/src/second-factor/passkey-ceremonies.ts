import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { COSEALG, decodeAttestationObject } from '@simplewebauthn/server/helpers';
import { fromHex, toBase64Url } from '@rind/kernel';
import { challengeSeconds } from './passkey-challenges.ts';
import { knownTransports } from './passkey-answer.ts';
import type { AssertionAnswer, RegistrationAnswer, Transport } from './passkey-answer.ts';

export type RegistrationOptions = PublicKeyCredentialCreationOptionsJSON;
export type AssertionOptions = PublicKeyCredentialRequestOptionsJSON;

/** What is told to a browser of a passkey, so that it asks the right device. */
export interface NamedCredential {
  readonly credentialId: Uint8Array;
  readonly transports: readonly string[];
}

export interface NewCredential {
  readonly credentialId: Uint8Array;
  /** COSE_Key (RFC 9052 §7), CBOR. */
  readonly publicKey: Uint8Array;
  readonly counter: number;
  readonly transports: readonly Transport[];
}

const algorithms = [COSEALG.EdDSA, COSEALG.ES256, COSEALG.RS256];
const maxPublicKeyBytes = 2_048;

/** The two ceremonies of WebAuthn (Level 3 §7.1, §7.2), for one origin, without attestation, with user presence. */
export class PasskeyCeremonies {
  private readonly origin: string;
  /** Host name of the origin. */
  private readonly rpId: string;

  /** @param origin where people meet auth; compared exactly */
  constructor(origin: string) {
    this.origin = origin;
    this.rpId = new URL(origin).hostname;
  }

  registrationOptions(
    challenge: Uint8Array<ArrayBuffer>,
    account: { readonly id: string; readonly username: string },
    present: readonly NamedCredential[],
  ): Promise<RegistrationOptions> {
    return generateRegistrationOptions({
      rpName: 'Rind',
      rpID: this.rpId,
      userName: account.username,
      userDisplayName: account.username,
      userID: Uint8Array.from(accountBytes(account.id)),
      challenge,
      timeout: challengeSeconds * 1_000,
      attestationType: 'none',
      excludeCredentials: present.map(descriptor),
      authenticatorSelection: { residentKey: 'discouraged', userVerification: 'preferred' },
      supportedAlgorithmIDs: algorithms,
    });
  }

  assertionOptions(
    challenge: Uint8Array<ArrayBuffer>,
    present: readonly NamedCredential[],
  ): Promise<AssertionOptions> {
    return generateAuthenticationOptions({
      rpID: this.rpId,
      challenge,
      timeout: challengeSeconds * 1_000,
      allowCredentials: present.map(descriptor),
      userVerification: 'preferred',
    });
  }

  /** The new passkey; null when the answer does not hold. */
  async readRegistration(answer: RegistrationAnswer, challenge: Uint8Array): Promise<NewCredential | null> {
    try {
      if (!isUnattested(answer.response.attestationObject)) return null;
      const { registrationInfo } = await verifyRegistrationResponse({
        response: { ...answer, response: { ...answer.response }, clientExtensionResults: {} },
        expectedChallenge: toBase64Url(challenge),
        expectedOrigin: this.origin,
        expectedRPID: this.rpId,
        requireUserVerification: false,
        supportedAlgorithmIDs: algorithms,
      });
      if (registrationInfo === undefined) return null;
      const { id, publicKey, counter } = registrationInfo.credential;
      if (publicKey.length > maxPublicKeyBytes) return null;
      const credentialId = Buffer.from(id, 'base64url');
      return { credentialId, publicKey, counter, transports: knownTransports(answer.response.transports) };
    } catch {
      // The library says by throwing what does not hold; the person is not told which.
      return null;
    }
  }

  /** The authenticator's counter, which the caller compares; null when the answer does not hold. */
  async readAssertion(
    answer: AssertionAnswer,
    challenge: Uint8Array,
    accountId: string,
    publicKey: Uint8Array,
  ): Promise<number | null> {
    const { userHandle, ...response } = answer.response;
    if (typeof userHandle === 'string' && userHandle !== toBase64Url(accountBytes(accountId))) return null;
    try {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: { ...answer, response, clientExtensionResults: {} },
        expectedChallenge: toBase64Url(challenge),
        expectedOrigin: this.origin,
        expectedRPID: this.rpId,
        requireUserVerification: false,
        // With 0 the library compares no counters: they are compared where they are stored.
        credential: { id: answer.id, publicKey: Uint8Array.from(publicKey), counter: 0 },
      });
      return verified ? authenticationInfo.newCounter : null;
    } catch {
      return null;
    }
  }
}

/**
 * No attestation, or one that the authenticator made with the new key itself. Certificates are never looked at: we ask
 * for none, and for some formats the library fetches addresses that stand in them.
 */
export function isUnattested(attestationObject: string): boolean {
  const decoded = decodeAttestationObject(Uint8Array.from(Buffer.from(attestationObject, 'base64url')));
  const format = decoded.get('fmt');
  return format === 'none' || (format === 'packed' && decoded.get('attStmt').get('x5c') === undefined);
}

/** The user id of WebAuthn: the 16 bytes of the account's UUID. */
function accountBytes(accountId: string): Uint8Array {
  return fromHex(accountId.replaceAll('-', ''));
}

function descriptor({ credentialId, transports }: NamedCredential): { id: string; transports: Transport[] } {
  return { id: toBase64Url(credentialId), transports: knownTransports(transports) };
}
