import { Controller, Get, HttpCode, Options, Param, Req, Res } from '@nestjs/common';
import {
  negotiateSimple,
  normalizeName,
  parseProjectPage,
  renderProjectHtml,
  simpleContentTypes,
} from '@rind/index-model';
import { utf8 } from '@rind/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { WarehouseError } from '../errors.ts';
import { entityTag } from '../serving/entity-tag.ts';
import { sendBytes } from '../serving/send.ts';
import { ProjectList } from './project-list.ts';
import { corsHeaders, simpleHeaders } from './simple-headers.ts';
import { SignedProjects } from './signed-projects.ts';

/** The Simple API (PEP 503, 691, 700, 792). The JSON page of a project is the signed target itself. */
@Controller('simple')
export class SimpleController {
  constructor(
    private readonly list: ProjectList,
    private readonly projects: SignedProjects,
  ) {}

  @Get()
  async index(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (!request.url.split('?', 1)[0]!.endsWith('/')) return moved(reply, '/simple/');
    const form = negotiateSimple(request.headers.accept);
    const { bytes, tag, serial } = await this.list.page(form === 'json' ? 'json' : 'html');
    void reply.headers(simpleHeaders(serial));
    sendBytes(request, reply, bytes, { contentType: simpleContentTypes[form], cacheControl, tag });
  }

  @Get(':name')
  async project(
    @Param('name') rawName: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!isName(rawName)) throw new WarehouseError('project.not-found', 'no such project', {});
    const name = normalizeName(rawName);
    if (name !== rawName || !request.url.split('?', 1)[0]!.endsWith('/'))
      return moved(reply, `/simple/${name}/`);
    const project = await this.projects.find(name);
    const form = negotiateSimple(request.headers.accept);
    const bytes =
      form === 'json'
        ? await this.projects.page(project)
        : await this.projects.rendered(project, 'html', (page) =>
            utf8(renderProjectHtml(parseProjectPage(page))),
          );
    void reply.headers(simpleHeaders(project.serial));
    const tag = entityTag(form === 'json' ? project.pageSha256 : `${project.pageSha256}.html`);
    sendBytes(request, reply, bytes, { contentType: simpleContentTypes[form], cacheControl, tag });
  }

  @Options('*')
  @HttpCode(204)
  preflight(@Res({ passthrough: true }) reply: FastifyReply): void {
    void reply.headers(corsHeaders);
  }
}

const cacheControl = 'public, max-age=600';
const name = /^(?:[a-z0-9]|[a-z0-9][a-z0-9._-]*[a-z0-9])$/i;

function isName(text: string): boolean {
  return text.length <= 200 && name.test(text);
}

function moved(reply: FastifyReply, to: string): void {
  void reply.headers({ ...corsHeaders, 'Cache-Control': cacheControl }).redirect(to, 301);
}
