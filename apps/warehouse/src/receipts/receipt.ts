import { binIndexOf, binName } from '@rind/repository';

/** `staged` is reserved for uploads that are held back. */
export type ReceiptState = 'accepted' | 'staged' | 'publishing' | 'verifiable' | 'rejected';

/** What became of an upload or of an operator's request (docs/reference/http-api.md). Dates are ISO 8601 in UTC. */
export interface Receipt {
  readonly id: string;
  readonly state: ReceiptState;
  /** Why it was rejected. */
  readonly code: string | null;
  readonly targetPath: string;
  /** Lower-case hex; null when the request is not about a file's bytes. */
  readonly sha256: string | null;
  /** The role that lists, or will list, the target. */
  readonly bin: string;
  /** Number of the publication that brings it, or brought it, as in the signer's log. */
  readonly publication: number | null;
  /** Where to look: the first snapshot and timestamp that show it. Null until `verifiable`. */
  readonly snapshotVersion: number | null;
  readonly timestampVersion: number | null;
  readonly acceptedAt: string;
  readonly verifiableAt: string | null;
}

/** The rows of one request, joined. */
export interface ReceiptFacts {
  readonly id: string;
  readonly targetPath: string;
  readonly sha256: string | null;
  readonly acceptedAt: Date;
  /** Of the newest row in the outbox; null when there is none. */
  readonly queueState: 'pending' | 'taken' | 'published' | 'set-aside' | null;
  readonly reason: string | null;
  /** That took the row last, whatever became of it. */
  readonly publication: number | null;
  readonly snapshotVersion: number | null;
  readonly timestampVersion: number | null;
  readonly closedAt: Date | null;
}

const states: Readonly<Record<NonNullable<ReceiptFacts['queueState']>, ReceiptState>> = {
  pending: 'accepted',
  taken: 'publishing',
  published: 'verifiable',
  'set-aside': 'rejected',
};

/** @param bitLength bits of a path's hash that choose its bin */
export function receiptOf(facts: ReceiptFacts, bitLength: number): Receipt {
  const state = facts.queueState === null ? 'accepted' : states[facts.queueState];
  const verifiable = state === 'verifiable';
  return {
    id: facts.id,
    state,
    code: state === 'rejected' ? (facts.reason ?? 'request.rejected') : null,
    targetPath: facts.targetPath,
    sha256: facts.sha256,
    bin: binName(binIndexOf(facts.targetPath, bitLength), bitLength),
    publication: verifiable || state === 'publishing' ? facts.publication : null,
    snapshotVersion: verifiable ? facts.snapshotVersion : null,
    timestampVersion: verifiable ? facts.timestampVersion : null,
    acceptedAt: facts.acceptedAt.toISOString(),
    verifiableAt: verifiable ? (facts.closedAt?.toISOString() ?? null) : null,
  };
}

/** True when nothing more will happen to it. */
export function isFinal(receipt: Receipt): boolean {
  return receipt.state === 'verifiable' || receipt.state === 'rejected';
}
