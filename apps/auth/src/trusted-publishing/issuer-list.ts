import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { parseJson } from '@rind/canonical-json';
import { KitError } from '@rind/nest-kit';
import { z } from 'zod';

/** What the claims of an issuer mean. */
export type IssuerKind = 'github' | 'gitlab' | 'generic';

/** Somebody whose identity tokens count, because the operator says so. */
export interface Issuer {
  /** Exactly as `iss` has it. */
  readonly url: string;
  readonly kind: IssuerKind;
  /** Where its keys are; null: asked of the issuer itself (OpenID Connect Discovery 1.0 §4). */
  readonly jwksUri: string | null;
  /** Certificates (PEM) that its TLS is checked against; null: those of the system. */
  readonly ca: string | null;
}

const variable = 'RIND_OIDC_ISSUERS_FILE';
const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

const address = z
  .url({ protocol: /^https?$/ })
  .max(200)
  .refine(isTrustworthyAddress, 'is neither https nor this machine')
  .refine((url) => !/[?#@]/.test(url), 'has a query, a fragment or a name in it');
const list = z
  .array(
    z.strictObject({
      issuer: address,
      kind: z.enum(['github', 'gitlab', 'generic']),
      jwksUri: address.optional(),
      ca: z.string().refine(isAbsolute, 'is no absolute path').optional(),
    }),
  )
  .max(50)
  .refine(
    (all) => new Set(all.map(({ issuer }) => issuer)).size === all.length,
    'names an issuer more than once',
  );

/** Whether what is fetched there is what its owner sends: TLS, or the same machine in development. */
export function isTrustworthyAddress(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && loopback.has(hostname));
}

/** The file that the variable names. @throws KitError `config.invalid` */
export function readIssuers(path: string | undefined): readonly Issuer[] {
  if (path === undefined) return [];
  let read: z.output<typeof list>;
  try {
    read = list.parse(parseJson(readFileSync(path), { maxBytes: 65_536 }));
  } catch (cause) {
    throw invalid(cause instanceof z.ZodError ? z.prettifyError(cause) : 'is not readable JSON', cause);
  }
  return read.map(({ issuer, kind, jwksUri = null, ca }) => ({
    url: issuer,
    kind,
    jwksUri,
    ca: ca === undefined ? null : certificates(ca),
  }));
}

function certificates(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw invalid(`names certificates that cannot be read: ${path}`, cause);
  }
}

function invalid(what: string, cause: unknown): KitError {
  const problem = `names a file that does not hold a list of issuers: ${what}`;
  const problems = [{ name: variable, problem }];
  return new KitError('config.invalid', `${variable} ${problem}`, { problems }, { cause });
}
