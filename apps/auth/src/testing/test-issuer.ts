import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { CryptoKey, JWK } from 'jose';

interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly published: JWK;
}

/** An issuer of identity tokens on this machine: discovery, keys, and whatever token a test wants of it. */
export interface TestIssuer {
  /** As `iss` has it. */
  readonly url: string;
  readonly jwksUri: string;
  /** The key that signs now, as it is published. */
  readonly published: () => JWK;
  /** Another key from now on; the ones before are not published any more. */
  rotate(alg?: 'RS256' | 'ES256'): Promise<void>;
  /** @param claims exactly these */
  sign(
    claims: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
  ): Promise<string>;
  /** What it answers; anything else than `null` stands in for its configuration or its keys. */
  readonly answers: { status: number; configuration: object | null; keys: object | string | null };
  /** Requests that it got. */
  readonly asked: string[];
}

export interface TestIssuers {
  readonly origin: string;
  issuer(name: string): TestIssuer;
  stop(): Promise<void>;
}

/** One server for issuers of the given names. */
export async function startTestIssuers(names: readonly string[]): Promise<TestIssuers> {
  const made = new Map<string, TestIssuer>();
  const server = createServer((request, response) => {
    const [, name = '', ...path] = (request.url ?? '').split('/');
    const issuer = made.get(name);
    issuer?.asked.push(path.join('/'));
    const { status = 404, configuration = null, keys = null } = issuer?.answers ?? {};
    const body =
      path[0] === '.well-known'
        ? (configuration ?? { issuer: issuer?.url, jwks_uri: issuer?.jwksUri, id_token_signing_alg: 1.5 })
        : (keys ?? { keys: issuer === undefined ? [] : [issuer.published()] });
    response.writeHead(status, { 'content-type': 'application/json', location: '/elsewhere' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const name of names) made.set(name, await newIssuer(`${origin}/${name}`, `${origin}/${name}/keys`));
  return {
    origin,
    issuer: (name) => made.get(name)!,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function newIssuer(url: string, jwksUri: string): Promise<TestIssuer> {
  let key = await newKey('RS256', 1);
  let keys = 1;
  return {
    url,
    jwksUri,
    published: () => key.published,
    async rotate(alg = 'RS256') {
      key = await newKey(alg, ++keys);
    },
    sign: (claims, header = {}) =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
        .sign(key.privateKey),
    answers: { status: 200, configuration: null, keys: null },
    asked: [],
  };
}

async function newKey(alg: string, number: number): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = `key-${number}`;
  return { kid, alg, privateKey, published: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}
