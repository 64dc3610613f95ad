import type { FastifyInstance } from 'fastify';

/** Bodies of any type but the few that Fastify knows stay in the socket until a handler reads them. */
export function leaveUploadsUnread(fastify: FastifyInstance): void {
  fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
}
