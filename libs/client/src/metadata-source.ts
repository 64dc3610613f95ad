import { FetchError } from '@rind/client-port';
import type { Fetcher } from '@rind/client-port';
import { isRindError } from '@rind/kernel';
import { at } from './checks.ts';
import { ClientError, FailedTransfer } from './errors.ts';
import type { Place } from './errors.ts';
import { encodePathSegment } from './target-path.ts';

/** The repository's metadata files. No more is read of any than it may be long, whatever the fetcher does. */
export class MetadataSource {
  private readonly fetcher: Fetcher;
  private readonly baseUrl: string;

  /** @param baseUrl with or without a slash at its end */
  constructor(fetcher: Fetcher, baseUrl: string) {
    this.fetcher = fetcher;
    this.baseUrl = withSlash(baseUrl);
  }

  /** The file's URL; a null version stands for a name without version (TUF 1.0.34 §5.3.3, §5.4.1). */
  url(role: string, version: number | null): string {
    const name = `${encodePathSegment(role)}.json`;
    return `${this.baseUrl}${version === null ? name : `${version}.${name}`}`;
  }

  /**
   * The file, or null when it does not exist.
   * @param maxBytes the limit for files of this kind
   * @param spec step of the specification that asks for the file
   * @param listedBytes length according to the role above, which may only lower the limit
   */
  async fetch(role: string, version: number | null, maxBytes: number, spec: string, listedBytes?: number) {
    const bound = Math.min(maxBytes, listedBytes ?? maxBytes);
    const place = at(role, spec);
    const bytes = await fetchBounded(this.fetcher, this.url(role, version), bound, place);
    if (bytes !== 'too large') return bytes;
    throw bound === listedBytes
      ? new ClientError('verify.length-mismatch', place, { expected: bound, received: null })
      : new ClientError('verify.too-large', place, { maxBytes: bound });
  }

  /** The file; `role.missing` when it does not exist. */
  async require(role: string, version: number | null, maxBytes: number, spec: string, listedBytes?: number) {
    const bytes = await this.fetch(role, version, maxBytes, spec, listedBytes);
    if (bytes === null)
      throw new ClientError('role.missing', at(role, spec), { url: this.url(role, version) });
    return bytes;
  }
}

/**
 * A file of at most `maxBytes`, or the word that it has more; other failures of the fetcher become a `FailedTransfer`.
 * @param place what the file is needed for
 */
export async function fetchBounded(
  fetcher: Fetcher,
  url: string,
  maxBytes: number,
  place: Place,
): Promise<Uint8Array | null | 'too large'> {
  try {
    const bytes = await fetcher.fetch(url, maxBytes);
    return bytes !== null && bytes.length > maxBytes ? 'too large' : bytes;
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    if (isRindError(error, 'fetch.too-large')) return 'too large';
    throw new FailedTransfer(error, place);
  }
}

export function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
