import type { RepositoryReader } from './reader.ts';
import type { ReportBuilder } from './report.ts';

/** What the parts of one audit share. */
export interface Audit {
  readonly reader: RepositoryReader;
  readonly report: ReportBuilder;
  /** Milliseconds since 1970: the moment by which expiry is judged. */
  readonly nowMs: number;
  readonly limits: AuditLimits;
  readonly progress: (progress: Progress) => void;
}

/** How far an audit has come. */
export interface Progress {
  readonly step: 'roots' | 'roles' | 'targets' | 'pages' | 'store' | 'database';
  readonly done: number;
  /** Null where nobody knows yet. */
  readonly total: number | null;
}

/** Sizes are what clients read at most; the rest bounds this audit. */
export interface AuditLimits {
  readonly maxRootBytes: number;
  readonly maxTimestampBytes: number;
  readonly maxSnapshotBytes: number;
  readonly maxTargetsBytes: number;
  /** From here on a bin is about to become too large. */
  readonly largeBinBytes: number;
  /** Of a page that is read to compare it. */
  readonly maxPageBytes: number;
  /** Of core metadata or provenance, which pages name by a checksum alone. */
  readonly maxPageDocumentBytes: number;
  /** Warn when timestamp, snapshot or a bin is valid for less. */
  readonly onlineMarginMs: number;
  /** Warn when any other role is valid for less. */
  readonly offlineMarginMs: number;
  /** Files that are read at the same time. */
  readonly concurrency: number;
  /** Targets of a sample. */
  readonly sampleSize: number;
  /** Findings kept of each code. */
  readonly maxFindingsPerCode: number;
  /** Earlier snapshots compared, the newest of them. */
  readonly maxEarlierSnapshots: number;
  /** Roots and roles visited. */
  readonly maxRoots: number;
  readonly maxRoles: number;
}

const HOUR_MS = 3_600_000;

export const defaultAuditLimits: AuditLimits = {
  maxRootBytes: 512_000,
  maxTimestampBytes: 16_384,
  maxSnapshotBytes: 2_000_000,
  maxTargetsBytes: 5_000_000,
  largeBinBytes: 4_500_000,
  maxPageBytes: 50_000_000,
  maxPageDocumentBytes: 10_000_000,
  onlineMarginMs: 12 * HOUR_MS,
  offlineMarginMs: 60 * 24 * HOUR_MS,
  concurrency: 8,
  sampleSize: 200,
  maxFindingsPerCode: 100,
  maxEarlierSnapshots: 50,
  maxRoots: 1024,
  maxRoles: 200_000,
};
