import { readFileSync } from 'node:fs';

/** A file of Project Wycheproof, as far as our tests read it; hex is lower-case. */
export interface WycheproofFile {
  readonly testGroups: readonly WycheproofGroup[];
}

export interface WycheproofGroup {
  readonly publicKey?: { readonly pk?: string };
  readonly publicKeyPem?: string;
  /** Bits. */
  readonly tagSize?: number;
  readonly tests: readonly {
    readonly tcId: number;
    readonly comment: string;
    readonly msg: string;
    readonly sig?: string;
    readonly key?: string;
    readonly tag?: string;
    readonly result: 'valid' | 'invalid' | 'acceptable';
  }[];
}

export type WycheproofName =
  'ed25519_test' | 'ecdsa_secp256r1_sha256_test' | 'rsa_pss_2048_sha256_mgf1_32_test' | 'hmac_sha256_test';

export function wycheproof(name: WycheproofName): WycheproofFile {
  const url = new URL(`../vectors/wycheproof/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as WycheproofFile;
}
