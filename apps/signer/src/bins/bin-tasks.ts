import type { StoreLocation } from '@rind/storage-port';
import type { BinChange } from '@rind/repository';
import type { FaultSettings } from '../injected-faults.ts';

/** Bins in one task: enough to make the hand-over cheap, few enough to keep every thread busy. */
export const binsPerTask = 32;

/** What the bin workers can do; plain data only, and never a key. */
export interface BinTasks {
  /** Builds, signs and stores bins; answers in the order of the jobs. */
  build: { input: BuildJob; output: readonly BuiltBin[] };
  /** Looks at stored bins and at the pages that they name; answers what is damaged. */
  check: { input: CheckJob; output: readonly BinFinding[] };
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
  /** Null only where nothing is signed in earnest. */
  readonly signing: BinSigning | null;
}

/** By whom stored bins must be signed, and with which key they are signed from now on: paths, not secrets. */
export interface BinSigning {
  readonly keyFile: string;
  /** The bin-n keys as JSON, with the threshold that every stored bin must meet. */
  readonly verificationKeys: readonly VerificationKey[];
  readonly threshold: number;
}

export interface BinJob {
  readonly idx: number;
  readonly role: string;
  /**
   * Version as last published; the stored file is verified before it is built upon. Null: it is lost, nothing is
   * built upon, and the changes are all that the bin holds.
   */
  readonly oldVersion: number | null;
  readonly version: number;
  /** Null: only version and expiry change. */
  readonly changes: readonly BinChange[] | null;
}

export interface CheckJob {
  readonly bins: readonly PublishedBin[];
  /** True when the pages that the bins name are looked at as well. */
  readonly pages: boolean;
  readonly signing: BinSigning | null;
}

/** A bin as the snapshot names it. */
export interface PublishedBin {
  readonly idx: number;
  readonly role: string;
  readonly version: number;
}

/** A bin that is missing or is not the one that the snapshot names, or one whose pages are. */
export interface BinFinding {
  readonly bin: PublishedBin;
  /** What is wrong with the bin itself; null when only pages are damaged. */
  readonly damage: Damage | null;
  readonly pages: readonly DamagedPage[];
}

export interface Damage {
  readonly code: 'store.missing' | 'store.corrupt';
  readonly reason: string;
}

export interface DamagedPage {
  readonly project: string;
  /** Of the object; when it is corrupt, nothing can be put there. */
  readonly key: string;
  readonly damage: Damage;
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

/** Handed to each worker when it starts: addresses and paths, not secrets. */
export interface BinWorkerData {
  readonly store: StoreLocation;
  readonly passphraseFile: string;
  /** Null but in development. */
  readonly faults: FaultSettings | null;
}

export interface VerificationKey {
  readonly keyId: string;
  readonly key: unknown;
}
