import { Controller, Get, Inject, Param, Req, Res, UseFilters } from '@nestjs/common';
import type { Sql } from '@rind/database';
import { compareVersions, pageTargetPath } from '@rind/index-model';
import type { ProjectName } from '@rind/kernel';
import { CONFIG } from '@rind/nest-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ProjectRole } from '../authorization/decide.ts';
import { requireMay } from '../authorization/person-decision.ts';
import type { FactSources } from '../authorization/person-decision.ts';
import type { AuthConfig } from '../config.ts';
import { DATABASE } from '../database.ts';
import { deliveryStates } from '../delivery/delivery-table.ts';
import { AuthError } from '../errors.ts';
import { projectsOf } from '../projects/project-table.ts';
import type { Person } from '../sessions/sessions.ts';
import { WebProblems } from '../web/web-problems.ts';
import { Web } from '../web/web-request.ts';
import { PARTS } from '../web/web.module.ts';
import { projectOf, projectPath, releasePath, versionOf } from './addresses.ts';
import type { Parameters } from './addresses.ts';
import { projectContent, projectsContent, releaseContent } from './project-pages.ts';
import type { Deliveries } from './project-pages.ts';
import { describeFiles, recordedReleases, recordedStatus } from './project-record.ts';

const projectsOnPage = 100;
const releasesOnPage = 50;

/** A person's projects, as auth itself knows them. */
@Controller('manage')
@UseFilters(WebProblems)
export class ProjectsController {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(DATABASE) private readonly sql: Sql,
    @Inject(PARTS) private readonly facts: FactSources,
    @Inject(CONFIG) private readonly config: AuthConfig,
  ) {}

  @Get('projects')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.web.personOr(request, reply, '/manage/projects/');
    if (person === null) return;
    const after = this.web.parameter(request, 'after');
    const projects = await projectsOf(
      this.sql,
      this.facts.vault,
      person.accountId,
      after,
      projectsOnPage + 1,
    );
    const shown = projects.slice(0, projectsOnPage);
    const more = projects.length > shown.length ? (shown.at(-1)?.name ?? null) : null;
    this.web.send(reply, 200, 'Your projects', projectsContent(shown, more), { person });
  }

  @Get('project/:project')
  async project(
    @Param() parameters: Parameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const project = projectOf(parameters);
    const person = await this.web.personOr(request, reply, projectPath(project));
    if (person === null) return;
    const role = await this.roleOf(person, project);
    const [releases, { status }, deliveries] = await Promise.all([
      recordedReleases(this.sql, project),
      recordedStatus(this.sql, project),
      this.deliveries(project, [pageTargetPath(project)]),
    ]);
    const pages = Math.max(1, Math.ceil(releases.length / releasesOnPage));
    const asked = Number(this.web.parameter(request, 'page'));
    const page = Number.isSafeInteger(asked) ? Math.min(Math.max(1, asked), pages) : 1;
    const shown = releases.slice((page - 1) * releasesOnPage, page * releasesOnPage);
    const view = { project, role, status, releases: shown, page, pages };
    this.web.send(reply, 200, project, projectContent(view, deliveries), { person });
  }

  @Get('project/:project/release/:version')
  async release(
    @Param() parameters: Parameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const [project, version] = [projectOf(parameters), versionOf(parameters)];
    const person = await this.web.personOr(request, reply, releasePath(project, version));
    if (person === null) return;
    const role = await this.roleOf(person, project);
    const releases = await recordedReleases(this.sql, project);
    const release = releases.find((one) => compareVersions(one.version, version) === 0);
    if (release === undefined) throw new AuthError('release.unknown', 'no such release', {});
    const [files, deliveries] = await Promise.all([
      describeFiles(this.sql, release.files),
      this.deliveries(
        project,
        release.files.map(({ targetPath }) => targetPath),
      ),
    ]);
    const content = releaseContent({ project, version: release.version, role, files }, deliveries);
    this.web.send(reply, 200, `${project} ${release.version}`, content, { person });
  }

  /** @throws AuthError `project.unknown`, `authorization.not-a-maintainer` */
  private async roleOf(person: Person, project: ProjectName): Promise<ProjectRole> {
    const { role } = await requireMay(this.sql, this.facts, 'look', project, person);
    // Nobody without a role may look.
    return role!;
  }

  private async deliveries(project: ProjectName, paths: readonly string[]): Promise<Deliveries> {
    const states = await deliveryStates(this.sql, project, paths);
    return { states, publicUrl: this.config.publicUrl };
  }
}
