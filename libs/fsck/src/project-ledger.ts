import { parseTargetPath } from '@rind/index-model';
import type { TargetFile } from '@rind/metadata';
import { SetSum } from './set-sum.ts';

/** What is known of a project without keeping its files. */
export interface ProjectEntry {
  /** Distributions that are listed as targets. */
  readonly signed: SetSum;
  /** Its page, if it is listed. */
  readonly page: SetSum;
  /** What its page offers, once it was read; null for one that may offer less than is signed. */
  offered: SetSum | null;
}

/** The projects of an index, gathered from target paths in whatever order they come. */
export class ProjectLedger {
  readonly projects = new Map<string, ProjectEntry>();

  add(path: string, file: Pick<TargetFile, 'length' | 'hashes'>): void {
    const target = targetOf(path);
    if (target === null) return;
    const { signed, page } = this.entry(target.project);
    const sum = target.kind === 'page' ? page : signed;
    sum.add(path, file.length, file.hashes.get('sha256') ?? '');
  }

  entry(project: string): ProjectEntry {
    let entry = this.projects.get(project);
    if (entry === undefined) {
      entry = { signed: new SetSum(), page: new SetSum(), offered: null };
      this.projects.set(project, entry);
    }
    return entry;
  }
}

/** What a target path of an index stands for, or null for a path of another kind. */
export function targetOf(path: string): ReturnType<typeof parseTargetPath> | null {
  if (!path.startsWith('packages/') && !path.startsWith('simple/')) return null;
  try {
    return parseTargetPath(path);
  } catch {
    return null;
  }
}
