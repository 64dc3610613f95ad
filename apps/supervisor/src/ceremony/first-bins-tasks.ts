import type { StoreLocation } from '@rind/storage-port';

export interface FirstBinsTasks {
  /** Signs the bins `from`, `from + 1`, … one for each expiry; answers the length of each file in bytes. */
  sign: {
    input: { readonly from: number; readonly expiresMs: readonly number[] };
    output: { readonly lengths: readonly number[] };
  };
}

/** Addresses and paths, not secrets: each thread opens store and key itself. */
export interface FirstBinsWorkerData {
  readonly store: StoreLocation;
  readonly keyFile: string;
  readonly passphraseFile: string;
  readonly bitLength: number;
}
