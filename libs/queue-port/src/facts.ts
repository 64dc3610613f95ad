/** What was granted about one file, as last signed. Strings are lower-case hex unless said otherwise. */
export interface PathFacts {
  readonly targetPath: string;
  readonly project: string;
  readonly filename: string;
  readonly state: PathState;
  readonly length: number;
  readonly sha256: string;
  readonly sha512: string;
  readonly blake2b256: string;
  readonly requiresPython: string | null;
  readonly coreMetadataSha256: string | null;
  /** Of the document that says who built it (PEP 740); null when there is none. */
  readonly provenanceSha256: string | null;
  /** `yyyy-mm-ddThh:mm:ss.ffffffZ` (PEP 700). */
  readonly uploadedAt: string;
  readonly yanked: boolean;
  readonly yankedReason: string | null;
  /** `seq` of the newest grant applied to this path. */
  readonly lastSeq: number;
  /** Index of the bin that holds it. */
  readonly bin: number;
}

/** `revoked`: deleted by an operator; only an operator's `restore` brings it back. */
export type PathState = 'live' | 'deleted' | 'revoked';

export type ProjectStatus = 'active' | 'archived' | 'quarantined' | 'deprecated';

/** A project as last signed. */
export interface ProjectFacts {
  readonly name: string;
  readonly status: ProjectStatus;
  readonly statusReason: string | null;
  readonly lastSeq: number;
  readonly pageSha256: string | null;
  readonly pageLength: number | null;
  readonly pageBin: number | null;
}

/** A request that the warehouse put into the outbox. Nothing in it is believed but what its grant proves. */
export interface OutboxRow {
  readonly id: number;
  readonly uploadId: string;
  readonly targetPath: string;
  /** Canonical bytes of a signed grant. */
  readonly envelope: Uint8Array;
  readonly coreMetadataSha256: string | null;
  readonly provenanceSha256: string | null;
  readonly enqueuedAtMs: number;
}

export interface AuditEvent {
  readonly event: string;
  readonly actor?: string | null;
  readonly project?: string | null;
  readonly target?: string | null;
  readonly detail?: Readonly<Record<string, unknown>>;
}
