import { normalizeName, pageTargetPath, parseProjectPage } from '@rind/index-model';
import type { Sql } from '@rind/database';
import { isRindError } from '@rind/kernel';
import { binIndexOf, binName, bitLengthOf } from '@rind/repository';
import type { WarehouseConfig } from '../config.ts';
import type { SignedProjects } from '../simple/signed-projects.ts';
import type { StatusDesk } from '../status/status-desk.ts';
import { homePage } from './home-page.ts';
import { newestProjects } from './newest-projects.ts';
import { notFoundPage } from './not-found-page.ts';
import { projectPage } from './project-page.ts';

export interface WebPagesParts {
  readonly sql: Sql;
  readonly status: StatusDesk;
  readonly projects: SignedProjects;
  readonly config: Pick<WarehouseConfig, 'publicUrl' | 'bins'>;
}

export type ProjectAnswer =
  | { readonly kind: 'found' | 'absent'; readonly page: string }
  | { readonly kind: 'moved'; readonly to: string };

const shownProjects = 24;

export class WebPages {
  private readonly parts: WebPagesParts;

  constructor(parts: WebPagesParts) {
    this.parts = parts;
  }

  /** A page in any case: it also says when the database is down. */
  async home(): Promise<string> {
    const { sql, status, config } = this.parts;
    const [report, projects] = await Promise.all([
      orNull(status.report()),
      orNull(newestProjects(sql, shownProjects)),
    ]);
    return homePage({ publicUrl: config.publicUrl, status: report, newestProjects: projects });
  }

  async project(rawName: string): Promise<ProjectAnswer> {
    const name = normalizeName(rawName);
    if (name !== rawName) return { kind: 'moved', to: `/project/${encodeURIComponent(name)}/` };
    const { projects, config } = this.parts;
    const project = await projects.find(name).catch((error: unknown) => {
      if (isRindError(error, 'project.not-found')) return null;
      throw error;
    });
    if (project === null) return { kind: 'absent', page: notFoundPage(rawName) };
    const bitLength = bitLengthOf(config.bins.count);
    const page = projectPage({
      publicUrl: config.publicUrl,
      page: parseProjectPage(await projects.page(project)),
      pageSha256: project.pageSha256,
      bin: binName(binIndexOf(pageTargetPath(name), bitLength), bitLength),
    });
    return { kind: 'found', page };
  }
}

async function orNull<Result>(result: Promise<Result>): Promise<Result | null> {
  try {
    return await result;
  } catch (error) {
    if (isRindError(error, 'database.unavailable')) return null;
    throw error;
  }
}
