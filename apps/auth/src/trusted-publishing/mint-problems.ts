import { Catch, Inject } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { isRindError } from '@rind/kernel';
import { LOGGER } from '@rind/nest-kit';
import type { Logger } from '@rind/nest-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';

interface MintRefusal {
  readonly status: number;
  /** As PyPI calls it, where it does. */
  readonly code: string;
  readonly retryAfterSeconds?: number;
}

const refusals: Readonly<Record<string, MintRefusal>> = {
  'oidc.not-enabled': { status: 422, code: 'not-enabled' },
  'oidc.invalid-payload': { status: 422, code: 'invalid-payload' },
  'oidc.invalid-token': { status: 422, code: 'invalid-token' },
  'oidc.invalid-pending-publisher': { status: 422, code: 'invalid-pending-publisher' },
  'project.lost': { status: 422, code: 'invalid-pending-publisher' },
  'oidc.invalid-publisher': { status: 422, code: 'invalid-publisher' },
  'oidc.invalid-reuse-token': { status: 422, code: 'invalid-reuse-token' },
  'oidc.issuer-unavailable': { status: 503, code: 'issuer-unavailable', retryAfterSeconds: 10 },
  'rate.exceeded': { status: 429, code: 'rate-exceeded', retryAfterSeconds: 60 },
  'database.unavailable': { status: 503, code: 'unavailable', retryAfterSeconds: 5 },
};
const unknown: MintRefusal = { status: 500, code: 'internal' };

/** Refusals in the form that twine and uv print. */
@Catch()
export class MintProblems implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const known = isRindError(error) && Object.hasOwn(refusals, error.code) ? error : null;
    const { status, code, retryAfterSeconds } = known === null ? unknown : refusals[known.code]!;
    if (status >= 500) this.logger.error('request.failed', { requestId: request.id, code, error });
    if (retryAfterSeconds !== undefined) void reply.header('Retry-After', String(retryAfterSeconds));
    const own = known === null || known.code === 'database.unavailable';
    const description = own ? 'the index cannot answer at the moment' : known.message;
    void reply
      .status(status)
      .headers({ 'X-Rind-Error': known?.code ?? 'internal.error', 'Cache-Control': 'no-store' })
      .send({ message: 'Token request failed', errors: [{ code, description }] });
  }
}
