import { RindError } from '@rind/kernel';
import type { TarReason } from './tar-reasons.ts';
import type { ZipReason } from './zip-reasons.ts';

interface ArchiveErrors {
  'archive.not-zip': object;
  /** Not a tar file in a gzip stream. */
  'archive.not-tar': object;
  /** Programs would disagree about what kind of file it is. */
  'archive.polyglot': object;
  /** It unpacks to more than `maxRatio` times its own length. */
  'archive.bomb': { maxRatio: number };
  /** `method` is the number of APPNOTE 4.4.5. */
  'archive.unsupported-compression': { member: string; method: number };
  /** A record, name or header that programs read differently, or that has no place in a distribution. */
  'archive.zip-refused': { reason: ZipReason; member: string | null };
  'archive.tar-refused': { reason: TarReason; member: string | null };
  /** Compressed data that does not unpack to what its header or checksum says; null where it is the whole file. */
  'archive.corrupt': { member: string | null };
  'archive.too-many-members': { maxMembers: number };
  'archive.member-too-large': { member: string; maxBytes: number };
}

export type ArchiveErrorCode = keyof ArchiveErrors;

/** A refusal; its message is the text that an uploader reads. */
export class ArchiveError<Code extends ArchiveErrorCode = ArchiveErrorCode> extends RindError<
  Code,
  ArchiveErrors[Code]
> {}

/** The one with the words before it that uploaders know. */
export function refused<Code extends ArchiveErrorCode>(
  code: Code,
  problem: string,
  details: ArchiveErrors[Code],
  cause?: unknown,
): ArchiveError<Code> {
  return new ArchiveError(code, `Invalid distribution file. ${problem}`, details, { cause });
}

export function corrupt(member: string | null, cause?: unknown): ArchiveError<'archive.corrupt'> {
  const problem = member === null ? 'The file is damaged.' : `The file is damaged at ${member}.`;
  return refused('archive.corrupt', problem, { member }, cause);
}
