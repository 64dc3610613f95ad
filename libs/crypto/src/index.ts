import { createHash, createHmac, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { blake2b } from '@noble/hashes/blake2.js';
import { RindError, toHex, fromHex } from '@rind/kernel';
import type { JsonObject, KeyId } from '@rind/kernel';
export class CryptoError extends RindError {}
export interface PublicKey { readonly keytype: string; readonly scheme: string; readonly keyval: { readonly public: string } & JsonObject }
export type HashAlgorithm = 'sha256' | 'sha512' | 'blake2b-256' | 'md5';
export interface Hasher { update(chunk: Uint8Array): Hasher; digest(): Uint8Array }
function canon(v: unknown): string { if (v === null || typeof v !== 'object') return typeof v === 'string' ? `"${v.replace(/[\\"]/g, '\\$&')}"` : String(v); if (Array.isArray(v)) return `[${v.map(canon).join(',')}]`; const o = v as Record<string, unknown>; return `{${Object.keys(o).sort().map((k) => `${canon(k)}:${canon(o[k])}`).join(',')}}`; }
export function createHasher(a: HashAlgorithm): Hasher { if (a === 'blake2b-256') { const h = blake2b.create({ dkLen: 32 }); const r: Hasher = { update(c) { h.update(c); return r; }, digest: () => h.digest() }; return r; } const h = createHash(a); const r: Hasher = { update(c) { h.update(c); return r; }, digest: () => new Uint8Array(h.digest()) }; return r; }
export function hash(a: HashAlgorithm, d: Uint8Array): Uint8Array { return createHasher(a).update(d).digest(); }
export function hashHex(a: HashAlgorithm, d: Uint8Array): string { return toHex(hash(a, d)); }
export function keyIdOf(k: PublicKey): KeyId { return hashHex('sha256', new TextEncoder().encode(canon(k))) as KeyId; }
export function isSupportedKey(k: PublicKey): boolean { return k.scheme === 'ed25519'; }
const spki = fromHex('302a300506032b6570032100');
export function verifySignature(k: PublicKey, m: Uint8Array, s: Uint8Array): boolean { if (k.scheme !== 'ed25519') throw new CryptoError('key.unsupported', 'unsupported', {}); try { return verify(null, m, createPublicKey({ key: Buffer.concat([spki, fromHex(k.keyval.public)]), format: 'der', type: 'spki' }), s); } catch { return false; } }
export function hmacSha256(k: Uint8Array, m: Uint8Array): Uint8Array { return new Uint8Array(createHmac('sha256', k).update(m).digest()); }
const pk = fromHex('302e020100300506032b657004220420');
const priv = (seed: Uint8Array) => createPrivateKey({ key: Buffer.concat([pk, seed]), format: 'der', type: 'pkcs8' });
export interface Ed25519KeyPair { seed: Uint8Array; publicKey: Uint8Array }
export function ed25519FromSeed(seed: Uint8Array): Ed25519KeyPair { return { seed, publicKey: new Uint8Array(createPublicKey(priv(seed)).export({ format: 'der', type: 'spki' }).subarray(12)) }; }
export function ed25519Signer(seed: Uint8Array): (m: Uint8Array) => Uint8Array { const k = priv(seed); return (m) => new Uint8Array(sign(null, m, k)); }
export function ed25519Sign(seed: Uint8Array, m: Uint8Array): Uint8Array { return ed25519Signer(seed)(m); }
export function ed25519PublicKey(p: Uint8Array): PublicKey { return { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: toHex(p) } }; }
