import { compareFindings, findingSeverities } from './findings.ts';
import type { Finding, FindingCode } from './findings.ts';

/** What was looked at; every value is a count but `sampleSeed`. */
export interface Checked {
  /** Roots of the chain, the given one included. */
  roots: number;
  /** Documents of all roles that the newest root leads to. */
  roles: number;
  /** Delegations to one role each; every bin is one. */
  delegations: number;
  /** Roles that hold a share of the path hashes. */
  bins: number;
  /** Valid signatures. */
  signatures: number;
  /** Targets that are listed. */
  targets: number;
  /** Targets whose bytes were read and hashed. */
  targetsRead: number;
  targetBytes: number;
  /** Project pages that were compared with the listed files. */
  pages: number;
  /** Core metadata of wheels that was read and hashed (PEP 658). */
  coreMetadata: number;
  /** Provenance that was read and hashed (PEP 740). */
  provenance: number;
  /** Numbered files in the store, where it can be listed. */
  storedVersions: number;
  /** Earlier snapshots that were compared with their successors. */
  earlierSnapshots: number;
  /** Rows of the database that were compared. */
  databaseRows: number;
  /** Chooses the sample; null without one. */
  sampleSeed: number | null;
}

export interface FsckReport {
  /** True without findings of severity error. */
  readonly ok: boolean;
  readonly checked: Readonly<Checked>;
  /** The gravest first. */
  readonly findings: readonly Finding[];
}

/** Where a finding is. */
export interface Place {
  readonly role?: string | null;
  readonly version?: number | null;
  readonly path?: string | null;
}

/** Gathers findings and counts; of each code only so many are kept, the others counted. */
export class ReportBuilder {
  readonly checked: Checked = {
    roots: 0,
    roles: 0,
    delegations: 0,
    bins: 0,
    signatures: 0,
    targets: 0,
    targetsRead: 0,
    targetBytes: 0,
    pages: 0,
    coreMetadata: 0,
    provenance: 0,
    storedVersions: 0,
    earlierSnapshots: 0,
    databaseRows: 0,
    sampleSeed: null,
  };
  private readonly kept: Finding[] = [];
  private readonly counts = new Map<FindingCode, number>();
  private readonly maxPerCode: number;

  constructor(maxPerCode: number) {
    this.maxPerCode = maxPerCode;
  }

  add(code: FindingCode, place: Place, detail: Readonly<Record<string, unknown>> = {}): void {
    const count = (this.counts.get(code) ?? 0) + 1;
    this.counts.set(code, count);
    if (count > this.maxPerCode) return;
    const { role = null, version = null, path = null } = place;
    this.kept.push({ code, severity: findingSeverities[code], role, version, path, detail });
  }

  /** Takes the findings of a part of the audit, once it is known that they count. */
  merge(part: ReportBuilder): void {
    for (const { code, ...finding } of part.kept) this.add(code, finding, finding.detail);
    for (const [code, count] of part.counts) {
      const left = Math.max(0, count - part.maxPerCode);
      this.counts.set(code, (this.counts.get(code) ?? 0) + left);
    }
  }

  finish(): FsckReport {
    const more = [...this.counts].filter(([, count]) => count > this.maxPerCode);
    const left = more.map(([code, count]): Finding => {
      const severity = findingSeverities[code];
      return {
        code,
        severity,
        role: null,
        version: null,
        path: null,
        detail: { more: count - this.maxPerCode },
      };
    });
    const findings = [...this.kept, ...left].sort(compareFindings);
    const ok = findings.every(({ severity }) => severity !== 'error');
    return { ok, checked: { ...this.checked }, findings };
  }
}
