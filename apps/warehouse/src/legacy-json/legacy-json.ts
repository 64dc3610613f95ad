import { splitProjectUrl, UploadFields } from '@rind/index-model';
import type { JsonObject, JsonValue } from '@rind/kernel';
import { saidOf, yankOf } from '../releases/release.ts';
import type { Release, ReleasedFile, ReleasedProject } from '../releases/release.ts';

/** Nobody counts downloads here. PyPI sends the same. */
const notCounted = -1;

export interface LegacyJsonFacts {
  readonly publicUrl: string;
  readonly project: ReleasedProject;
  /** The one that `info` and `urls` are about. */
  readonly release: Release;
  /** Of the project's own document alone: all that it has. */
  readonly releases: readonly Release[] | null;
}

/** PyPI's JSON document of a project or of one of its releases, with PyPI's keys. */
export function legacyJson({ publicUrl, project, release, releases }: LegacyJsonFacts): JsonObject {
  const files = (of: Release): JsonObject[] => of.files.map((file) => fileEntry(publicUrl, project, file));
  return {
    info: info(publicUrl, project, release),
    last_serial: project.serial,
    ...(releases === null
      ? {}
      : { releases: Object.fromEntries(releases.map((of) => [of.version.text, files(of)])) }),
    urls: files(release),
    vulnerabilities: [],
    ownership: { roles: [], organization: null },
  };
}

function info(publicUrl: string, project: ReleasedProject, release: Release): JsonObject {
  const fields = saidOf(release);
  const text = (name: string): string | null => fields.first(name) ?? null;
  const textOrEmpty = (name: string): string => fields.first(name) ?? '';
  const list = (name: string): string[] | null => {
    const values = fields.all(name);
    return values.length === 0 ? null : [...values];
  };
  const yank = yankOf(release);
  const projectUrl = `${publicUrl}/project/${project.name}/`;
  return {
    author: text('author'),
    author_email: text('author_email'),
    bugtrack_url: null,
    classifiers: [...fields.all('classifiers')],
    description: textOrEmpty('description'),
    description_content_type: text('description_content_type'),
    docs_url: null,
    download_url: text('download_url'),
    downloads: { last_day: notCounted, last_month: notCounted, last_week: notCounted },
    dynamic: list('dynamic'),
    home_page: text('home_page'),
    keywords: text('keywords'),
    license: text('license'),
    license_expression: text('license_expression'),
    license_files: list('license_file'),
    maintainer: text('maintainer'),
    maintainer_email: text('maintainer_email'),
    name: project.displayName,
    package_url: projectUrl,
    platform: fields.all('platform').join(',') || null,
    project_url: projectUrl,
    project_urls: projectUrls(fields),
    provides_extra: list('provides_extra'),
    release_url: `${projectUrl}${release.version.text}/`,
    requires_dist: list('requires_dist'),
    requires_python: text('requires_python'),
    summary: text('summary'),
    version: release.version.text,
    yanked: yank !== null,
    yanked_reason: yank?.reason ?? null,
  };
}

/** As PyPI: home page and download first, which a pair of that label takes over and a pair that repeats them adds nothing to. */
function projectUrls(fields: UploadFields): JsonValue {
  const urls = new Map<string, string>();
  const known = (label: string, url = ''): unknown => url !== '' && urls.set(label, url);
  known('Homepage', fields.first('home_page'));
  known('Download', fields.first('download_url'));
  for (const { label, url } of fields.all('project_urls').map(splitProjectUrl)) {
    const plain = label.toLowerCase().replace(/[-_]/g, '');
    if (plain === 'homepage' && url === urls.get('Homepage')) continue;
    if (plain === 'downloadurl' && url === urls.get('Download')) continue;
    urls.set(label, url);
  }
  return urls.size === 0 ? null : Object.fromEntries(urls);
}

function fileEntry(publicUrl: string, project: ReleasedProject, file: ReleasedFile): JsonObject {
  const { filename, sha256, size, uploadTime, requiresPython, yanked, coreMetadataSha256, upload } = file;
  return {
    comment_text: new UploadFields(upload?.form ?? []).first('comment') ?? null,
    'core-metadata': coreMetadataSha256 === undefined ? false : { sha256: coreMetadataSha256 },
    digests: { blake2b_256: upload?.blake2b256 ?? null, md5: upload?.md5 ?? null, sha256 },
    downloads: notCounted,
    filename,
    has_sig: false,
    md5_digest: upload?.md5 ?? null,
    packagetype: upload?.packageType ?? (filename.endsWith('.whl') ? 'bdist_wheel' : 'sdist'),
    python_version: upload?.pythonVersion ?? null,
    requires_python: requiresPython ?? null,
    size,
    upload_time: uploadTime.slice(0, 'yyyy-mm-ddThh:mm:ss'.length),
    upload_time_iso_8601: uploadTime,
    url: `${publicUrl}/packages/${project.name}/${sha256}/${filename}`,
    yanked: yanked !== false,
    yanked_reason: typeof yanked === 'string' && yanked !== '' ? yanked : null,
  };
}
