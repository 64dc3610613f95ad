import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { AssertionAnswer, RegistrationAnswer } from '../second-factor/passkey-answer.ts';
import { origin } from './browser.ts';
import { cbor } from './cbor.ts';
import type { CborValue } from './cbor.ts';

/** Flags of authenticator data (WebAuthn Level 3 §6.1). */
const userPresent = 0x01;
const credentialIncluded = 0x40;

/** Where an answer departs from what an honest authenticator in an honest browser says. */
export interface Deviation {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  readonly userHandle?: string;
  readonly flags?: number;
  /** Attestation statement; `none` is empty. */
  readonly attestation?: { readonly format: string; readonly statement: ReadonlyMap<string, CborValue> };
}

/** An authenticator with one ES256 key, and the browser around it. */
export class SoftwareAuthenticator {
  /** Before the next answer it is one less. */
  counter = 0;
  counts = true;
  readonly credentialId: Buffer;
  readonly publicKey: Buffer;
  private readonly privateKey: KeyObject;

  constructor(credentialId: Buffer = randomBytes(32)) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x, y } = publicKey.export({ format: 'jwk' });
    this.privateKey = privateKey;
    this.credentialId = credentialId;
    // COSE_Key: kty EC2, alg ES256, crv P-256, x, y.
    this.publicKey = cbor(
      new Map<number, CborValue>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x!, 'base64url')],
        [-3, Buffer.from(y!, 'base64url')],
      ]),
    );
  }

  get id(): string {
    return this.credentialId.toString('base64url');
  }

  /** @param challenge base64url */
  create(challenge: string, deviation: Deviation = {}): RegistrationAnswer {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.credentialId.length);
    const data = this.data(deviation.flags ?? userPresent | credentialIncluded, deviation.rpId, [
      Buffer.alloc(16),
      length,
      this.credentialId,
      this.publicKey,
    ]);
    const { format, statement } = deviation.attestation ?? { format: 'none', statement: new Map() };
    const attestation = new Map<string, CborValue>([
      ['fmt', format],
      ['attStmt', statement],
      ['authData', data],
    ]);
    return {
      id: this.id,
      rawId: this.id,
      type: 'public-key',
      response: {
        clientDataJSON: clientData('webauthn.create', challenge, deviation).toString('base64url'),
        attestationObject: cbor(attestation).toString('base64url'),
        transports: ['usb'],
      },
    };
  }

  /** @param challenge base64url */
  get(challenge: string, deviation: Deviation = {}): AssertionAnswer {
    const data = this.data(deviation.flags ?? userPresent, deviation.rpId, []);
    const client = clientData('webauthn.get', challenge, deviation);
    const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
    return {
      id: this.id,
      rawId: this.id,
      type: 'public-key',
      response: {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', signed, this.privateKey).toString('base64url'),
        userHandle: deviation.userHandle ?? null,
      },
    };
  }

  private data(flags: number, rpId: string | undefined, rest: readonly Buffer[]): Buffer {
    if (this.counts) this.counter += 1;
    const head = Buffer.alloc(5);
    head.writeUInt8(flags);
    head.writeUInt32BE(this.counter, 1);
    const hash = createHash('sha256')
      .update(rpId ?? 'localhost')
      .digest();
    return Buffer.concat([hash, head, ...rest]);
  }
}

function clientData(type: string, challenge: string, deviation: Deviation): Buffer {
  return Buffer.from(
    JSON.stringify({
      type: deviation.type ?? type,
      challenge,
      origin: deviation.origin ?? origin,
      crossOrigin: deviation.crossOrigin ?? false,
    }),
  );
}
