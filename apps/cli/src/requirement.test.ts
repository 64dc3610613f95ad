import type { ProjectPage } from '@rind/index-model';
import { isRindError } from '@rind/kernel';
import type { ProjectName } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { parseRequirement, selectFiles } from './requirement.ts';

describe('a requirement', () => {
  it.each([
    ['demo', 'demo', null],
    ['Demo_Project', 'demo-project', null],
    ['demo==1.0', 'demo', '1.0'],
    ['demo == 1.0', 'demo', '1.0'],
    ['demo==2.0rc1', 'demo', '2.0rc1'],
  ])('%s is of %s, version %s', (text, project, version) => {
    const parsed = parseRequirement(text);
    expect([parsed.project, parsed.version?.text ?? null]).toEqual([project, version]);
  });

  it.each([
    ['demo==', 'usage.invalid'],
    ['demo==1.0==2.0', 'usage.invalid'],
    ['demo==one', 'version.invalid'],
    ['demo>=1.0', 'name.invalid'],
    ['demo[extra]', 'name.invalid'],
    ['', 'name.invalid'],
    ['../demo', 'name.invalid'],
  ])('%j is refused: %s', (text, code) => {
    expect(codeOf(() => parseRequirement(text))).toBe(code);
  });
});

type Listed = string | readonly [filename: string, yanked: true];

function page(files: readonly Listed[], fields: Partial<ProjectPage> = {}): ProjectPage {
  return {
    name: 'demo' as ProjectName,
    status: 'active',
    files: files.map((file) => ({
      filename: typeof file === 'string' ? file : file[0],
      yanked: typeof file !== 'string',
      sha256: '0'.repeat(64),
      size: 1,
      uploadTime: '2026-01-01T00:00:00.000000Z',
    })),
    ...fields,
  };
}

function selected(files: readonly Listed[], requirement: string, filename?: string): string[] {
  return selectFiles(page(files), parseRequirement(requirement).version, filename).map(
    (file) => file.filename,
  );
}

describe('the files of a requirement', () => {
  const wheel = 'demo-1.0-py3-none-any.whl';
  const all: Listed[] = [
    'demo-0.9.tar.gz',
    'demo-1.0.tar.gz',
    wheel,
    'demo-1.1rc1.tar.gz',
    ['demo-2.0.tar.gz', true],
  ];

  it.each<[string, Listed[], string, string[]]>([
    ['are the newest release without a version', all, 'demo', ['demo-1.0.tar.gz', wheel]],
    ['are a pre-release when asked for', all, 'demo==1.1rc1', ['demo-1.1rc1.tar.gz']],
    ['are a yanked release when asked for', all, 'demo==2.0', ['demo-2.0.tar.gz']],
    ['are those of an equal version', all, 'demo==1', ['demo-1.0.tar.gz', wheel]],
    [
      'are a pre-release rather than a yanked release',
      [['demo-2.0.tar.gz', true], 'demo-1.0a1.tar.gz'],
      'demo',
      ['demo-1.0a1.tar.gz'],
    ],
    [
      'are a yanked release when there is nothing else',
      [['demo-2.0.tar.gz', true]],
      'demo',
      ['demo-2.0.tar.gz'],
    ],
    [
      'are ordered as versions, not as texts',
      ['demo-9.tar.gz', 'demo-10.tar.gz'],
      'demo',
      ['demo-10.tar.gz'],
    ],
    [
      'are found beside a name that tells no version',
      ['demo.exe', 'demo-1.0.tar.gz'],
      'demo',
      ['demo-1.0.tar.gz'],
    ],
  ])('%s', (_sentence, files, requirement, expected) => {
    expect(selected(files, requirement)).toEqual(expected);
  });

  it('are the one of that name, of whatever version, but not of another than asked for', () => {
    expect(selected(all, 'demo', 'demo-0.9.tar.gz')).toEqual(['demo-0.9.tar.gz']);
    expect(selected(all, 'demo==1.0', wheel)).toEqual([wheel]);
    expect(codeOf(() => selected(all, 'demo==0.9', wheel))).toBe('file.not-found');
  });

  it.each(['demo==3', 'demo==1.0.post1'])('are missing: %s', (requirement) => {
    expect(codeOf(() => selected(all, requirement))).toBe('file.not-found');
  });

  it('are missing when the page offers none, or not that one', () => {
    expect(codeOf(() => selected([], 'demo'))).toBe('file.not-found');
    expect(codeOf(() => selected(all, 'demo', 'other-1.0.tar.gz'))).toBe('file.not-found');
    expect(codeOf(() => selectFiles(page([], { status: 'quarantined' }), null))).toBe('file.not-found');
  });
});

function codeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return isRindError(error) ? error.code : 'another error';
  }
}
