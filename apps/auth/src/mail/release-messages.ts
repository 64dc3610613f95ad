import type { Message } from './messages.ts';

const releaseWords = {
  yank: 'was yanked',
  unyank: 'is no longer yanked',
  delete: 'was deleted',
  restore: 'was restored',
  archive: 'was archived',
  unarchive: 'is no longer archived',
} as const;
const mostNamed = 50;

export interface ReleaseNews {
  readonly project: string;
  /** Null where it is about the project. */
  readonly version: string | null;
  readonly filenames: readonly string[];
  readonly actor: string;
  readonly at: string;
  readonly link: string;
}

/** For everybody who has a part in the project. The reason is not in it: somebody typed that. */
export function releaseChanged(
  verb: keyof typeof releaseWords,
  { project, version, filenames, actor, at, link }: ReleaseNews,
): Message {
  const what = version === null ? project : `${project} ${version}`;
  const more = filenames.length > mostNamed ? [`and ${filenames.length - mostNamed} more`] : [];
  const named = [...filenames.slice(0, mostNamed), ...more];
  return {
    subject: `${what} ${releaseWords[verb]}`,
    text: `${what} ${releaseWords[verb]} by ${actor} on ${at}.${named.length === 0 ? '' : `\n\n${named.join('\n')}`}

If this should not have happened, talk to the other owners of the project, and look at it here:

${link}`,
  };
}
