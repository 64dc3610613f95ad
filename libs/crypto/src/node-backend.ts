import { concatBytes, fromHex, toBase64Url } from '@rind/kernel';
import type { CryptoBackend, HashAlgorithm, Hasher } from './primitives.ts';
import { createBlake2b256 } from './noble-backend.ts';
import { nodeCrypto } from './node-builtin.ts';
import type { NodeCrypto } from './node-builtin.ts';

/** RFC 8410 §7 and §4: what stands before the 32 bytes of a seed and of a public key in DER. */
const PKCS8_ED25519 = fromHex('302e020100300506032b657004220420');
const SPKI_ED25519 = fromHex('302a300506032b6570032100');

/** OpenSSL through `node:crypto`; undefined where there is none. */
export function nodeBackend(): CryptoBackend | undefined {
  const crypto = nodeCrypto();
  return crypto && { name: 'node', ...hashes(crypto), ...ed25519(crypto), ...verifiers(crypto) };
}

function hashes(crypto: NodeCrypto): Pick<CryptoBackend, 'createHasher' | 'hmacSha256'> {
  return {
    createHasher: (algorithm) =>
      // OpenSSL as Node offers it has BLAKE2b with 64 bytes only.
      algorithm === 'blake2b-256' ? createBlake2b256() : new NodeHasher(crypto, algorithm),
    hmacSha256: (key, message) => plain(crypto.createHmac('sha256', key).update(message).digest()),
  };
}

function ed25519(
  crypto: NodeCrypto,
): Pick<CryptoBackend, 'ed25519PublicKey' | 'ed25519Signer' | 'verifyEd25519'> {
  const privateKey = (seed: Uint8Array) =>
    crypto.createPrivateKey({ key: der(PKCS8_ED25519, seed), format: 'der', type: 'pkcs8' });
  return {
    ed25519PublicKey: (seed) => {
      const spki = crypto.createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' });
      return plain(spki.subarray(SPKI_ED25519.length));
    },
    ed25519Signer: (seed) => {
      const key = privateKey(seed);
      return (message) => plain(crypto.sign(null, message, key));
    },
    verifyEd25519: (publicKey, message, signature) => {
      const key = { key: der(SPKI_ED25519, publicKey), format: 'der', type: 'spki' } as const;
      return orFalse(() => crypto.verify(null, message, key, signature));
    },
  };
}

function verifiers(crypto: NodeCrypto): Pick<CryptoBackend, 'verifyP256' | 'verifyRsaPss'> {
  return {
    verifyP256: (point, message, signature) => {
      const x = toBase64Url(point.subarray(1, 33));
      const y = toBase64Url(point.subarray(33));
      return orFalse(() => {
        const key = crypto.createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
        return crypto.verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature);
      });
    },
    verifyRsaPss: ({ modulus, exponent }, message, signature) => {
      const jwk = { kty: 'RSA', n: toBase64Url(modulus), e: toBase64Url(exponent) };
      return orFalse(() => {
        const key = crypto.createPublicKey({ key: jwk, format: 'jwk' });
        const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_AUTO: saltLength } = crypto.constants;
        return crypto.verify('sha256', message, { key, padding, saltLength }, signature);
      });
    },
  };
}

class NodeHasher implements Hasher {
  private readonly hash: ReturnType<NodeCrypto['createHash']>;

  constructor(crypto: NodeCrypto, algorithm: Exclude<HashAlgorithm, 'blake2b-256'>) {
    this.hash = crypto.createHash(algorithm);
  }

  update(chunk: Uint8Array): Hasher {
    this.hash.update(chunk);
    return this;
  }

  digest(): Uint8Array {
    return plain(this.hash.digest());
  }
}

/** A copy that is no Buffer: Buffers differ in `slice` and `toString`, and may share memory with others. */
function plain(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer);
}

/** OpenSSL throws where a key is no point of its curve. */
function orFalse(verify: () => boolean): boolean {
  try {
    return verify();
  } catch {
    return false;
  }
}

/** Node takes any bytes here; only its types ask for a Buffer. */
function der(prefix: Uint8Array, content: Uint8Array): Buffer {
  return concatBytes(prefix, content) as Buffer;
}
