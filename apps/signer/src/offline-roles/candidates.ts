import { isRindError } from '@rind/kernel';
import { parseTargets, verifyThreshold } from '@rind/metadata';
import type { Metadata, Targets } from '@rind/metadata';
import { delegatedRight, lintDocument, maxTargetsBytes, metadataKey, rightOf } from '@rind/repository';
import type { SigningRight } from '@rind/repository';
import type { ObjectStore } from '@rind/storage-port';
import { binTrust } from '../published/trust.ts';
import type { Trust } from '../published/trust.ts';

/** How far we look past files that are there and are refused: their numbers are burned. */
const lookAhead = 8;

export interface Refusal {
  readonly role: 'root' | 'targets' | 'bins';
  readonly version: number;
  /** Codes, of errors or of `lintDocument`. */
  readonly reasons: readonly string[];
}

/** What the store holds beyond what is in effect, judged. */
export interface Candidates {
  /** What goes into effect; none when nothing new is there, or nothing new is any good. */
  readonly next: Trust | null;
  readonly refused: readonly Refusal[];
}

/**
 * Looks for `targets` and `bins` beyond the ones in effect, and decides which go into effect together: whatever is
 * in effect afterwards is vouched for, step by step, from root down.
 */
export async function findCandidates(store: ObjectStore, trust: Trust, nowMs: number): Promise<Candidates> {
  const refused: Refusal[] = [];
  const read = (role: 'targets' | 'bins') => readNext(store, trust, role, nowMs, refused);
  const [nextTargets, nextBins] = [await read('targets'), await read('bins')];
  const signedBy = (metadata: Metadata<Targets>, right: SigningRight): boolean =>
    verifyThreshold(metadata, right, right.keys).ok;

  const byRoot = nextTargets.find((each) => signedBy(each, rightOf(trust.root, 'targets')));
  refuseOthers('targets', nextTargets, byRoot, 'threshold not met', refused);
  const chosen = [...(byRoot === undefined ? [] : [byRoot]), trust.targets]
    .map((targets) => ({ targets, right: delegatedRight(targets) }))
    .map(({ targets, right }) => ({
      targets,
      bins: [...nextBins, trust.binsDocument].find((bins) => signedBy(bins, right)),
    }))
    .find(({ bins }) => bins !== undefined);
  if (chosen === undefined) return { next: null, refused };
  const { targets, bins } = chosen;
  if (byRoot !== undefined && targets !== byRoot) {
    refused.push({ role: 'targets', version: byRoot.signed.version, reasons: ['lint.bins-orphaned'] });
  }
  refuseOthers(
    'bins',
    nextBins,
    bins === trust.binsDocument ? undefined : bins,
    'threshold not met',
    refused,
  );
  if (targets === trust.targets && bins === trust.binsDocument) return { next: null, refused };
  const next = {
    root: trust.root,
    targets,
    binsDocument: bins!,
    bins: binTrust(bins!.signed, bins!.signed.version),
  };
  return { next, refused };
}

/** Newest first. */
async function readNext(
  store: ObjectStore,
  trust: Trust,
  role: 'targets' | 'bins',
  nowMs: number,
  refused: Refusal[],
): Promise<Metadata<Targets>[]> {
  const before = (role === 'targets' ? trust.targets : trust.binsDocument).signed;
  const found: Metadata<Targets>[] = [];
  for (let version = before.version + 1; version <= before.version + lookAhead; version++) {
    const object = await store.get(metadataKey(role, version), maxTargetsBytes);
    if (object === null) break;
    const reasons = judge(() => {
      const metadata = parseTargets(object.bytes);
      if (metadata.signed.version !== version) return ['version differs'];
      const findings = lintDocument(role, before, metadata.signed, nowMs);
      if (findings.length === 0) found.unshift(metadata);
      return findings.map(({ code }) => code);
    });
    if (reasons.length > 0) refused.push({ role, version, reasons });
  }
  return found;
}

function judge(work: () => readonly string[]): readonly string[] {
  try {
    return work();
  } catch (error) {
    if (isRindError(error)) return [error.code];
    throw error;
  }
}

/** Those that are neither taken nor overtaken by the one that is. */
function refuseOthers(
  role: 'targets' | 'bins',
  found: readonly Metadata<Targets>[],
  taken: Metadata<Targets> | undefined,
  reason: string,
  refused: Refusal[],
): void {
  for (const { signed } of found) {
    if (taken !== undefined && signed.version <= taken.signed.version) continue;
    refused.push({ role, version: signed.version, reasons: [reason] });
  }
}
