import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { normalizeName } from '@rind/index-model';
import type { FastifyReply } from 'fastify';
import { Feeds } from './feeds.ts';

const cacheControl = 'public, max-age=300';
const contentType = 'application/rss+xml; charset=utf-8';

/** RSS under PyPI's own addresses. */
@Controller('rss')
export class FeedsController {
  constructor(private readonly feeds: Feeds) {}

  @Get('updates.xml')
  @Header('Cache-Control', cacheControl)
  @Header('Content-Type', contentType)
  updates(): Promise<string> {
    return this.feeds.updates();
  }

  @Get('packages.xml')
  @Header('Cache-Control', cacheControl)
  @Header('Content-Type', contentType)
  packages(): Promise<string> {
    return this.feeds.packages();
  }

  @Get('project/:name/releases.xml')
  async project(@Param('name') rawName: string, @Res() reply: FastifyReply): Promise<void> {
    const name = normalizeName(rawName);
    if (name !== rawName) {
      void reply.redirect(`/rss/project/${encodeURIComponent(name)}/releases.xml`, 301);
      return;
    }
    const feed = await this.feeds.project(name);
    void reply.header('Cache-Control', cacheControl).type(contentType).send(feed);
  }
}
