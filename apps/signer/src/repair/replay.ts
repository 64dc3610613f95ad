import { isRindError } from '@rind/kernel';
import type { KeyId } from '@rind/kernel';
import { grantTargetPath, verifyGrant } from '@rind/index-model';
import type { GrantKey, VerifiedGrant } from '@rind/index-model';
import type { PathFacts, ProjectFacts } from '@rind/queue-port';
import { decideGrant, newProject } from '@rind/repository';

/** A grant of the record of applied ones: bytes alone, whose signature says whether they count. */
export interface RecordedGrant {
  readonly id: string;
  readonly envelope: Uint8Array;
}

export interface ReplayParts {
  /** The keys whose grants count, by id. */
  readonly keys: ReadonlyMap<KeyId, GrantKey>;
  readonly repository: string;
  readonly binOf: (path: string) => number;
  /** The facts of a file that no grant states; they were fixed when the file was first published. */
  readonly statedBeside: (path: string) => StatedBeside;
}

/** What the warehouse said of a file: checksums of documents beside it, null where there is none. */
export type StatedBeside = Pick<PathFacts, 'coreMetadataSha256' | 'provenanceSha256'>;

export interface ReplayedFacts {
  readonly paths: ReadonlyMap<string, PathFacts>;
  /** Without their pages. */
  readonly projects: ReadonlyMap<string, ProjectFacts>;
  /** Grants that prove nothing, or that could not have been applied; with any of them, nothing here counts. */
  readonly unproven: readonly UnprovenGrant[];
}

export interface UnprovenGrant {
  readonly id: string;
  /** An error's code, or the reason of a refusal. */
  readonly reason: string;
}

const unbounded = {
  newFilesPerProjectAndHour: Number.POSITIVE_INFINITY,
  deletionsPerHour: Number.POSITIVE_INFINITY,
};

/**
 * What was granted, from the grants alone: each is verified again and applied by the rules of its first time
 * (`decideGrant`), oldest first. What bounds the first application only does not count: expiry, quotas, and whether
 * the bytes are there, of which the granted length and checksum stand in.
 */
export function replayGrants(recorded: readonly RecordedGrant[], parts: ReplayParts): ReplayedFacts {
  const paths = new Map<string, PathFacts>();
  const projects = new Map<string, ProjectFacts>();
  const unproven: UnprovenGrant[] = [];
  for (const { grant, issuer, envelope } of verified(recorded, parts, unproven)) {
    const targetPath = grantTargetPath(grant);
    const path = paths.get(targetPath);
    const project = projects.get(grant.project) ?? newProject(grant.project);
    projects.set(grant.project, project);
    const sha256 = grant.digests?.sha256 ?? path?.sha256;
    const length = grant.length ?? path?.length;
    const decision = decideGrant(
      {
        grant,
        issuer,
        statedPath: targetPath,
        targetPath,
        ...parts.statedBeside(targetPath),
        blob: sha256 === undefined || length === undefined ? null : { sha256, length },
      },
      {
        path,
        project,
        alreadyApplied: false,
        voided: false,
        nowMs: Number.NEGATIVE_INFINITY,
        binOf: parts.binOf,
        addedLastHour: 0,
        deletedLastHour: 0,
        quotas: unbounded,
      },
    );
    if (decision.kind === 'path') paths.set(targetPath, decision.path);
    else if (decision.kind === 'project') projects.set(grant.project, decision.project);
    else unproven.push({ id: envelope.id, reason: decision.reason });
  }
  return { paths, projects, unproven };
}

interface Replayed extends VerifiedGrant {
  readonly envelope: RecordedGrant;
}

/** Those that verify, in the order of their numbers; the others are added to `unproven`. */
function verified(
  recorded: readonly RecordedGrant[],
  { keys, repository }: ReplayParts,
  unproven: UnprovenGrant[],
): Replayed[] {
  const proven: Replayed[] = [];
  for (const envelope of recorded) {
    try {
      proven.push({ ...verifyGrant(envelope.envelope, keys, { repository }), envelope });
    } catch (error) {
      if (!isRindError(error)) throw error;
      unproven.push({ id: envelope.id, reason: error.code });
    }
  }
  return proven.sort((a, b) => a.grant.seq - b.grant.seq);
}
