import { refused } from './errors.ts';
import type { ArchiveError } from './errors.ts';

/** Why the members of a tar file are not accepted. PyPI refuses the first only. */
const texts = {
  sparse: 'Sparse members are not allowed',
  malformed: 'Malformed tar file',
  'trailing-data': 'Trailing data',
  'several-streams': 'More than one gzip stream',
  'unknown-type': 'Unknown type of member',
  'special-file': 'Device or other special file',
  'unsafe-name': 'Filename leads out of the archive',
  'unprintable-name': 'Invalid character in filename',
  'name-not-unicode': 'Filename not unicode',
  'unsafe-link': 'Link leads out of its directory',
  'data-without-file': 'Data in a member that is no file',
  'header-too-long': 'Extended header too long',
} as const;

export type TarReason = keyof typeof texts;

export function tarRefused(
  reason: TarReason,
  member: string | null = null,
): ArchiveError<'archive.tar-refused'> {
  const problem = `tar archive not accepted: ${texts[reason]}. See /help/#archives for more information`;
  return refused('archive.tar-refused', problem, { reason, member });
}
