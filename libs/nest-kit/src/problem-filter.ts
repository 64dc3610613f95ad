import { Catch } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from './logger.ts';
import { toProblem } from './problem.ts';
import type { ProblemTable } from './problem.ts';

/** The one place where an error becomes an answer: `application/problem+json` and `X-Rind-Error`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly table: ProblemTable,
    private readonly logger: Logger,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { problem, retryAfterSeconds } = toProblem(error, this.table);
    if (problem.status >= 500) {
      this.logger.error('request.failed', { requestId: request.id, code: problem.code, error });
    }
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    if (retryAfterSeconds !== undefined)
      void reply.header('Retry-After', String(Math.ceil(retryAfterSeconds)));
    void reply
      .status(problem.status)
      .header('X-Rind-Error', problem.code)
      .header('Cache-Control', 'no-store')
      .type('application/problem+json')
      .send(JSON.stringify(problem));
  }
}
