import type { Grant, PageFile } from '@rind/index-model';
import type { PathFacts, ProjectFacts, ProjectStatus } from '@rind/queue-port';

/** A distribution as a verified bin lists it. */
export interface SignedTarget {
  readonly targetPath: string;
  readonly project: string;
  readonly filename: string;
  /** Bytes. */
  readonly length: number;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
  /** Index of the bin that lists it. */
  readonly bin: number;
}

/** A project's page as a verified bin lists it, and what the page says. */
export interface SignedPage {
  readonly name: string;
  readonly status: ProjectStatus;
  readonly statusReason: string | null;
  readonly sha256: string;
  /** Bytes. */
  readonly length: number;
  readonly bin: number;
  readonly files: readonly PageFile[];
}

/** What the published metadata says, all of it verified from root. */
export interface SignedIndex {
  /** By target path. */
  readonly targets: ReadonlyMap<string, SignedTarget>;
  /** By project. */
  readonly pages: ReadonlyMap<string, SignedPage>;
}

/** What the database says. */
export interface RecordedIndex {
  readonly paths: ReadonlyMap<string, PathFacts>;
  readonly projects: ReadonlyMap<string, ProjectFacts>;
  /** Ids of grants that it calls applied. */
  readonly applied: ReadonlySet<string>;
  /** Ids of grants that have a row in the queue, whatever became of it. */
  readonly queued: ReadonlySet<string>;
}

/** A grant of auth's log, verified with the pinned keys. */
export interface LoggedGrant {
  readonly grant: Grant;
  readonly targetPath: string;
  /** Verbatim. */
  readonly envelope: Uint8Array;
  /** Auth took it back. */
  readonly voided: boolean;
}

/** What the store itself proves of a file; lower-case hex. */
export interface FileDigests {
  readonly sha512: string;
  readonly blake2b256: string;
}

/** What the store says of a granted file that nothing signed names. */
export interface GrantTraces {
  /** The store holds exactly the granted bytes. */
  readonly stored: boolean;
  /** A bin that was published once, and is still stored, listed them: they were taken out of the index since. */
  readonly wasSigned: boolean;
}
