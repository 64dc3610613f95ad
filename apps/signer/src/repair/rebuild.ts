import type { KeyId } from '@rind/kernel';
import { pageTargetPath } from '@rind/index-model';
import type { GrantKey } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';
import type { PathFacts, ProjectFacts, PublicationLog } from '@rind/queue-port';
import { binIndexOf } from '@rind/repository';
import type { BinChange, RenderedPage } from '@rind/repository';
import { renderPages } from '../publishing/page-rendering.ts';
import type { GrantRecord } from './grant-record.ts';
import { replayGrants } from './replay.ts';
import type { ReplayedFacts, UnprovenGrant } from './replay.ts';

export interface RebuildParts {
  readonly record: GrantRecord;
  readonly log: Pick<PublicationLog, 'known' | 'pathsOf'>;
  readonly keys: ReadonlyMap<KeyId, GrantKey>;
  readonly repository: string;
  readonly bitLength: number;
  /** Those of the object keys that no page may be stored as. */
  readonly condemned: (keys: readonly string[]) => Promise<ReadonlySet<string>>;
  /** False only in a benchmark. */
  readonly pages: boolean;
}

/** What damaged bins and pages must hold, as far as grants prove it. */
export interface Rebuilt {
  /** By bin index: the whole content of a damaged bin, or what changes in one that is sound. */
  readonly bins: ReadonlyMap<number, readonly BinChange[]>;
  /** Those of `bins` whose content is given whole. */
  readonly whole: ReadonlySet<number>;
  readonly pages: readonly RenderedPage[];
  readonly projects: readonly ProjectFacts[];
  /** Facts that were recorded otherwise than they were granted. */
  readonly corrected: readonly PathFacts[];
  readonly unproven: readonly UnprovenBin[];
}

/** A bin that stays as it is: what the record has does not prove what it held. */
export interface UnprovenBin {
  readonly idx: number;
  /** `grants`: some do not verify. `targets`: the record has more or fewer files than the bin held. */
  readonly reason: 'grants' | 'targets';
  readonly grants: readonly UnprovenGrant[];
}

/**
 * Makes bins from the database, verifying each grant again (docs/architecture.md "What the signer enforces").
 * @param damaged indexes of bins whose content is lost
 * @param pageless projects whose page's object is lost, wherever their bins are
 */
export async function rebuild(
  parts: RebuildParts,
  damaged: readonly number[],
  pageless: readonly string[] = [],
): Promise<Rebuilt> {
  const unproven: UnprovenBin[] = [];
  const bins = new Map<number, readonly BinChange[]>();
  const whole = new Set<number>();
  const projects: ProjectFacts[] = [];
  const pages: RenderedPage[] = [];
  const corrected = new Map<string, PathFacts>();
  const held = new Map((await parts.record.committedBins()).map(({ idx, targets }) => [idx, targets]));
  // One after the other: what cannot be proven of one bin must not keep the others from being made.
  for (const idx of damaged) {
    const made = await rebuildBin(parts, idx);
    if (made.unproven.length > 0) unproven.push({ idx, reason: 'grants', grants: made.unproven });
    else if (made.changes.length !== held.get(idx)) unproven.push({ idx, reason: 'targets', grants: [] });
    else {
      bins.set(idx, made.changes);
      whole.add(idx);
      projects.push(...made.projects);
      pages.push(...made.pages);
      for (const path of made.corrected) corrected.set(path.targetPath, path);
    }
  }
  const done = new Set(projects.map(({ name }) => name));
  for (const name of pageless.filter((each) => !done.has(each))) {
    const made = await pagesOf(parts, [name]);
    const [page] = made.pages;
    const idx = binIndexOf(pageTargetPath(name as ProjectName), parts.bitLength);
    if (made.unproven.length > 0) unproven.push({ idx, reason: 'grants', grants: made.unproven });
    if (made.unproven.length > 0 || page === undefined || whole.has(idx)) continue;
    bins.set(idx, [...(bins.get(idx) ?? []), pageChange(page)]);
    projects.push(...made.projects);
    pages.push(page);
  }
  return { bins, whole, pages, projects, corrected: [...corrected.values()], unproven };
}

interface MadePages {
  readonly pages: readonly RenderedPage[];
  readonly projects: readonly ProjectFacts[];
  readonly unproven: readonly UnprovenGrant[];
}

interface MadeBin extends MadePages {
  readonly changes: readonly BinChange[];
  readonly corrected: readonly PathFacts[];
}

async function rebuildBin(parts: RebuildParts, idx: number): Promise<MadeBin> {
  const { record, log, bitLength } = parts;
  const paths = await record.pathsOfBins([idx]);
  // A quarantined project's files are in no bin: its status is part of what must be proven.
  const statuses = [...new Set(paths.map((path) => pageTargetPath(path.split('/')[1] as ProjectName)))];
  const recorded = (await log.known(paths, [], [])).paths;
  const grants = await record.grantsOfPaths([...paths, ...statuses]);
  const facts = replay(parts, grants, recorded);
  const unproven = [...facts.unproven];
  for (const path of paths) {
    if (!facts.paths.has(path)) unproven.push({ id: path, reason: 'path.unknown' });
  }
  const made = parts.pages ? await pagesOf(parts, await record.projectsOfBins([idx])) : noPages;
  const files = [...facts.paths.values()].filter(
    ({ targetPath, state, project }) =>
      state === 'live' &&
      binIndexOf(targetPath, bitLength) === idx &&
      facts.projects.get(project)?.status !== 'quarantined',
  );
  return {
    changes: [
      ...files.map(({ targetPath, length, sha256 }) => ({ path: targetPath, target: { length, sha256 } })),
      ...made.pages.map(pageChange),
    ],
    pages: made.pages,
    projects: made.projects,
    corrected: [...facts.paths.values()].filter((path) => differs(path, recorded.get(path.targetPath))),
    unproven: [...unproven, ...made.unproven],
  };
}

const noPages: MadePages = { pages: [], projects: [], unproven: [] };

/** The pages of these projects, from all that was ever granted about them. */
async function pagesOf(parts: RebuildParts, names: readonly string[]): Promise<MadePages> {
  if (names.length === 0) return noPages;
  const { record, log, bitLength, condemned } = parts;
  const recorded = new Map((await log.pathsOf(names)).map((path) => [path.targetPath, path]));
  const facts = replay(parts, await record.grantsOfProjects(names), recorded);
  const unproven = [...facts.unproven];
  for (const path of recorded.keys()) {
    if (!facts.paths.has(path)) unproven.push({ id: path, reason: 'path.unknown' });
  }
  for (const name of names) {
    if (!facts.projects.has(name)) unproven.push({ id: name, reason: 'project.unknown' });
  }
  if (unproven.length > 0) return { ...noPages, unproven };
  const pages = await renderPages(facts.projects, [...facts.paths.values()], condemned);
  const rendered = new Map(pages.map((page) => [page.project, page]));
  const projects = [...facts.projects.values()].map((project) => {
    const { sha256, bytes, targetPath } = rendered.get(project.name)!;
    return {
      ...project,
      pageSha256: sha256,
      pageLength: bytes.length,
      pageBin: binIndexOf(targetPath, bitLength),
    };
  });
  return { pages, projects, unproven };
}

function replay(
  { keys, repository, bitLength }: RebuildParts,
  grants: Parameters<typeof replayGrants>[0],
  recorded: ReadonlyMap<string, PathFacts>,
): ReplayedFacts {
  return replayGrants(grants, {
    keys,
    repository,
    binOf: (path) => binIndexOf(path, bitLength),
    statedBeside: (path) => {
      const { coreMetadataSha256 = null, provenanceSha256 = null } = recorded.get(path) ?? {};
      return { coreMetadataSha256, provenanceSha256 };
    },
  });
}

function pageChange({ targetPath, bytes, sha256 }: RenderedPage): BinChange {
  return { path: targetPath, target: { length: bytes.length, sha256 } };
}

function differs(granted: PathFacts, recorded: PathFacts | undefined): boolean {
  if (recorded === undefined) return true;
  return (Object.keys(granted) as (keyof PathFacts)[]).some((name) => granted[name] !== recorded[name]);
}
