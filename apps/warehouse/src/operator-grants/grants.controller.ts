import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { GrantDesk } from './grant-desk.ts';

/** The verbatim form; `application/json` is taken as well. */
const grantMediaType = 'application/vnd.rind.grant+json';
const maxGrantBytes = 16_384;

/** Keeps a grant in its verbatim bytes. */
export function keepGrantBytes(fastify: FastifyInstance): void {
  const options = { parseAs: 'buffer', bodyLimit: maxGrantBytes } as const;
  fastify.addContentTypeParser(grantMediaType, options, (_request, body, done) => done(null, body));
}

/** The door of operators and auth: a grant needs no further proof than its own signature. */
@Controller('api/v1/grants')
export class GrantsController {
  constructor(private readonly desk: GrantDesk) {}

  @Post()
  @HttpCode(202)
  async submit(
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ id: string }> {
    const id = await this.desk.submit(body);
    void reply.header('Link', `</api/v1/uploads/${id}>; rel="monitor"`);
    return { id };
  }
}
