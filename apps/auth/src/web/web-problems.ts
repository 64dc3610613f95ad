import { Catch, Inject } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { isRindError } from '@rind/kernel';
import { LOGGER } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { messageContent } from './pages.ts';
import { Web } from './web-request.ts';

interface WebProblem {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  readonly retryAfterSeconds?: number;
}

const back = { href: '/account/', text: 'To your account' };
const known: Readonly<Record<string, WebProblem>> = {
  'rate.exceeded': {
    ...{ status: 429, title: 'Too many tries' },
    ...{ text: 'Wait some minutes, then try again.', retryAfterSeconds: 300 },
  },
  'auth.busy': {
    ...{ status: 503, title: 'Too many people at once' },
    ...{ text: 'Try again in a moment.', retryAfterSeconds: 5 },
  },
  'request.cross-origin': {
    ...{ status: 403, title: 'This form came from another site' },
    ...{ text: 'Nothing was done. Open the page here and send it again.' },
  },
  'database.unavailable': {
    ...{ status: 503, title: 'Not available at the moment' },
    ...{ text: 'Nothing was lost. Try again in a moment.', retryAfterSeconds: 5 },
  },
};
const unknown: WebProblem = { status: 500, title: 'Something went wrong here', text: 'It has been noted.' };

/** People are told in words what tools are told as problems. */
@Catch()
export class WebProblems implements ExceptionFilter {
  constructor(
    @Inject(Web) private readonly web: Web,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const code = isRindError(error) && Object.hasOwn(known, error.code) ? error.code : 'internal';
    const { status, title, text, retryAfterSeconds } = known[code] ?? unknown;
    if (status >= 500) this.logger.error('request.failed', { requestId: request.id, code, error });
    if (retryAfterSeconds !== undefined) void reply.header('Retry-After', String(retryAfterSeconds));
    this.web.send(reply, status, title, messageContent(title, text, back), { code });
  }
}
