import { readFileSync } from 'node:fs';

/** Every row has a name that says what is special about it; byte strings are lower-case hex. */
interface Named {
  readonly name: string;
}

export interface AesGcmVector extends Named {
  readonly key: string;
  readonly nonce: string;
  readonly plaintext: string;
  readonly aad: string;
  readonly ciphertext: string;
  readonly tag: string;
}

export interface CanonicalJsonVector extends Named {
  /** The value in ASCII JSON. */
  readonly json: string;
  /** UTF-8 of its canonical form, in hex. */
  readonly canonicalHex: string;
}

export interface Ed25519Vector extends Named {
  readonly seed: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
}

export interface Ed25519EdgeCase extends Named {
  /** `keyval.public`, which may be malformed. */
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
  readonly valid: boolean;
}

export interface HashVector extends Named {
  /** What is hashed: these bytes, so many times. */
  readonly bytes: string;
  readonly times: number;
  readonly sha256: string;
  readonly sha512: string;
  readonly 'blake2b-256': string;
  readonly md5: string;
}

export interface HmacVector extends Named {
  readonly key: string;
  readonly message: string;
  readonly hmac: string;
}

export interface KeyIdVector extends Named {
  readonly key: {
    readonly keytype: string;
    readonly scheme: string;
    readonly keyval: { readonly public: string };
  };
  readonly keyId: string;
}

export interface KeySignatureVector extends Named {
  /** `keyval.public`: PEM, or what a repository might write instead. */
  readonly key: string;
  readonly message: string;
  readonly signature: string;
  readonly valid: boolean;
}

/** File names under `vectors/`, without `.json`. */
export interface VectorFiles {
  'aes-256-gcm': AesGcmVector;
  'canonical-json': CanonicalJsonVector;
  'ecdsa-p256-sha256': KeySignatureVector;
  'ed25519-edge-cases': Ed25519EdgeCase;
  'ed25519-rfc8032': Ed25519Vector;
  hashes: HashVector;
  'hmac-sha256': HmacVector;
  'key-ids': KeyIdVector;
  'rsa-pss-sha256': KeySignatureVector;
}

/** The rows of one file. Where they come from: README.md. */
export function vectors<Name extends keyof VectorFiles>(name: Name): readonly VectorFiles[Name][] {
  const file = new URL(`../vectors/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { vectors: VectorFiles[Name][] }).vectors;
}
