import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { contentSecurityPolicy } from './style.ts';
import { WebPages } from './web-pages.ts';

/** Pages for people. No script, no cookie, nothing from elsewhere. */
@Controller()
export class WebController {
  constructor(private readonly pages: WebPages) {}

  @Get()
  @Header('Cache-Control', 'no-cache')
  async home(@Res() reply: FastifyReply): Promise<void> {
    send(reply, 200, await this.pages.home());
  }

  @Get('project/:name')
  @Header('Cache-Control', 'no-cache')
  async project(@Param('name') name: string, @Res() reply: FastifyReply): Promise<void> {
    const answer = await this.pages.project(name);
    if (answer.kind === 'moved') void reply.redirect(answer.to, 301);
    else if (answer.kind === 'found') send(reply, 200, answer.page);
    else send(reply.header('X-Rind-Error', 'project.not-found'), 404, answer.page);
  }
}

function send(reply: FastifyReply, status: number, page: string): void {
  void reply
    .status(status)
    .headers({
      'Content-Security-Policy': contentSecurityPolicy,
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    })
    .type('text/html; charset=utf-8')
    .send(page);
}
