import { hash } from '@rind/crypto';
import { toBase64Url, utf8 } from '@rind/kernel';
import { gzipped, tarBytes } from './tar-bytes.ts';
import { zipBytes } from './zip-bytes.ts';

export interface DistributionParts {
  /** The project's name, in any spelling. */
  readonly name: string;
  readonly version: string;
  /** What tells files of one name and version apart; the archive is about as long as this. */
  readonly content?: string | Uint8Array;
  /** Lines of core metadata after Metadata-Version, Name and Version. */
  readonly metadata?: readonly string[];
  /** More files by their path: in a wheel from its root, in an sdist under its directory. */
  readonly files?: Readonly<Record<string, string>>;
  /** Paths that are left out in the end. */
  readonly without?: readonly string[];
}

/** Text of METADATA or PKG-INFO. */
export function coreMetadata({ name, version, metadata = [] }: DistributionParts): string {
  return `${['Metadata-Version: 2.1', `Name: ${name}`, `Version: ${version}`, ...metadata].join('\n')}\n`;
}

/** A wheel that installs (PEP 427), the same bytes for the same parts; nothing in it is compressed. */
export function wheelBytes(parts: DistributionParts): Uint8Array {
  const { content = '', files = {}, without = [] } = parts;
  const stem = stemOf(parts);
  const module = stem.slice(0, stem.indexOf('-'));
  const info = `${stem}.dist-info`;
  const entries: [path: string, bytes: Uint8Array][] = [
    [`${module}/__init__.py`, new Uint8Array()],
    [`${module}/content.txt`, bytesOf(content)],
    [`${info}/METADATA`, utf8(coreMetadata(parts))],
    [
      `${info}/WHEEL`,
      utf8('Wheel-Version: 1.0\nGenerator: rind\nRoot-Is-Purelib: true\nTag: py3-none-any\n'),
    ],
    ...Object.entries(files).map(([path, text]): [string, Uint8Array] => [path, utf8(text)]),
  ];
  if (!(`${info}/RECORD` in files)) {
    const lines = entries.map(
      ([path, bytes]) => `${path},sha256=${toBase64Url(hash('sha256', bytes))},${bytes.length}\n`,
    );
    entries.push([`${info}/RECORD`, utf8(`${lines.join('')}${info}/RECORD,,\n`)]);
  }
  return zipBytes(
    entries.filter(([path]) => !without.includes(path)).map(([name, data]) => ({ name, data })),
  );
}

/** A source distribution (PEP 625), the same bytes for the same parts; nothing in it is compressed. */
export function sdistBytes(parts: DistributionParts): Uint8Array {
  const { content = '', files = {}, without = [] } = parts;
  const top = stemOf(parts);
  const entries: [path: string, data: string | Uint8Array][] = [
    ['PKG-INFO', coreMetadata(parts)],
    ['content.txt', content],
    ...Object.entries(files),
  ];
  const members = entries
    .filter(([path]) => !without.includes(path))
    .map(([path, data]) => ({ name: `${top}/${path}`, data }));
  return gzipped(tarBytes(members), 0);
}

/** `<name>-<version>` as file names begin. */
function stemOf({ name, version }: DistributionParts): string {
  return `${name.toLowerCase().replaceAll(/[-_.]+/g, '_')}-${version}`;
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? utf8(data) : data;
}
