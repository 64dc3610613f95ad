import { compareVersions, normalizeName, tryParseVersion } from '@rind/index-model';
import type { Sql } from '@rind/database';
import { isRindError } from '@rind/kernel';
import { bitLengthOf } from '@rind/repository';
import type { WarehouseConfig } from '../config.ts';
import type { Descriptions } from '../descriptions/descriptions.ts';
import type { ProjectReleases } from '../releases/project-releases.ts';
import { latestRelease, saidOf } from '../releases/release.ts';
import type { Release, ReleasedProject } from '../releases/release.ts';
import { maxSearchPages, searchProjects } from '../search/search.ts';
import type { StatusDesk } from '../status/status-desk.ts';
import { embedDescription } from './embedded-description.ts';
import { homePage } from './home-page.ts';
import type { Html } from '@rind/html';
import { newestReleases } from './newest.ts';
import { notFoundPage } from './not-found-page.ts';
import { projectPage } from './project-page.ts';
import { proofFacts } from './proof-facts.ts';
import { searchPage } from './search-page.ts';
import { statePage } from './state-page.ts';

export interface WebPagesParts {
  readonly sql: Sql;
  readonly status: StatusDesk;
  readonly releases: ProjectReleases;
  readonly descriptions: Pick<Descriptions, 'show'>;
  readonly config: Pick<WarehouseConfig, 'publicUrl' | 'bins'>;
}

export type ProjectAnswer =
  | { readonly kind: 'found' | 'absent'; readonly page: string }
  | { readonly kind: 'moved'; readonly to: string };

const shownReleases = 12;

export class WebPages {
  private readonly parts: WebPagesParts;

  constructor(parts: WebPagesParts) {
    this.parts = parts;
  }

  /** A page in any case: it also says when the database is down. */
  async home(): Promise<string> {
    const { sql, status, config } = this.parts;
    const [report, newest] = await Promise.all([
      orNull(status.report()),
      orNull(newestReleases(sql, shownReleases)),
    ]);
    return homePage({ publicUrl: config.publicUrl, status: report, newest });
  }

  async state(): Promise<string> {
    return statePage(await orNull(this.parts.status.report()), this.parts.config.publicUrl);
  }

  /** @param page as it was asked for; what is no number counts as 1 */
  async search(question: string, page: string): Promise<string> {
    const number = Math.min(Math.max(1, Math.trunc(Number(page)) || 1), maxSearchPages);
    const result = await orNull(searchProjects(this.parts.sql, question, number));
    return searchPage({ question, page: number, result });
  }

  /** @param rawVersion none for the latest release */
  async project(rawName: string, rawVersion?: string): Promise<ProjectAnswer> {
    const name = normalizeName(rawName);
    const version = rawVersion === undefined ? null : (tryParseVersion(rawVersion)?.text ?? undefined);
    if (version === undefined) return { kind: 'absent', page: notFoundPage(`${rawName} ${rawVersion}`) };
    if (name !== rawName || (rawVersion !== undefined && version !== rawVersion)) {
      return { kind: 'moved', to: projectPath(name, version) };
    }
    const project = await this.parts.releases.find(name).catch((error: unknown) => {
      if (isRindError(error, 'project.not-found')) return null;
      throw error;
    });
    const release = project === null ? undefined : shownRelease(project, version);
    if (project === null || release === undefined) {
      return { kind: 'absent', page: notFoundPage([rawName, rawVersion ?? ''].join(' ').trim()) };
    }
    if (version !== null && release !== null && release.version.text !== version) {
      return { kind: 'moved', to: projectPath(name, release.version.text) };
    }
    return { kind: 'found', page: await this.render(project, release) };
  }

  private async render(project: ReleasedProject, release: Release | null): Promise<string> {
    const { sql, config } = this.parts;
    const [proof, description] = await Promise.all([
      proofFacts(sql, {
        project: project.name,
        filenames: release?.files.map(({ filename }) => filename) ?? [],
        bitLength: bitLengthOf(config.bins.count),
      }),
      this.description(release),
    ]);
    return projectPage({ publicUrl: config.publicUrl, project, release, description, proof });
  }

  private async description(release: Release | null): Promise<Html | null> {
    const fields = saidOf(release);
    const text = fields.first('description') ?? '';
    if (text === '') return null;
    const contentType = fields.first('description_content_type') || null;
    return embedDescription((await this.parts.descriptions.show({ text, contentType })).html);
  }
}

/** Null: the project offers nothing now. Undefined: it has no such release. */
function shownRelease({ releases }: ReleasedProject, version: string | null): Release | null | undefined {
  if (version === null) return latestRelease(releases) ?? null;
  return releases.find((release) => compareVersions(release.version, version) === 0);
}

function projectPath(name: string, version: string | null): string {
  const project = `/project/${encodeURIComponent(name)}/`;
  return version === null ? project : `${project}${encodeURIComponent(version)}/`;
}

async function orNull<Result>(result: Promise<Result>): Promise<Result | null> {
  try {
    return await result;
  } catch (error) {
    if (isRindError(error, 'database.unavailable')) return null;
    throw error;
  }
}
