/** What there is under a name. */
export interface ArchiveMember {
  /** As in the archive; directories of zip files end in a slash. */
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'link';
  /** Bytes, unpacked. */
  readonly size: number;
}

/** An archive that was unpacked to its end, without keeping what came out. */
export interface Archive {
  readonly members: readonly ArchiveMember[];
  /** The wanted members that are there, whole. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

/** Which members are kept: a question for each name. */
export type Wanted = (name: string) => boolean;

export interface ArchiveLimits {
  readonly maxMembers: number;
  /** Of a member that is kept. */
  readonly maxKeptBytes: number;
  /** Of all members that are kept. */
  readonly maxKeptTotalBytes: number;
  /** Bytes that may come out whatever the ratio is. */
  readonly freeBytes: number;
  /** Bytes that may come out for each byte of the file, beyond that. */
  readonly maxRatio: number;
}

/** The rule about bombs is PyPI's: a ratio above 50 when more than 64 MiB come out. */
export const archiveLimits: ArchiveLimits = {
  maxMembers: 200_000,
  maxKeptBytes: 10_000_000,
  maxKeptTotalBytes: 32_000_000,
  freeBytes: 64 * 1_048_576,
  maxRatio: 50,
};
