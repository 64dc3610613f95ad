import { RindError } from '@rind/kernel';

interface FetchErrors {
  'fetch.failed': { url: string; status: number | null };
  'fetch.too-large': { url: string; maxBytes: number };
  'fetch.timeout': { url: string; timeoutMs: number };
  'fetch.slow': { url: string; bytesPerSecond: number };
}

export type FetchErrorCode = keyof FetchErrors;

export class FetchError<Code extends FetchErrorCode = FetchErrorCode> extends RindError<
  Code,
  FetchErrors[Code]
> {}
