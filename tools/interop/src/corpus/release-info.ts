import type { StatedFacts } from './stated-facts.ts';

/** What a release says of itself, by the names of PyPI’s JSON, in a form in which two ways to write it are equal. */
export type ReleaseInfo = Readonly<Record<string, unknown>>;

/** Fields by their name in the JSON: their name in the file, and how they are compared. */
const fields = {
  version: ['version', text],
  name: ['name', sentName],
  summary: ['summary', text],
  author: ['author', text],
  author_email: ['author-email', text],
  maintainer: ['maintainer', text],
  maintainer_email: ['maintainer-email', text],
  license: ['license', text],
  license_expression: ['license-expression', text],
  home_page: ['home-page', text],
  download_url: ['download-url', text],
  description_content_type: ['description-content-type', text],
  requires_python: ['requires-python', ([one]) => specifiers(one)],
  keywords: ['keywords', ([one]) => keywords(one)],
  classifiers: ['classifier', sorted],
  requires_dist: ['requires-dist', sorted],
  provides_extra: ['provides-extra', sorted],
  dynamic: ['dynamic', sorted],
  license_files: ['license-file', sorted],
} as const satisfies Readonly<Record<string, readonly [string, (values: readonly string[]) => unknown]>>;

/** What `info` must be, by what the first file of the release states. */
export function statedInfo({ metadata, description }: StatedFacts): ReleaseInfo {
  const info: Record<string, unknown> = {};
  for (const [name, [field, compared]] of Object.entries(fields)) {
    // Before 2.4 the field was a custom of one tool, and twine leaves it out.
    if (name === 'license_files' && !(Number(metadata['metadata-version']?.[0]) >= 2.4)) continue;
    // Old tools wrote this for what nobody said.
    const values = (metadata[field] ?? []).filter((value) => value !== 'UNKNOWN');
    info[name] = compared(values);
  }
  return { ...info, description: lines(description), project_urls: projectUrls(metadata) };
}

/** The same of the JSON, as far as it was stated. */
export function shownInfo(info: ReleaseInfo, stated: ReleaseInfo): ReleaseInfo {
  const shown: Record<string, unknown> = {};
  for (const [name, [, compared]] of Object.entries(fields)) {
    if (!(name in stated)) continue;
    const value = info[name] as string | readonly string[] | null | undefined;
    shown[name] = compared(typeof value === 'string' ? [value] : (value ?? []));
  }
  return {
    ...shown,
    description: lines(String(info['description'])),
    project_urls: info['project_urls'] ?? {},
  };
}

/** An index writes a set of specifiers in its own order and without spaces, as PyPI does. */
export function specifiers(value: string | null | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((each) => each.replace(/\s+/g, ''))
    .filter((each) => each !== '')
    .sort();
}

/** White space at ends and between lines is nobody’s statement. */
function text([value]: readonly string[]): string {
  return (value ?? '').replace(/\s+/g, ' ').trim();
}

/** twine sends a name without what a file name cannot hold, and with its capital letters. */
function sentName([value]: readonly string[]): string {
  return (value ?? '').replace(/[^A-Za-z0-9.]+/g, '-');
}

/** twine takes them apart at the commas and joins them again with spaces. */
function keywords(value: string | undefined): string[] {
  return value === undefined ? [] : value.split(',').map((each) => each.trim());
}

/** Requirements are compared without the spaces that tools set differently. */
function sorted(values: readonly string[]): string[] {
  return values.map((value) => text([value]).replace(/\s*([;<>=!~()[\],])\s*/g, '$1')).sort();
}

/** Every character of a description counts but the ends of its lines, which a form sends in its own way. */
function lines(value: string): string {
  return value.replaceAll('\r\n', '\n');
}

/** PyPI shows the home page and the download among them: a stated URL may take over their label, and is left out where it repeats them. */
function projectUrls(metadata: StatedFacts['metadata']): Readonly<Record<string, string>> {
  const one = (field: string): string => (metadata[field] ?? []).find((url) => url !== 'UNKNOWN') ?? '';
  const known: readonly [string, string, string][] = [
    ['Homepage', one('home-page'), 'homepage'],
    ['Download', one('download-url'), 'downloadurl'],
  ];
  const stated = (metadata['project-url'] ?? []).map((pair): [string, string] => {
    const comma = pair.indexOf(',');
    return [pair.slice(0, comma).trim(), pair.slice(comma + 1).trim()];
  });
  const repeats = ([label, url]: readonly [string, string]): boolean =>
    known.some(([, of, plain]) => url === of && label.toLowerCase().replace(/[-_]/g, '') === plain);
  return Object.fromEntries([
    ...known.filter(([, url]) => url !== '').map(([label, url]) => [label, url] as const),
    ...stated.filter((pair) => !repeats(pair)),
  ]);
}
