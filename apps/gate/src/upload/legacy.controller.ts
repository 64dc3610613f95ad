import { Controller, Get, Header, HttpCode, Post, Query, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GateError } from '../errors.ts';
import { LegacyFilter } from './legacy.filter.ts';
import { uploadPage } from './upload-page.ts';
import { UploadDesk } from './upload-desk.ts';

/** PyPI's upload API. Redirects are poison here: twine and uv stop at any. */
@Controller()
@UseFilters(LegacyFilter)
export class LegacyController {
  constructor(private readonly desk: UploadDesk) {}

  @Get('legacy')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'")
  page(): string {
    return uploadPage;
  }

  @Post('legacy')
  @HttpCode(200)
  async upload(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query(':action') action?: unknown,
  ): Promise<string> {
    checkSlash(request.originalUrl);
    const { uploadId, warnings } = await this.desk.accept({ request: request.raw, id: request.id, action });
    void reply
      .header('Link', `</api/v1/uploads/${uploadId}>; rel="monitor"`)
      .type('text/plain; charset=utf-8');
    return warnings.join('\n');
  }
}

/** Routes match with and without the slash at the end; PyPI's upload URL has it. */
function checkSlash(url: string): void {
  if (/^\/legacy(?:\?|$)/.test(url)) {
    const text =
      'An upload was attempted to /legacy but the expected upload URL is /legacy/ (with a trailing slash)';
    throw new GateError('upload.missing-slash', text, { status: 308 });
  }
}
