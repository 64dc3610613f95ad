import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../vectors/filename.json' with { type: 'json' };
import { isFilename, maxFilenameLength, parseDistribution, tryParseDistribution } from './filename.ts';

interface Parsed {
  kind: string;
  project: string;
  version: string;
  build?: string | null;
  platforms?: string[];
}

const cases = vectors as [string, Parsed | null][];

describe('the name of a distribution, compared with packaging', () => {
  it.each(cases)('%j says %j', (filename, expected) => {
    const parsed = tryParseDistribution(filename);
    if (parsed === null || expected === null) return expect(parsed).toBe(expected);
    const { kind, project, version } = parsed;
    const seen: Parsed = { kind, project, version };
    if (parsed.kind === 'wheel') {
      Object.assign(seen, { build: parsed.build, platforms: [...parsed.platformTags].sort() });
    }
    expect(seen).toEqual(expected);
  });
});

describe('the name of a distribution', () => {
  it.each([
    'foo-1.0-py3-none-any.whl/',
    'fo√o-1.0.tar.gz',
    'foo-1.0-py3-no%ne-any.whl',
    `${'a'.repeat(170)}-1.0.0.tar.gz`,
  ])('%j is refused though it has all parts', (filename) => {
    expect(() => parseDistribution(filename)).toThrow(expect.objectContaining({ code: 'filename.invalid' }));
  });

  it('fits into the directory of a store behind its checksum, with its metadata', () => {
    const longest = `${'a'.repeat(maxFilenameLength - '-1.0.tar.gz'.length)}-1.0.tar.gz`;
    expect(parseDistribution(longest).version).toBe('1.0');
    expect(`${'0'.repeat(64)}.${longest}.metadata`).toHaveLength(255);
  });

  it('is read or refused, never anything else', () => {
    const parts = fc.array(
      fc.constantFrom('foo', '1.0', '-', '-', '_', '.', 'py3', 'none', 'any', '.whl', '.tar.gz'),
    );
    fc.assert(
      fc.property(parts, (texts) => {
        const parsed = tryParseDistribution(texts.join(''));
        if (parsed !== null) expect(isFilename(parsed.filename)).toBe(true);
      }),
    );
  });
});

describe('a file name', () => {
  it.each(['six-1.17.0.tar.gz', 'a', 'A+b!c_d-e.f', 'x'.repeat(maxFilenameLength)])('may be %j', (text) => {
    expect(isFilename(text)).toBe(true);
  });

  it.each([
    '',
    '.',
    '..',
    '.hidden',
    '-x',
    'a/b',
    'a\\b',
    'a b',
    'a%2fb',
    'ä',
    'a\n',
    'x'.repeat(maxFilenameLength + 1),
  ])('may not be %j', (text) => {
    expect(isFilename(text)).toBe(false);
  });
});
