import { Controller, Get, Header, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { helpPage } from './help-page.ts';
import { style } from './style.ts';
import { WebPages } from './web-pages.ts';
import type { ProjectAnswer } from './web-pages.ts';

/** Pages for people. No script, no cookie, nothing from elsewhere. */
@Controller()
export class WebController {
  constructor(private readonly pages: WebPages) {}

  @Get()
  @Header('Cache-Control', 'no-cache')
  async home(@Res() reply: FastifyReply): Promise<void> {
    send(reply, 200, await this.pages.home());
  }

  @Get('state')
  @Header('Cache-Control', 'no-cache')
  async state(@Res() reply: FastifyReply): Promise<void> {
    send(reply, 200, await this.pages.state());
  }

  /** What the texts of refusals link to. */
  @Get('help')
  @Header('Cache-Control', 'no-cache')
  help(@Res() reply: FastifyReply): void {
    send(reply, 200, helpPage());
  }

  @Get('search')
  @Header('Cache-Control', 'no-cache')
  async search(
    @Query('q') question: unknown,
    @Query('page') page: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    send(reply, 200, await this.pages.search(textOf(question), textOf(page)));
  }

  @Get('project/:name')
  @Header('Cache-Control', 'no-cache')
  async project(@Param('name') name: string, @Res() reply: FastifyReply): Promise<void> {
    answer(reply, await this.pages.project(name), 'project.not-found');
  }

  @Get('project/:name/:version')
  @Header('Cache-Control', 'no-cache')
  async release(
    @Param('name') name: string,
    @Param('version') version: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    answer(reply, await this.pages.project(name, version), 'release.not-found');
  }
}

/** A parameter that is given twice is none. */
function textOf(parameter: unknown): string {
  return typeof parameter === 'string' ? parameter : '';
}

function answer(reply: FastifyReply, found: ProjectAnswer, code: string): void {
  if (found.kind === 'moved') void reply.redirect(found.to, 301);
  else if (found.kind === 'found') send(reply, 200, found.page);
  else send(reply.header('X-Rind-Error', code), 404, found.page);
}

function send(reply: FastifyReply, status: number, page: string): void {
  void reply
    .status(status)
    .headers({
      'Content-Security-Policy': style.policy,
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    })
    .type('text/html; charset=utf-8')
    .send(page);
}
