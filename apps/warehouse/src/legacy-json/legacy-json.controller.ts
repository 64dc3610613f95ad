import { Controller, Get, HttpCode, Inject, Options, Param, Req, Res } from '@nestjs/common';
import { hashHex } from '@rind/crypto';
import { compareVersions, normalizeName, tryParseVersion } from '@rind/index-model';
import { utf8 } from '@rind/kernel';
import { CONFIG } from '@rind/nest-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { WarehouseConfig } from '../config.ts';
import { WarehouseError } from '../errors.ts';
import { ProjectReleases } from '../releases/project-releases.ts';
import { latestRelease } from '../releases/release.ts';
import type { Release, ReleasedProject } from '../releases/release.ts';
import { entityTag } from '../serving/entity-tag.ts';
import { sendBytes } from '../serving/send.ts';
import { corsHeaders } from '../simple/simple-headers.ts';
import { legacyJson } from './legacy-json.ts';

const cacheControl = 'public, max-age=900';

/** PyPI's JSON API: `/pypi/PROJECT/json` and `/pypi/PROJECT/VERSION/json`. Not signed; the Simple API is. */
@Controller('pypi')
export class LegacyJsonController {
  constructor(
    private readonly projects: ProjectReleases,
    @Inject(CONFIG) private readonly config: Pick<WarehouseConfig, 'publicUrl'>,
  ) {}

  @Get(':name/json')
  async project(
    @Param('name') rawName: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const name = normalizeName(rawName);
    if (name !== rawName) return moved(reply, `/pypi/${encodeURIComponent(name)}/json`);
    void reply.headers(corsHeaders);
    const project = await this.projects.find(name);
    const release = latestRelease(project.releases);
    if (release === undefined) throw notFound();
    this.send(request, reply, project, release, project.releases);
  }

  @Get(':name/:version/json')
  async release(
    @Param('name') rawName: string,
    @Param('version') rawVersion: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    void reply.headers(corsHeaders);
    const name = normalizeName(rawName);
    const version = tryParseVersion(rawVersion);
    if (version === null) throw notFound();
    const project = await this.projects.find(name);
    const release = project.releases.find((one) => compareVersions(one.version, version) === 0);
    if (release === undefined) throw notFound();
    if (name !== rawName || release.version.text !== rawVersion)
      return moved(reply, `/pypi/${name}/${encodeURIComponent(release.version.text)}/json`);
    this.send(request, reply, project, release, null);
  }

  @Options('*')
  @HttpCode(204)
  preflight(@Res({ passthrough: true }) reply: FastifyReply): void {
    void reply.headers(corsHeaders);
  }

  private send(
    request: FastifyRequest,
    reply: FastifyReply,
    project: ReleasedProject,
    release: Release,
    releases: readonly Release[] | null,
  ): void {
    const { publicUrl } = this.config;
    const bytes = utf8(JSON.stringify(legacyJson({ publicUrl, project, release, releases })));
    void reply.header('X-PyPI-Last-Serial', String(project.serial));
    const tag = entityTag(hashHex('sha256', bytes));
    sendBytes(request, reply, bytes, { contentType: 'application/json', cacheControl, tag });
  }
}

function moved(reply: FastifyReply, to: string): void {
  void reply.headers({ ...corsHeaders, 'Cache-Control': cacheControl }).redirect(to, 301);
}

function notFound(): WarehouseError<'release.not-found'> {
  return new WarehouseError('release.not-found', 'no such release', {});
}
