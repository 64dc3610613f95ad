import { Catch, Inject } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { UploadError } from '@rind/index-model';
import { isRindError } from '@rind/kernel';
import { CONFIG, LOGGER } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GateConfig } from '../config.ts';
import { GateError, PassedOnRefusal } from '../errors.ts';
import { legacyAnswer } from './legacy-answer.ts';
import { replyAndLinger } from './lingering-reply.ts';

interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly text: string;
  readonly retryAfterSeconds?: number | undefined;
}

/** Turns every error of the upload route into the answer that upload clients understand. */
@Catch()
export class LegacyFilter implements ExceptionFilter {
  constructor(
    @Inject(CONFIG) private readonly config: GateConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const refusal = refusalOf(error);
    if (refusal.status >= 500)
      this.logger.error('upload.failed', { requestId: request.id, code: refusal.code, error });
    else this.logger.info('upload.refused', { requestId: request.id, code: refusal.code });
    // Fastify cannot set a reason phrase, nor answer before the body is read.
    reply.hijack();
    const answer = legacyAnswer(refusal.status, refusal.text, request.headers.accept);
    const headers: Record<string, string> = { 'X-Rind-Error': refusal.code, 'X-Request-Id': request.id };
    const retryAfterSeconds = refusal.retryAfterSeconds ?? (refusal.status === 503 ? 5 : undefined);
    if (retryAfterSeconds !== undefined) headers['Retry-After'] = String(Math.ceil(retryAfterSeconds));
    if (refusal.status === 308) headers['Location'] = '/legacy/';
    replyAndLinger(request.raw, reply.raw, answer, headers, this.config.linger);
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof GateError || error instanceof PassedOnRefusal || error instanceof UploadError) {
    const { status, retryAfterSeconds } = error.details as { status: number; retryAfterSeconds?: number };
    return { code: error.code, status, text: error.message, retryAfterSeconds };
  }
  if (isRindError(error, 'pool.full')) {
    return {
      code: 'gate.busy',
      status: 503,
      text: 'Too many uploads at once. Try again in a moment.',
      retryAfterSeconds: 5,
    };
  }
  return { code: 'internal.error', status: 500, text: 'Internal error.' };
}
