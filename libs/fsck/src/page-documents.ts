/**
 * What signed pages vouch for beside the targets, by a checksum alone: the core metadata of wheels (PEP 658, 714),
 * which lies next to its file, and provenance (PEP 740).
 *
 * Provenance is no file of a repository. An instance answers with it at `integrity/…`, beside its `metadata/` and
 * `targets/`; its store has none, and no copy of the store. So a document that is absent counts only where another one
 * is served. One that is served has to be right everywhere.
 */
import { hashHex } from '@rind/crypto';
import { offeredFiles, packageTargetPath, relativeProvenanceUrl } from '@rind/index-model';
import type { PageFile, ProjectPage } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';
import type { Audit } from './audit.ts';
import type { FindingCode } from './findings.ts';
import { ReportBuilder } from './report.ts';
import { objectPaths } from './target-objects.ts';
import type { ListedTarget } from './target-objects.ts';

interface PageDocument {
  /** Below the repository's place. */
  readonly object: string;
  /** As findings name it. */
  readonly path: string;
  readonly sha256: string;
}

export class PageDocuments {
  private readonly audit: Audit;
  private readonly consistentSnapshot: boolean;
  /** Provenance that is not served. */
  private readonly absent: ReportBuilder;

  constructor(audit: Audit, consistentSnapshot: boolean) {
    this.audit = audit;
    this.consistentSnapshot = consistentSnapshot;
    this.absent = new ReportBuilder(audit.limits.maxFindingsPerCode);
  }

  /** Reads what a verified page names beside those of its files that are wanted. */
  async check(
    target: ListedTarget,
    page: ProjectPage,
    isWanted: (targetPath: string) => boolean,
  ): Promise<void> {
    const { checked } = this.audit.report;
    for (const file of offeredFiles(page)) {
      if (!isWanted(packageTargetPath(page.name, file.filename))) continue;
      const metadata = this.coreMetadataOf(page.name, file);
      if (metadata !== null) {
        const isThere = await this.compare(target, metadata, 'fsck.core-metadata-hash');
        if (isThere) checked.coreMetadata++;
        else report(this.audit.report, 'fsck.core-metadata-missing', target, metadata);
      }
      const provenance = provenanceOf(page.name, file);
      if (provenance !== null) {
        const isThere = await this.compare(target, provenance, 'fsck.provenance-hash');
        if (isThere) checked.provenance++;
        else report(this.absent, 'fsck.provenance-missing', target, provenance);
      }
    }
  }

  /** After all pages were checked. */
  finish(): void {
    if (this.audit.report.checked.provenance > 0) this.audit.report.merge(this.absent);
  }

  /** Clients ask for it by the name of the file that the page offers. */
  private coreMetadataOf(project: ProjectName, file: PageFile): PageDocument | null {
    const { filename, sha256, coreMetadataSha256 } = file;
    if (coreMetadataSha256 === undefined) return null;
    const path = packageTargetPath(project, filename);
    const offered = { path, file: { hashes: new Map([['sha256', sha256]]) } };
    const [object] = objectPaths(offered, this.consistentSnapshot);
    return { object: `${object!}.metadata`, path: `${path}.metadata`, sha256: coreMetadataSha256 };
  }

  /** False when it is not there. */
  private async compare(target: ListedTarget, document: PageDocument, code: FindingCode): Promise<boolean> {
    const { reader, limits } = this.audit;
    const { object, path, sha256 } = document;
    const bytes = await reader.get(object, limits.maxPageDocumentBytes);
    if (bytes === null) return false;
    if (bytes === 'too-large') {
      const maxBytes = limits.maxPageDocumentBytes;
      this.audit.report.add('fsck.too-large', { role: target.role, path }, { maxBytes, page: target.path });
      return true;
    }
    const found = hashHex('sha256', bytes);
    if (found !== sha256) report(this.audit.report, code, target, document, { found });
    return true;
  }
}

function report(
  to: ReportBuilder,
  code: FindingCode,
  { role, path: page }: ListedTarget,
  { path, object, sha256: expected }: PageDocument,
  detail: Readonly<Record<string, string>> = {},
): void {
  to.add(code, { role, path }, { page, looked: object, expected, ...detail });
}

function provenanceOf(project: ProjectName, file: PageFile): PageDocument | null {
  const url = relativeProvenanceUrl(project, file);
  if (url === null || file.provenanceSha256 === undefined) return null;
  const object = url.slice('../../'.length, url.lastIndexOf('#'));
  return { object, path: object, sha256: file.provenanceSha256 };
}
