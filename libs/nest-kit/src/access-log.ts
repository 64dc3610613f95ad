import { monotonicMs } from '@rind/kernel';
import type { FastifyInstance } from 'fastify';
import type { Logger } from './logger.ts';

const quietRoutes = new Set(['/healthz', '/readyz', '/metrics']);

/** One line per answer: the route's pattern and never the URL, whose query may hold anything. */
export function logRequests(fastify: FastifyInstance, logger: Logger): void {
  const startedMs = new WeakMap<object, number>();
  fastify.addHook('onRequest', (request, reply, done) => {
    startedMs.set(request.raw, monotonicMs());
    void reply.header('X-Request-Id', request.id);
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? '(none)';
    if (!quietRoutes.has(route)) {
      const code = reply.getHeader('x-rind-error');
      logger.info('request.answered', {
        requestId: request.id,
        method: request.method,
        route,
        status: reply.statusCode,
        ...(code === undefined ? {} : { code }),
        durationMs: Math.round(monotonicMs() - (startedMs.get(request.raw) ?? monotonicMs())),
      });
    }
    done();
  });
}
