import { hashHex } from '@rind/crypto';
import { pageObjectKey, pageTargetPath, renderProjectPage } from '@rind/index-model';
import type { PageFile, ProjectPage } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';
import type { PathFacts, ProjectFacts } from '@rind/queue-port';
import type { RenderedPage } from '@rind/repository';

/**
 * The pages of these projects. A page that would be an object which somebody was told to delete is rendered in
 * another edition: other bytes, another object, and the process that wakes up late deletes nothing that is served.
 * @param condemned those of the object keys that nothing signed may name
 */
export async function renderPages(
  projects: ReadonlyMap<string, ProjectFacts>,
  paths: readonly PathFacts[],
  condemned: (keys: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<RenderedPage[]> {
  const byProject = new Map<string, PathFacts[]>();
  for (const path of paths) {
    if (path.state !== 'live') continue;
    const list = byProject.get(path.project);
    if (list === undefined) byProject.set(path.project, [path]);
    else list.push(path);
  }
  const sources = [...projects.values()].map((project) =>
    sourceOf(project, byProject.get(project.name) ?? []),
  );
  let rendered = sources.map(render);
  for (let edition = 1; ; edition++) {
    const avoided = await condemned(rendered.map(keyOf));
    if (avoided.size === 0) return rendered;
    rendered = rendered.map((page, i) =>
      avoided.has(keyOf(page)) ? render({ ...sources[i]!, edition }) : page,
    );
  }
}

function sourceOf(project: ProjectFacts, paths: readonly PathFacts[]): ProjectPage {
  return {
    name: project.name as ProjectName,
    status: project.status,
    ...(project.statusReason === null ? {} : { statusReason: project.statusReason }),
    files: paths.map(pageFile),
  };
}

function render(page: ProjectPage): RenderedPage {
  const bytes = renderProjectPage(page);
  return {
    project: page.name,
    targetPath: pageTargetPath(page.name),
    bytes,
    sha256: hashHex('sha256', bytes),
  };
}

function keyOf({ project, sha256 }: RenderedPage): string {
  return pageObjectKey(project as ProjectName, sha256);
}

function pageFile(path: PathFacts): PageFile {
  return {
    filename: path.filename,
    sha256: path.sha256,
    size: path.length,
    uploadTime: path.uploadedAt,
    ...(path.requiresPython === null ? {} : { requiresPython: path.requiresPython }),
    yanked: path.yanked ? (path.yankedReason ?? true) : false,
    ...(path.coreMetadataSha256 === null ? {} : { coreMetadataSha256: path.coreMetadataSha256 }),
    ...(path.provenanceSha256 === null ? {} : { provenanceSha256: path.provenanceSha256 }),
  };
}
