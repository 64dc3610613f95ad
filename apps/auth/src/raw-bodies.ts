import type { FastifyInstance } from 'fastify';

/** Bodies that reach their handler as bytes. */
const kept = [
  // The framework's parser lets the last of two members of one name win.
  { path: '/_/oidc/', type: 'application/x-rind-token-request', maxBytes: 20_480 },
  // Their signature is over the bytes.
  { path: '/_/secrets/', type: 'application/x-rind-disclosure', maxBytes: 524_288 },
  { path: '/_/github/', type: 'application/x-rind-disclosure', maxBytes: 524_288 },
] as const;

/** Requests to tools' own addresses keep their bytes, whatever type they claim. */
export function keepRawBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const own = kept.find(({ path }) => request.url.startsWith(path));
    if (request.method === 'POST' && own !== undefined) request.raw.headers['content-type'] = own.type;
    done();
  });
  for (const [type, bodyLimit] of new Map(kept.map(({ type, maxBytes }) => [type, maxBytes]))) {
    fastify.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit }, (_request, body, done) =>
      done(null, body),
    );
  }
}
