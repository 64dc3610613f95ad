import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { serveLocally } from './local-server.ts';

/** A stand-in for GitHub Actions: an issuer of identity tokens, and the service that a job asks for one. */
export interface IdentityIssuer {
  /** As `iss` of its tokens has it. */
  readonly url: string;
  /** What a job of this workflow file has in its environment. */
  jobEnvironment(workflow: string): Readonly<Record<string, string>>;
  /** For whom tokens were asked for so far. */
  readonly audiences: readonly string[];
  close(): Promise<void>;
}

const kid = 'interop';
const lifetimeSeconds = 300;

/** @param repository `owner/name` of every job */
export async function startIdentityIssuer(repository: string): Promise<IdentityIssuer> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const jwk = { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
  const secret = randomUUID();
  const audiences: string[] = [];

  const identityToken = (audience: string, workflow: string): string => {
    const now = Math.floor((performance.timeOrigin + performance.now()) / 1_000);
    const claims = {
      ...{ iss: url, aud: audience, jti: randomUUID(), iat: now, nbf: now, exp: now + lifetimeSeconds },
      ...{ sub: `repo:${repository}:ref:refs/tags/v1`, repository, repository_owner_id: '583231' },
      ...{ repository_owner: repository.split('/')[0], event_name: 'push', ref: 'refs/tags/v1' },
      ...{
        sha: 'ab'.repeat(20),
        job_workflow_ref: `${repository}/.github/workflows/${workflow}@refs/tags/v1`,
      },
    };
    const signed = [{ alg: 'RS256', kid, typ: 'JWT' }, claims].map(base64Url).join('.');
    return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
  };

  const server = await serveLocally((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (pathname === '/.well-known/openid-configuration') {
      answer(200, { issuer: url, jwks_uri: `${url}/keys` });
    } else if (pathname === '/keys') {
      answer(200, { keys: [jwk] });
    } else if (pathname === '/token' && request.headers.authorization?.toLowerCase() === `bearer ${secret}`) {
      const audience = searchParams.get('audience') ?? '';
      audiences.push(audience);
      answer(200, { value: identityToken(audience, searchParams.get('workflow') ?? '') });
    } else {
      answer(404, {});
    }
  });
  const url = server.url.replace(/\/$/, '');
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  return {
    url,
    audiences,
    jobEnvironment: (workflow) => ({
      GITHUB_ACTIONS: 'true',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: secret,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?workflow=${workflow}`,
    }),
    close: () => server.close(),
  };
}

function base64Url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
