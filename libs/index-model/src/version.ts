import { IndexModelError } from './errors.ts';

/** A PEP 440 version. Numbers may be longer than 2^53: calendar versions with seconds are. */
export interface Version {
  /** Normal form: what Python's `packaging` prints. Trailing zeros are kept. */
  readonly text: string;
  readonly epoch: bigint;
  readonly release: readonly bigint[];
  readonly pre: readonly ['a' | 'b' | 'rc', bigint] | null;
  readonly post: bigint | null;
  readonly dev: bigint | null;
  /** Segments after `+`; digits alone count as a number. */
  readonly local: readonly (bigint | string)[] | null;
  /** A pre-release or a development release. */
  readonly isPrerelease: boolean;
}

/** Characters; far more than a file name can hold. */
export const maxVersionLength = 255;

/** PEP 440 Appendix B, with the alternate spellings that normalisation resolves. */
const VERSION = new RegExp(
  [
    /^\s*v?/,
    /(?:(?<epoch>[0-9]+)!)?/,
    /(?<release>[0-9]+(?:\.[0-9]+)*)/,
    /(?:[._-]?(?<preLabel>alpha|a|beta|b|preview|pre|c|rc)[._-]?(?<preNumber>[0-9]+)?)?/,
    /(?<post>-(?<postBare>[0-9]+)|[._-]?(?:post|rev|r)[._-]?(?<postNumber>[0-9]+)?)?/,
    /(?<dev>[._-]?dev[._-]?(?<devNumber>[0-9]+)?)?/,
    /(?:\+(?<local>[a-z0-9]+(?:[._-][a-z0-9]+)*))?/,
    /\s*$/,
  ]
    .map((part) => part.source)
    .join(''),
  'i',
);

const PRE_LABELS: ReadonlyMap<string, 'a' | 'b' | 'rc'> = new Map([
  ['a', 'a'],
  ['alpha', 'a'],
  ['b', 'b'],
  ['beta', 'b'],
  ['c', 'rc'],
  ['rc', 'rc'],
  ['pre', 'rc'],
  ['preview', 'rc'],
]);

/** @throws IndexModelError `version.invalid` */
export function parseVersion(text: string): Version {
  const parsed = tryParseVersion(text);
  if (parsed === null) {
    throw new IndexModelError('version.invalid', 'not a PEP 440 version', {
      version: text.slice(0, maxVersionLength),
    });
  }
  return parsed;
}

/** Null when the text is no PEP 440 version of at most 255 characters. */
export function tryParseVersion(text: string): Version | null {
  if (text.length > maxVersionLength) return null;
  const parts = VERSION.exec(text)?.groups;
  if (parts === undefined) return null;
  const preLabel = PRE_LABELS.get(parts['preLabel']?.toLowerCase() ?? '');
  const fields = {
    epoch: number(parts['epoch']),
    release: parts['release']!.split('.').map(BigInt),
    pre: preLabel === undefined ? null : ([preLabel, number(parts['preNumber'])] as const),
    post: parts['post'] === undefined ? null : number(parts['postBare'] ?? parts['postNumber']),
    dev: parts['dev'] === undefined ? null : number(parts['devNumber']),
    local:
      parts['local'] === undefined ? null : parts['local'].toLowerCase().split(/[._-]/).map(localSegment),
  };
  return { ...fields, text: formatVersion(fields), isPrerelease: fields.pre !== null || fields.dev !== null };
}

/**
 * Normal form without trailing zeros of the release: equal for equal versions. A text that is no version is
 * given back unaltered.
 */
export function canonicalizeVersion(text: string): string {
  const version = tryParseVersion(text);
  return version === null
    ? text
    : formatVersion({ ...version, release: withoutTrailingZeros(version.release) });
}

/** The release segment up to its last number that is not zero; its first number always stays. */
export function withoutTrailingZeros(release: readonly bigint[]): readonly bigint[] {
  let end = release.length;
  while (end > 1 && release[end - 1] === 0n) end--;
  return release.slice(0, end);
}

/** The normal form of what a version says. */
export function formatVersion({
  epoch,
  release,
  pre,
  post,
  dev,
  local,
}: Omit<Version, 'text' | 'isPrerelease'>): string {
  return [
    epoch === 0n ? '' : `${epoch}!`,
    release.join('.'),
    pre === null ? '' : pre.join(''),
    post === null ? '' : `.post${post}`,
    dev === null ? '' : `.dev${dev}`,
    local === null ? '' : `+${local.join('.')}`,
  ].join('');
}

function number(digits: string | undefined): bigint {
  return digits === undefined ? 0n : BigInt(digits);
}

function localSegment(text: string): bigint | string {
  return /^[0-9]+$/.test(text) ? BigInt(text) : text;
}
