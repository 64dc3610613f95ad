/**
 * What an installer asks of a Rind index, answered from signed metadata alone.
 *
 * A project's page and each of its files are targets of their own, in different bins. A file is handed out when both
 * agree: the page offers it, and the file's own target has the page's checksum and size. So a file that was
 * withdrawn from the page is gone although its bin may still have it, and the other way round.
 */
import type { Fetcher } from '@rind/client-port';
import {
  canonicalizeVersion,
  packageTargetPath,
  pageTargetPath,
  parseProjectName,
  parseProjectPage,
  parseVersion,
  tryParseDistribution,
} from '@rind/index-model';
import type { PageFile, ProjectPage } from '@rind/index-model';
import type { ProjectName, TargetPath } from '@rind/kernel';
import { isRindError } from '@rind/kernel';
import { at } from './checks.ts';
import { fetchListedFile } from './content.ts';
import { ClientError } from './errors.ts';
import { targetNotFound } from './target-search.ts';
import type { FoundTarget } from './target-search.ts';
import type { Updater } from './updater.ts';

export interface IndexClientOptions {
  readonly updater: Updater;
  /** For core metadata, which is no target; the updater's own will do. */
  readonly fetcher: Fetcher;
  /** Core metadata has no listed length; by default 10,000,000 bytes are read at most. */
  readonly maxCoreMetadataBytes?: number;
}

/** A project's page as it was signed. */
export interface SignedPage {
  /** Canonical JSON of PEP 691; may be served as it is, since its URLs are relative. */
  readonly bytes: Uint8Array;
  readonly page: ProjectPage;
  /** The role that vouches for it. */
  readonly role: string;
}

export class IndexClient {
  private readonly options: IndexClientOptions;

  constructor(options: IndexClientOptions) {
    this.options = options;
  }

  /** The page of a project, under whatever spelling of its name; `target.not-found` when there is none. */
  async signedPage(project: string): Promise<SignedPage> {
    const name = parseProjectName(project);
    const path = pageTargetPath(name);
    const target = await this.require(path);
    const bytes = await this.options.updater.fetchTarget(path, target);
    return { bytes, page: parsePage(bytes, name, target), role: target.role };
  }

  async projectPage(project: string): Promise<ProjectPage> {
    return (await this.signedPage(project)).page;
  }

  /**
   * What the page offers, in its order; with a version, the files of that release (`1.0` is `1.0.0`).
   * `version.invalid` of index-model when it is none.
   */
  async files(project: string, version?: string): Promise<readonly PageFile[]> {
    const wanted = version === undefined ? null : canonicalizeVersion(parseVersion(version).text);
    const { files } = await this.projectPage(project);
    return wanted === null ? files : files.filter(({ filename }) => versionOf(filename) === wanted);
  }

  /** The content of a file that the page offers; `page.mismatch` when page and target disagree. */
  async fetchFile(project: string, filename: string): Promise<Uint8Array> {
    const { path, target } = await this.locate(project, filename);
    return this.options.updater.fetchTarget(path, target);
  }

  /** The core metadata of a file (PEP 658), of the checksum that the page states; null when it states none. */
  async fetchCoreMetadata(project: string, filename: string): Promise<Uint8Array | null> {
    const { updater, fetcher, maxCoreMetadataBytes = 10_000_000 } = this.options;
    const { path, target, file } = await this.locate(project, filename);
    if (file.coreMetadataSha256 === undefined) return null;
    const hashes = new Map([['sha256', file.coreMetadataSha256]]);
    const url = `${updater.targetUrl(path, target)}.metadata`;
    return fetchListedFile(
      fetcher,
      url,
      `${path}.metadata`,
      { hashes, role: target.role },
      maxCoreMetadataBytes,
    );
  }

  private async locate(project: string, filename: string) {
    const { page } = await this.signedPage(project);
    const path = packageTargetPath(page.name, filename);
    const file = page.files.find((listed) => listed.filename === filename);
    if (file === undefined) throw targetNotFound(path);
    const target = await this.require(path);
    requireAgreement(file, target);
    return { path, target, file };
  }

  private async require(path: TargetPath): Promise<FoundTarget> {
    const target = await this.options.updater.findTarget(path);
    if (target === null) throw targetNotFound(path);
    return target;
  }
}

function parsePage(bytes: Uint8Array, name: ProjectName, { path, role }: FoundTarget): ProjectPage {
  const place = at(role, 'PEP 691');
  try {
    const page = parseProjectPage(bytes);
    if (page.name !== name)
      throw new ClientError('page.malformed', place, { path, problem: 'of another project' });
    return page;
  } catch (cause) {
    if (cause instanceof ClientError || !isRindError(cause)) throw cause;
    throw new ClientError('page.malformed', place, { path, problem: cause.message }, { cause });
  }
}

function requireAgreement(file: PageFile, target: FoundTarget): void {
  const { path, role } = target;
  const place = at(role, 'TUF 1.0.34 §5.7.1');
  const sha256 = target.hashes.get('sha256') ?? 'not listed';
  if (sha256 !== file.sha256) {
    throw new ClientError('page.mismatch', place, {
      path,
      field: 'sha256',
      page: file.sha256,
      target: sha256,
    });
  }
  if (target.length !== file.size) {
    const sizes = { page: `${file.size}`, target: `${target.length}` };
    throw new ClientError('page.mismatch', place, { path, field: 'size', ...sizes });
  }
}

function versionOf(filename: string): string | null {
  const distribution = tryParseDistribution(filename);
  return distribution === null ? null : canonicalizeVersion(distribution.version);
}
