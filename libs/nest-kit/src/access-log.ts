import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { monotonicMs } from '@rind/kernel';
import type { FastifyInstance } from 'fastify';
import type { LogFields, Logger } from './logger.ts';

const quietRoutes = new Set(['/healthz', '/readyz', '/metrics']);
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const internal = /^\/internal\//;

interface RequestContext {
  readonly id: string;
  readonly notes: Record<string, unknown>;
}

const contexts = new AsyncLocalStorage<RequestContext>();

/** Id of the request that is being answered, to be handed on as `X-Request-Id`; undefined outside of one. */
export function currentRequestId(): string | undefined {
  return contexts.getStore()?.id;
}

/** Has the access log's line of the request that is being answered say more. Nothing outside of one. */
export function noteInAccessLog(fields: LogFields): void {
  Object.assign(contexts.getStore()?.notes ?? {}, fields);
}

/** The id that another process of the index gave this request. From elsewhere none is taken: its sender could lie. */
export function handedOnRequestId({ url, headers }: IncomingMessage): string | undefined {
  const given = headers['x-request-id'];
  return internal.test(url ?? '') && typeof given === 'string' && uuid.test(given) ? given : undefined;
}

/** One line per answer: the route's pattern and never the URL, whose query may hold anything. */
export function logRequests(fastify: FastifyInstance, logger: Logger): void {
  const started = new WeakMap<object, { readonly atMs: number; readonly context: RequestContext }>();
  fastify.addHook('onRequest', (request, reply, done) => {
    const context: RequestContext = { id: request.id, notes: {} };
    started.set(request.raw, { atMs: monotonicMs(), context });
    void reply.header('X-Request-Id', request.id);
    contexts.run(context, done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? '(none)';
    if (!quietRoutes.has(route)) {
      const begun = started.get(request.raw);
      const code = reply.getHeader('x-rind-error');
      logger.info('request.answered', {
        ...begun?.context.notes,
        requestId: request.id,
        method: request.method,
        route,
        status: reply.statusCode,
        ...(code === undefined ? {} : { code }),
        durationMs: Math.round(monotonicMs() - (begun?.atMs ?? monotonicMs())),
      });
    }
    done();
  });
}
