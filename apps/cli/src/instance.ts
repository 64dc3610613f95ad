import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CliError } from './errors.ts';

const instanceFile = z.looseObject({
  url: z.string(),
  metadata: z.string(),
  targets: z.string(),
  auth: z.string(),
  root: z.string(),
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

/** @throws CliError `instance.not-found` */
export function readInstance(dataDir: string): LocalInstance {
  const path = join(dataDir, 'rind.json');
  try {
    return { ...instanceFile.parse(JSON.parse(readFileSync(path, 'utf8'))), dataDir };
  } catch (cause) {
    throw new CliError(
      'instance.not-found',
      `no instance at ${path}: start one with npm start, or name its folder with --data`,
      { looked: path },
      { cause },
    );
  }
}
