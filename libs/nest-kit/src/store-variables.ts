import { bucketPrefix, isBucketName, isRegionName } from '@rind/storage-port';
import type { StoreLocation } from '@rind/storage-port';
import { z } from 'zod';
import { httpUrl } from './config.ts';

const keyPrefix = z
  .string()
  .transform(bucketPrefix)
  .pipe(z.string('must be segments of A-Z a-z 0-9 . _ + ! -'))
  .default('');

const folder = z.object({
  RIND_STORE_KIND: z.literal('fs'),
  /** Folder that holds `metadata/` and `targets/`. */
  RIND_STORE_PATH: z.string().min(1),
});

const bucket = z
  .object({
    RIND_STORE_KIND: z.literal('s3'),
    /** Of a server that is not AWS's own. */
    RIND_S3_ENDPOINT: httpUrl.optional(),
    RIND_S3_BUCKET: z.string().refine(isBucketName, 'must be 3 to 63 of a-z 0-9 . -'),
    /** What stands before `metadata/` and `targets/` in every key. */
    RIND_S3_PREFIX: keyPrefix,
    AWS_REGION: z.string().refine(isRegionName, 'must be the name of a region'),
    /** Only looked at so that half of a pair is noticed: AWS's own chain of providers reads them. */
    AWS_ACCESS_KEY_ID: z.string().optional(),
    AWS_SECRET_ACCESS_KEY: z.string().optional(),
  })
  .superRefine((read, context) => {
    const absent = (['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const).filter(
      (name) => read[name] === undefined,
    );
    if (absent.length === 1) {
      context.addIssue({ code: 'custom', path: absent, message: 'belongs to the other half of the key' });
    }
  })
  .transform(({ AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _secret, ...store }) => store);

/** Where a process finds the objects of the repository; `.and` it to the schema of an app. */
export const storeVariables = z.discriminatedUnion('RIND_STORE_KIND', [folder, bucket]);

export type StoreVariables = z.output<typeof storeVariables>;

export function storeLocation(read: StoreVariables): StoreLocation {
  if (read.RIND_STORE_KIND === 'fs') return { kind: 'fs', path: read.RIND_STORE_PATH };
  return {
    kind: 's3',
    endpoint: read.RIND_S3_ENDPOINT ?? null,
    region: read.AWS_REGION,
    bucket: read.RIND_S3_BUCKET,
    prefix: read.RIND_S3_PREFIX,
  };
}
