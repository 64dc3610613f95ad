import type { BinChange } from '@rind/repository';

/** What the bin workers can do; plain data only, and never a key. */
export interface BinTasks {
  /** Builds, signs and stores bins; answers in the order of the jobs. */
  build: { input: BuildJob; output: readonly BuiltBin[] };
  /** Length and SHA-256 of a stored object, or null when it is missing. */
  stat: {
    input: { readonly key: string };
    output: { readonly length: number; readonly sha256: string } | null;
  };
}

export interface BuildJob {
  readonly bins: readonly BinJob[];
  /** TUF date. */
  readonly expires: string;
}

export interface BinJob {
  readonly idx: number;
  readonly role: string;
  /** Version as last published; the stored file is verified before it is built upon. */
  readonly oldVersion: number;
  readonly version: number;
  /** Null: only version and expiry change. */
  readonly changes: readonly BinChange[] | null;
}

export interface BuiltBin {
  readonly idx: number;
  readonly key: string;
  /** Bytes of the stored file. */
  readonly length: number;
  readonly sha256: string;
  /** Targets in the bin, or null when they were not counted (a refresh leaves them untouched). */
  readonly targets: number | null;
  readonly keyId: string;
}

/** Handed to each worker when it starts: paths, not secrets. */
export interface BinWorkerData {
  readonly storePath: string;
  readonly keyFile: string;
  readonly passphraseFile: string;
  /** The bin-n keys as JSON, with the threshold that every stored bin must meet. */
  readonly verificationKeys: readonly VerificationKey[];
  readonly threshold: number;
}

export interface VerificationKey {
  readonly keyId: string;
  readonly key: unknown;
}
