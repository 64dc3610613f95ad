import { parseJson } from '@rind/canonical-json';
import { AuthError } from '../errors.ts';

const maxBodyBytes = 20_480;

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
