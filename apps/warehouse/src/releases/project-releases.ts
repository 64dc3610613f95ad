import { compareVersions, offeredFiles, parseProjectPage, tryParseDistribution } from '@rind/index-model';
import type { FormFields, ProjectPage } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';
import type { IndexRows } from '../database/index-database.ts';
import type { SignedProjects } from '../simple/signed-projects.ts';
import type { Release, ReleasedFile, ReleasedProject, UploadedFacts } from './release.ts';

/**
 * Projects with their releases. What is offered is what the signed page lists, so nothing shows here that cannot be
 * verified; the database adds what the uploads said.
 */
export class ProjectReleases {
  private readonly rows: IndexRows;
  private readonly projects: SignedProjects;

  constructor(rows: IndexRows, projects: SignedProjects) {
    this.rows = rows;
    this.projects = projects;
  }

  /** @throws WarehouseError `project.not-found`, `page.missing` */
  async find(name: ProjectName): Promise<ReleasedProject> {
    const signed = await this.projects.find(name);
    const [bytes, project, uploads] = await Promise.all([
      this.projects.page(signed),
      this.rows.project.findUnique({ where: { name } }),
      this.uploads(name),
    ]);
    const page = parseProjectPage(bytes);
    return {
      name,
      displayName: project?.displayName ?? name,
      status: page.status,
      statusReason: page.statusReason ?? null,
      pageSha256: signed.pageSha256,
      serial: signed.serial,
      releases: releasesOf(page, uploads),
    };
  }

  private async uploads(projectName: ProjectName): Promise<ReadonlyMap<string, UploadedFacts>> {
    const rows = await this.rows.file.findMany({
      where: { projectName },
      select: {
        filename: true,
        sha256: true,
        packageType: true,
        pythonVersion: true,
        md5: true,
        blake2b256: true,
        form: true,
      },
    });
    return new Map(
      rows.map(({ filename, sha256, form, ...facts }) => [
        uploadKey(filename, sha256),
        { ...facts, form: form as unknown as FormFields },
      ]),
    );
  }
}

/** Files by their versions; a name that holds no version belongs to no release. */
function releasesOf(page: ProjectPage, uploads: ReadonlyMap<string, UploadedFacts>): Release[] {
  const releases: { version: Release['version']; files: ReleasedFile[] }[] = [];
  for (const file of offeredFiles(page)) {
    const version = tryParseDistribution(file.filename)?.parsedVersion;
    if (version === undefined) continue;
    const released = { ...file, upload: uploads.get(uploadKey(file.filename, file.sha256)) ?? null };
    const last = releases.at(-1);
    if (last !== undefined && compareVersions(last.version, version) === 0) last.files.push(released);
    else releases.push({ version, files: [released] });
  }
  return releases;
}

function uploadKey(filename: string, sha256: string): string {
  return `${sha256} ${filename}`;
}
