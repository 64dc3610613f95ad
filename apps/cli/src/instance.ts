import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { trustAuthority } from '@rind/client-node';
import { z } from 'zod';
import { CliError } from './errors.ts';

const instanceFile = z.looseObject({
  url: z.string(),
  metadata: z.string(),
  targets: z.string(),
  auth: z.string(),
  root: z.string(),
  ca: z.string().nullable().default(null),
  repository: z.string(),
  user: z.string(),
  db: z.object({ warehouse: z.string(), signer: z.string(), auth: z.string() }),
  endpoints: z.looseObject({ auth: z.string(), signer: z.array(z.string()).default([]) }),
  store: z.discriminatedUnion('kind', [
    z.looseObject({ kind: z.literal('fs'), path: z.string() }),
    z.looseObject({
      kind: z.literal('s3'),
      endpoint: z.string().nullable(),
      region: z.string().optional(),
      bucket: z.string(),
      prefix: z.string(),
    }),
  ]),
  operator: z.object({
    authSecret: z.string(),
    signerSecret: z.string().default(''),
    keyFile: z.string(),
    passphraseFile: z.string(),
  }),
});

/** What `rind.json` says of an instance on this machine. */
export type LocalInstance = z.output<typeof instanceFile> & { readonly dataDir: string };

/**
 * From here on its own certificate authority is trusted, where it has one: it can vouch for this machine alone.
 * @throws CliError `instance.not-found`
 */
export function readInstance(dataDir: string): LocalInstance {
  const path = join(dataDir, 'rind.json');
  try {
    const instance = instanceFile.parse(JSON.parse(readFileSync(path, 'utf8')));
    // One that is gone is missed by whoever speaks https, and by nobody else.
    if (instance.ca !== null && existsSync(instance.ca)) trustAuthority(instance.ca);
    return { ...instance, dataDir };
  } catch (cause) {
    throw new CliError(
      'instance.not-found',
      `no instance at ${path}: start one with npm start, or name its folder with --data`,
      { looked: path },
      { cause },
    );
  }
}
