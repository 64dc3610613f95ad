import { refused } from './errors.ts';
import type { ArchiveError } from './errors.ts';

/** Why the records of a zip file are not accepted. The texts are PyPI's as far as PyPI makes the check. */
const texts = {
  malformed: 'Malformed zip file',
  'unknown-record': 'Unknown record signature',
  'trailing-data': 'Trailing data',
  'member-comment': 'Comment in central directory',
  'data-descriptor': 'ZIP contains a data descriptor',
  'duplicate-extra': 'Invalid duplicate extra in local file',
  'duplicate-local': 'Duplicate filename in local headers',
  'duplicate-in-directory': 'Duplicate filename in central directory',
  'missing-local': 'Missing filename in local headers',
  'not-in-directory': 'Filename not in central directory',
  'mismatched-headers': 'Mis-matched local headers and central directory',
  'mismatched-data-size': 'Mis-matched data size',
  'mismatched-file-size': 'Mis-matched file size',
  'mismatched-records': 'Mismatched central directory records',
  'mismatched-offset': 'Mismatched central directory offset',
  'zip64-extensible-data': 'ZIP64 extensible data not allowed',
  'unprintable-name': 'Invalid character in filename',
  'name-not-unicode': 'Filename not unicode',
  'unicode-path': 'Filename not valid UTF-8',
  // What PyPI does not look at.
  'unsafe-name': 'Filename leads out of the archive',
  'not-a-file': 'Link or special file',
  'directory-with-data': 'Directory with data',
  encrypted: 'Encrypted member',
  'multi-disk': 'Archive on several disks',
} as const;

export type ZipReason = keyof typeof texts;

export function zipRefused(
  reason: ZipReason,
  member: string | null = null,
): ArchiveError<'archive.zip-refused'> {
  const problem = `ZIP archive not accepted: ${texts[reason]}. See /help/#archives for more information`;
  return refused('archive.zip-refused', problem, { reason, member });
}
