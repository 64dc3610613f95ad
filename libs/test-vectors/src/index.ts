export { vectors } from './vectors.ts';
export type {
  AesGcmVector,
  CanonicalJsonVector,
  Ed25519EdgeCase,
  Ed25519Vector,
  HashVector,
  HmacVector,
  KeyIdVector,
  KeySignatureVector,
  VectorFiles,
} from './vectors.ts';
export { wycheproof } from './wycheproof.ts';
export type { WycheproofFile, WycheproofGroup, WycheproofName } from './wycheproof.ts';
