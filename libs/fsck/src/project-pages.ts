/**
 * Project pages against listed targets, both ways: each file that a page offers is a target with that length and
 * checksum, and each target of the project is offered. Sums are compared first; only where they differ are files
 * looked at one by one.
 */
import { offeredFiles, packageTargetPath, parseProjectPage } from '@rind/index-model';
import type { PageFile, ProjectPage } from '@rind/index-model';
import { isRindError } from '@rind/kernel';
import type { ProjectName, TargetPath } from '@rind/kernel';
import type { Audit } from './audit.ts';
import { inParallel } from './in-parallel.ts';
import { ProjectLedger, targetOf } from './project-ledger.ts';
import { SetSum } from './set-sum.ts';
import type { ListedTarget } from './target-objects.ts';
import type { TargetsTree } from './targets-tree.ts';

/** Projects whose files are told one by one. */
const maxDetailed = 1000;

export class ProjectPages {
  readonly ledger = new ProjectLedger();
  private readonly audit: Audit;
  /** Of each page that was read, where it was listed. */
  private readonly places = new Map<string, ListedTarget>();

  constructor(audit: Audit) {
    this.audit = audit;
  }

  /** Takes the verified bytes of a project's page, and gives the page if they are one. */
  take(target: ListedTarget, bytes: Uint8Array): ProjectPage | null {
    const parsed = targetOf(target.path);
    if (parsed?.kind !== 'page') return null;
    const page = this.parse(target, parsed.project, bytes);
    if (page === null) return null;
    this.audit.report.checked.pages++;
    // A quarantined project offers nothing (PEP 792) and keeps its files.
    if (page.status === 'quarantined') return page;
    const offered = new SetSum();
    for (const file of offeredFiles(page))
      offered.add(packageTargetPath(page.name, file.filename), file.size, file.sha256);
    this.ledger.entry(page.name).offered = offered;
    this.places.set(page.name, target);
    return page;
  }

  /** After all targets and pages were taken. @param read gives the bytes of a page again */
  async compare(tree: TargetsTree, read: (page: ListedTarget) => Promise<Uint8Array | null>): Promise<void> {
    const suspects: string[] = [];
    for (const [project, { signed, page, offered }] of this.ledger.projects) {
      if (signed.count > 0 && page.count === 0) {
        this.audit.report.add(
          'fsck.page-missing',
          { path: `simple/${project}/index.json` },
          { files: signed.count },
        );
      }
      if (offered !== null && !offered.equals(signed)) suspects.push(project);
    }
    const offered = new Map<string, ReadonlyMap<string, PageFile>>();
    for (const project of suspects.slice(0, maxDetailed)) {
      const place = this.places.get(project)!;
      const bytes = await read(place);
      if (bytes === null) continue;
      const files = offeredFiles(parseProjectPage(bytes));
      offered.set(
        project,
        new Map(files.map((file) => [packageTargetPath(project as ProjectName, file.filename), file])),
      );
      await this.findUnsigned(tree, place, offered.get(project)!);
    }
    if (offered.size > 0) await this.findUnlisted(tree, offered);
  }

  private parse(target: ListedTarget, project: string, bytes: Uint8Array): ProjectPage | null {
    const { role, path } = target;
    try {
      const page = parseProjectPage(bytes);
      if (page.name === project) return page;
      this.audit.report.add('fsck.page-malformed', { role, path }, { expected: project, found: page.name });
    } catch (error) {
      if (!isRindError(error)) throw error;
      this.audit.report.add('fsck.page-malformed', { role, path }, { reason: error.code, ...error.details });
    }
    return null;
  }

  private async findUnsigned(
    tree: TargetsTree,
    { role, path }: ListedTarget,
    files: ReadonlyMap<string, PageFile>,
  ): Promise<void> {
    for (const [targetPath, { sha256, size }] of files) {
      const found = await tree.find(targetPath as TargetPath);
      const signed = found === null ? null : (found.file.hashes.get('sha256') ?? null);
      if (signed === sha256 && found?.file.length === size) continue;
      this.audit.report.add(
        'fsck.page-lists-unsigned',
        { role, path },
        { target: targetPath, offered: sha256, signed },
      );
    }
  }

  /** Which files of these projects their pages leave out: only a second look at all roles tells. */
  private async findUnlisted(
    tree: TargetsTree,
    offered: ReadonlyMap<string, ReadonlyMap<string, PageFile>>,
  ): Promise<void> {
    await inParallel(tree.roles.keys(), this.audit.limits.concurrency, async (role) => {
      for (const path of (await tree.reread(role))?.signed.targets.keys() ?? []) {
        const target = targetOf(path);
        if (target?.kind !== 'package' || offered.get(target.project)?.has(path) !== false) continue;
        this.audit.report.add(
          'fsck.page-lacks-file',
          { role, path },
          { page: `simple/${target.project}/index.json` },
        );
      }
    });
  }
}
