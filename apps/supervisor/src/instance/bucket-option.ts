import { bucketPrefix, isBucketName, isRegionName } from '@rind/storage-port';
import { SupervisorError } from './errors.ts';

/** What the environment says of the bucket of `--store s3`; null where it says nothing. Credentials are AWS's own affair. */
export interface BucketOption {
  /** Without a slash at its end. */
  readonly endpoint: string | null;
  readonly region: string | null;
  readonly bucket: string | null;
  /** As it stands before keys. */
  readonly prefix: string | null;
}

/**
 * @param wanted `--store s3` was given: what is said must be whole and good. Without it the variables may be
 *   somebody else's; a data folder that has a bucket compares them with its own.
 * @throws SupervisorError `option.invalid`
 */
export function bucketOption(
  environment: Readonly<Record<string, string | undefined>>,
  wanted: boolean,
): BucketOption {
  const read = (name: string): string | null => environment[name]?.trim() || null;
  const prefix = read('RIND_S3_PREFIX');
  const given = {
    endpoint: read('RIND_S3_ENDPOINT')?.replace(/\/$/, '') ?? null,
    region: read('AWS_REGION'),
    bucket: read('RIND_S3_BUCKET'),
    prefix: prefix === null && !wanted ? null : bucketPrefix(prefix ?? ''),
  };
  if (!wanted) return given;
  if (given.bucket === null) throw refused('RIND_S3_BUCKET', 'is missing');
  if (!isBucketName(given.bucket)) throw refused('RIND_S3_BUCKET', 'must be 3 to 63 of a-z 0-9 . -');
  if (given.region === null) throw refused('AWS_REGION', 'is missing');
  if (!isRegionName(given.region)) throw refused('AWS_REGION', 'must be the name of a region');
  if (given.endpoint !== null && !isHttpUrl(given.endpoint))
    throw refused('RIND_S3_ENDPOINT', 'must be a URL');
  if (given.prefix === null) throw refused('RIND_S3_PREFIX', 'must be segments of A-Z a-z 0-9 . _ + ! -');
  return given;
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function refused(name: string, problem: string): SupervisorError {
  return new SupervisorError('option.invalid', `--store s3: ${name} ${problem}`, { option: 'store' });
}
