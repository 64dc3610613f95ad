export interface FirstBinsTasks {
  /** Signs the bins `from`, `from + 1`, … one for each expiry; answers the length of each file in bytes. */
  sign: {
    input: { readonly from: number; readonly expiresMs: readonly number[] };
    output: { readonly lengths: readonly number[] };
  };
}

/** Paths, not secrets: each thread opens the key itself. */
export interface FirstBinsWorkerData {
  readonly storePath: string;
  readonly keyFile: string;
  readonly passphraseFile: string;
  readonly bitLength: number;
}
