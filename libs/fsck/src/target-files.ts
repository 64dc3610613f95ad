import type { TargetPath } from '@rind/kernel';
import type { Targets } from '@rind/metadata';
import type { Audit } from './audit.ts';
import { inParallel } from './in-parallel.ts';
import { targetOf } from './project-ledger.ts';
import { PageDocuments } from './page-documents.ts';
import { ProjectPages } from './project-pages.ts';
import { ReportBuilder } from './report.ts';
import { Sample } from './sample.ts';
import { checkTarget } from './target-objects.ts';
import type { ListedTarget } from './target-objects.ts';
import type { TargetsTree, VisitedRole } from './targets-tree.ts';

/** Which target files are read. */
export type TargetsMode = 'sample' | 'all' | 'none';

/** The files behind the targets: all of them as the roles are read, or afterwards a sample with its projects' pages. */
export class TargetFiles {
  readonly pages: ProjectPages;
  private readonly documents: PageDocuments;
  private readonly audit: Audit;
  private readonly consistentSnapshot: boolean;
  private readonly mode: TargetsMode;
  private readonly sample: Sample<ListedTarget>;
  private readonly chosen = new Set<string>();

  constructor(audit: Audit, consistentSnapshot: boolean, mode: TargetsMode, seed: number) {
    this.audit = audit;
    this.consistentSnapshot = consistentSnapshot;
    this.mode = mode;
    this.sample = new Sample(mode === 'sample' ? audit.limits.sampleSize : 0, seed);
    this.pages = new ProjectPages(audit);
    this.documents = new PageDocuments(audit, consistentSnapshot);
  }

  /** Takes what a role lists. */
  async take({ name: role, named }: VisitedRole, { targets }: Targets): Promise<void> {
    for (const [path, file] of targets) {
      const target = { role, path, file };
      if (named) this.pages.ledger.add(path, file);
      if (this.mode === 'all') await this.read(target, named);
      else if (this.mode === 'sample') this.sample.offer(path, target);
    }
  }

  /** After every role was taken. */
  async finish(tree: TargetsTree): Promise<void> {
    const { limits, progress } = this.audit;
    const sampled = this.sample.items();
    for (const { path } of sampled) this.chosen.add(path);
    const targets = [...sampled, ...(await this.pagesOf(sampled, tree))];
    let done = 0;
    await inParallel(targets, limits.concurrency, async (target) => {
      await this.read(target, tree.isRind);
      progress({ step: 'targets', done: ++done, total: targets.length });
    });
    this.documents.finish();
    if (tree.isRind && tree.isComplete) await this.pages.compare(tree, (page) => this.bytesOf(page));
  }

  /** Whether a path is of the sample. */
  isChosen(path: string): boolean {
    return this.chosen.has(path);
  }

  private async read(target: ListedTarget, isIndex: boolean): Promise<void> {
    const isPage = isIndex && target.path.startsWith('simple/');
    const bytes = await checkTarget(this.audit, target, this.consistentSnapshot, isPage);
    const page = bytes === null ? null : this.pages.take(target, bytes);
    if (page === null) return;
    await this.documents.check(target, page, (path) => this.mode === 'all' || this.chosen.has(path));
  }

  private async pagesOf(
    sampled: readonly ListedTarget[],
    tree: TargetsTree,
  ): Promise<readonly ListedTarget[]> {
    if (!tree.isRind) return [];
    const paths = new Set<string>();
    for (const { path } of sampled) {
      const project = targetOf(path)?.project;
      if (project !== undefined) paths.add(`simple/${project}/index.json`);
    }
    const pages: ListedTarget[] = [];
    for (const path of paths) {
      const found = this.chosen.has(path) ? null : await tree.find(path as TargetPath);
      if (found !== null) pages.push({ path, ...found });
    }
    return pages;
  }

  /** A page that was found good, and counted, before. */
  private bytesOf(page: ListedTarget): Promise<Uint8Array | null> {
    const quiet = { ...this.audit, report: new ReportBuilder(0) };
    return checkTarget(quiet, page, this.consistentSnapshot, true);
  }
}
