import { utf8 } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { checkDistributionContents, neededMembers } from './distribution-contents.ts';
import type { CheckedContents, DistributionContents, DistributionMember } from './distribution-contents.ts';
import { DistributionError } from './distribution-error.ts';

const wheel = { kind: 'wheel', filename: 'my_six-1.0.0-py3-none-any.whl' } as const;
const sdist = { kind: 'sdist', filename: 'my_six-1.0.0.tar.gz' } as const;
const info = 'my_six-1.0.0.dist-info';

const whole: Readonly<Record<string, string>> = {
  'my_six.py': 'x = 1',
  [`${info}/METADATA`]: 'Metadata-Version: 2.4\n',
  [`${info}/WHEEL`]: 'Wheel-Version: 1.0\n',
  [`${info}/RECORD`]: `my_six.py,sha256=x,5\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
};

type Outcome = CheckedContents | readonly [code: string, details: object];

function contentsOf(files: Readonly<Record<string, string | undefined>>): DistributionContents {
  const there = Object.entries(files).filter((file): file is [string, string] => file[1] !== undefined);
  return {
    members: there.map(([name]): DistributionMember => ({
      name,
      kind: name.endsWith('/') ? 'directory' : 'file',
    })),
    contents: new Map(
      there.filter(([name]) => neededMembers(wheel).includes(name)).map(([name, text]) => [name, utf8(text)]),
    ),
  };
}

function outcome(check: () => CheckedContents): Outcome {
  try {
    return check();
  } catch (error) {
    if (error instanceof DistributionError) return [error.code, error.details];
    throw error;
  }
}

const ofWheel = (
  changes: Readonly<Record<string, string | undefined>>,
  licenseFiles: readonly string[] = [],
) => outcome(() => checkDistributionContents(wheel, contentsOf({ ...whole, ...changes }), licenseFiles));

const ofSdist = (names: readonly string[], licenseFiles: readonly string[] = []) =>
  outcome(() =>
    checkDistributionContents(
      sdist,
      contentsOf(Object.fromEntries(names.map((name) => [name, '']))),
      licenseFiles,
    ),
  );

describe('a wheel', () => {
  it('in order gives its core metadata byte for byte', () => {
    expect(ofWheel({})).toEqual({ coreMetadata: utf8('Metadata-Version: 2.4\n'), warnings: [] });
  });

  it.each(['WHEEL', 'METADATA', 'RECORD'])('without %s is refused', (file) => {
    const member = `${info}/${file}`;
    expect(ofWheel({ [member]: undefined })).toEqual(['distribution.file-missing', { member }]);
  });

  it('whose METADATA lies elsewhere is refused', () => {
    const member = `${info}/METADATA`;
    const elsewhere = { [member]: undefined, 'my_six-1.0.dist-info/METADATA': 'x' };
    expect(ofWheel(elsewhere)).toEqual(['distribution.file-missing', { member }]);
  });

  it('has its licence files in their folder', () => {
    const member = `${info}/licenses/LICENSES/MIT.txt`;
    const record = `${whole[`${info}/RECORD`]}${member},,\n`;
    expect(ofWheel({ [member]: 'MIT', [`${info}/RECORD`]: record }, ['LICENSES/MIT.txt'])).toMatchObject({
      warnings: [],
    });
    expect(ofWheel({ LICENSE: 'MIT' }, ['LICENSE'])).toEqual([
      'distribution.license-file-missing',
      { licenseFile: 'LICENSE', member: `${info}/licenses/LICENSE` },
    ]);
  });

  it.each<[string, Readonly<Record<string, string>>, number]>([
    ['that is not recorded', { 'more.py': '' }, 1],
    ['that is recorded and absent', { [`${info}/RECORD`]: `${whole[`${info}/RECORD`]}gone.py,,\n` }, 1],
    ['that is a folder', { 'my_six/': '' }, 0],
    ['that signs RECORD', { [`${info}/RECORD.jws`]: '', [`${info}/RECORD.p7s`]: '' }, 0],
  ])('with a file %s is taken, and a difference from RECORD told', (_what, changes, count) => {
    expect(ofWheel(changes)).toMatchObject({ warnings: { length: count } });
  });

  it.each([
    ['with quotation marks', `"my_six.py",,\n"${info}/METADATA",,\n"${info}/WHEEL",,\n"${info}/RECORD",,\n`],
    ['with other line ends', whole[`${info}/RECORD`]!.replaceAll('\n', '\r\n')],
    ['with empty lines', `\n${whole[`${info}/RECORD`]!.replaceAll('\n', '\n\n')}`],
    ['with backslashes', whole[`${info}/RECORD`]!.replaceAll('/', '\\')],
  ])('may have a RECORD %s', (_what, record) => {
    expect(ofWheel({ [`${info}/RECORD`]: record })).toMatchObject({ warnings: [] });
  });

  it('whose RECORD is no text has none', () => {
    const contents = contentsOf(whole);
    const broken = new Map(contents.contents).set(`${info}/RECORD`, Uint8Array.of(0xff));
    expect(outcome(() => checkDistributionContents(wheel, { ...contents, contents: broken }, []))).toEqual([
      'distribution.file-missing',
      { member: `${info}/RECORD` },
    ]);
  });

  it('whose entry points cannot be read is refused', () => {
    expect(ofWheel({ [`${info}/entry_points.txt`]: 'x = y' })).toEqual([
      'distribution.entry-points-invalid',
      { problem: 'no-section' },
    ]);
  });

  it('spells its folder as its file name does', () => {
    expect(neededMembers({ kind: 'wheel', filename: 'A.b-1!2.0-1-py3-none-any.whl' })).toEqual(
      ['WHEEL', 'METADATA', 'RECORD', 'entry_points.txt'].map((file) => `A.b-1!2.0.dist-info/${file}`),
    );
  });
});

describe('a source distribution', () => {
  it.each<[string, readonly string[]]>([
    ['one folder', ['my_six-1.0.0/PKG-INFO', 'my_six-1.0.0/six.py']],
    ['a folder of another name', ['six/PKG-INFO', 'six/a/b/c.py']],
    ['a folder that is a member', ['s/', 's/PKG-INFO']],
  ])('with %s is in order', (_what, names) => {
    expect(ofSdist(names)).toEqual({ coreMetadata: null, warnings: [] });
  });

  it.each<[string, readonly string[], readonly [string, object]]>([
    ['nothing in it', [], ['distribution.no-single-folder', {}]],
    ['two folders', ['a/PKG-INFO', 'b/x.py'], ['distribution.no-single-folder', {}]],
    ['a file beside its folder', ['a/PKG-INFO', 'x.py'], ['distribution.no-single-folder', {}]],
    ['a folder whose name begins alike', ['a/PKG-INFO', 'ab/x'], ['distribution.no-single-folder', {}]],
    ['no PKG-INFO', ['a/x', 'a/y'], ['distribution.file-missing', { member: 'a/PKG-INFO' }]],
    [
      'PKG-INFO further down',
      ['a/x', 'a/b/PKG-INFO'],
      ['distribution.file-missing', { member: 'a/PKG-INFO' }],
    ],
    ['a folder PKG-INFO', ['a/x', 'a/PKG-INFO/'], ['distribution.file-missing', { member: 'a/PKG-INFO' }]],
    [
      'names with a dot in front',
      ['./a/PKG-INFO', './a/x'],
      ['distribution.file-missing', { member: 'a/PKG-INFO' }],
    ],
  ])('with %s is refused', (_what, names, expected) => {
    expect(ofSdist(names)).toEqual(expected);
  });

  it('has the licence files that it names', () => {
    const names = ['a/PKG-INFO', 'a/LICENSE', 'a/licenses/MIT'];
    expect(ofSdist(names, ['LICENSE', 'licenses/MIT'])).toMatchObject({ warnings: [] });
    expect(ofSdist(names, ['LICENSE', 'MIT'])).toEqual([
      'distribution.license-file-missing',
      { licenseFile: 'MIT', member: 'a/MIT' },
    ]);
  });

  it('is not read beyond its names', () => {
    expect(neededMembers(sdist)).toEqual([]);
  });
});
