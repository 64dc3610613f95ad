/** How grave a finding is: an error is what a client refuses or a promise broken; a warning needs somebody soon. */
export type Severity = 'error' | 'warning' | 'info';

/** Every finding there is, with its severity: docs/reference/fsck.md explains each. Codes are API. */
export const findingSeverities = {
  // Files and their form.
  'fsck.missing': 'error',
  'fsck.too-large': 'error',
  'fsck.malformed': 'error',
  'fsck.duplicate-key': 'error',
  'fsck.not-canonical': 'info',
  // Root chain.
  'fsck.root-fork': 'error',
  'fsck.root-gap': 'error',
  'fsck.root-absent': 'warning',
  // Signatures.
  'fsck.threshold': 'error',
  'fsck.signature-form': 'error',
  'fsck.bad-signature': 'warning',
  'fsck.empty-signature': 'info',
  'fsck.unknown-signer': 'info',
  'fsck.unsupported-key': 'warning',
  'fsck.absent-key': 'warning',
  'fsck.doubled-key': 'warning',
  'fsck.key-id': 'info',
  // What one role says of another.
  'fsck.version': 'error',
  'fsck.length': 'error',
  'fsck.hash': 'error',
  'fsck.unsupported-hash': 'error',
  'fsck.not-listed': 'error',
  'fsck.dangling': 'info',
  // Time.
  'fsck.expired': 'error',
  'fsck.expiring': 'warning',
  // Hash bins.
  'fsck.bin-range': 'error',
  'fsck.bin-size': 'warning',
  'fsck.bin-name': 'error',
  'fsck.bin-unnamed': 'error',
  'fsck.bin-version': 'error',
  'fsck.bin-version-shared': 'error',
  'fsck.bins-alike': 'info',
  'fsck.outside-delegation': 'warning',
  // Targets.
  'fsck.target-path': 'error',
  'fsck.target-missing': 'error',
  'fsck.target-length': 'error',
  'fsck.target-hash': 'error',
  'fsck.target-unsupported-hash': 'error',
  'fsck.target-alias': 'info',
  // Project pages.
  'fsck.page-missing': 'error',
  'fsck.page-malformed': 'error',
  'fsck.page-lists-unsigned': 'error',
  'fsck.page-lacks-file': 'error',
  // What pages name beside the targets.
  'fsck.core-metadata-missing': 'error',
  'fsck.core-metadata-hash': 'error',
  'fsck.provenance-missing': 'warning',
  'fsck.provenance-hash': 'error',
  // What else is in the store.
  'fsck.stray-file': 'info',
  'fsck.unpublished-version': 'info',
  'fsck.unexplained-version': 'error',
  'fsck.version-gap': 'info',
  'fsck.possible-rollback': 'warning',
  'fsck.rollback': 'error',
  // The database.
  'fsck.publication-open': 'info',
  'fsck.moved-on': 'info',
  'fsck.database-role': 'error',
  'fsck.database-targets': 'error',
} as const satisfies Readonly<Record<string, Severity>>;

export type FindingCode = keyof typeof findingSeverities;

/** One thing that is not as it should be. What does not apply is null. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly role: string | null;
  readonly version: number | null;
  /** Of a file of the repository, or a target path. */
  readonly path: string | null;
  /** Data of this code; with `more`, that many further findings of the code were left out. */
  readonly detail: Readonly<Record<string, unknown>>;
}

const gravity: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** The gravest first, then by code, role, version and path. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    gravity[a.severity] - gravity[b.severity] ||
    order(a.code, b.code) ||
    Number('more' in a.detail) - Number('more' in b.detail) ||
    order(a.role ?? '', b.role ?? '') ||
    (a.version ?? 0) - (b.version ?? 0) ||
    order(a.path ?? '', b.path ?? '')
  );
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
