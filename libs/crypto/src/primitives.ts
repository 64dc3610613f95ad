export type HashAlgorithm = 'sha256' | 'sha512' | 'blake2b-256' | 'md5';

/** A hash in progress; `digest` ends it. */
export interface Hasher {
  update(chunk: Uint8Array): Hasher;
  digest(): Uint8Array;
}

/** An RSA public key: big-endian without leading zeros. */
export interface RsaPublicKey {
  readonly modulus: Uint8Array;
  readonly exponent: Uint8Array;
}

/**
 * The primitives, behind which a platform's implementation stands. What a key or a signature may look like is
 * settled before they are called, so every backend sees the same well-formed input and gives the same verdict.
 */
export interface CryptoBackend {
  readonly name: 'noble' | 'node';
  createHasher(algorithm: HashAlgorithm): Hasher;
  /** 32 bytes. */
  hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array;
  /** 32-byte seed to 32-byte public key (RFC 8032 §5.1.5). */
  ed25519PublicKey(seed: Uint8Array): Uint8Array;
  /** 32-byte seed to a function that makes 64-byte signatures (RFC 8032 §5.1.6). */
  ed25519Signer(seed: Uint8Array): (message: Uint8Array) => Uint8Array;
  /** 32-byte public key and 64-byte signature whose encodings were checked; cofactorless (RFC 8032 §5.1.7). */
  verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** 65-byte uncompressed point; 64-byte signature, r and s of 32 bytes; SHA-256 (FIPS 186-5 §6.4.2). */
  verifyP256(point: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** RSASSA-PSS with SHA-256 and MGF1-SHA-256, salt of any length (RFC 8017 §8.1.2); `signature` as long as the modulus. */
  verifyRsaPss(key: RsaPublicKey, message: Uint8Array, signature: Uint8Array): boolean;
}
