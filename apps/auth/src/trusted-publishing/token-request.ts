import { parseJson } from '@rind/canonical-json';
import type { FastifyInstance } from 'fastify';
import { AuthError } from '../errors.ts';

const ownType = 'application/x-rind-token-request';
const maxBodyBytes = 20_480;

/**
 * Bodies of requests for tokens reach their handler as bytes, whatever type they claim: the framework's parser lets
 * the last of two members of one name win.
 */
export function keepTokenRequestBytes(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (request.method === 'POST' && request.url.startsWith('/_/oidc/')) {
      request.raw.headers['content-type'] = ownType;
    }
    done();
  });
  fastify.addContentTypeParser(
    ownType,
    { parseAs: 'buffer', bodyLimit: maxBodyBytes },
    (_request, body, done) => done(null, body),
  );
}

/** The identity token in a body `{"token": …}`. @throws AuthError `oidc.invalid-payload` */
export function readTokenRequest(body: unknown): string {
  if (!(body instanceof Uint8Array)) throw invalidPayload();
  try {
    const value = parseJson(body, { maxBytes: maxBodyBytes, maxDepth: 8, floats: 'allow' });
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && 'token' in value) {
      const { token } = value;
      if (typeof token === 'string' && token !== '') return token;
    }
  } catch (cause) {
    throw invalidPayload(cause);
  }
  throw invalidPayload();
}

function invalidPayload(cause?: unknown): AuthError {
  return new AuthError('oidc.invalid-payload', 'the body is not {"token": "…"} in JSON', {}, { cause });
}
