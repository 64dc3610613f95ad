import { describe, expect, it } from 'vitest';
import { checkFilenameMatches, checkFilenameShape } from './filename-match.ts';
import { parseVersion } from './version.ts';

function matching(filename: string, name = 'Foo.Bar', version = '1.0', filetype = kindOf(filename)) {
  return () => checkFilenameMatches(filename, { name, version: parseVersion(version), filetype });
}

function kindOf(filename: string): 'sdist' | 'bdist_wheel' {
  return filename.endsWith('.whl') ? 'bdist_wheel' : 'sdist';
}

const wheelTags = 'py3-none-any.whl';

describe('a file name beside its form', () => {
  it.each([
    ['foo_bar-1.0.tar.gz', '1.0'],
    ['foo_bar-1.0.post1.tar.gz', '1.0-1'],
    ['foo_bar-1!1.0.tar.gz', '1!1.0'],
    [`foo_bar-1.0-${wheelTags}`, '1.0'],
    [`foo_bar-1.0.0-${wheelTags}`, '1'],
    [`foo_bar-1-${wheelTags}`, '1.0.0'],
    [`foo_bar-1.0-7x-${wheelTags}`, '1.0'],
    ['foo_bar-1.0-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl', '1.0'],
  ])('%s is right for version %s', (filename, version) => {
    expect(matching(filename, 'Foo.Bar', version)().project).toBe('foo-bar');
  });

  it.each([
    [
      'foo-bar-1.0.tar.gz',
      'filename.wrong-name',
      "Filename 'foo-bar-1.0.tar.gz' is invalid, should be 'foo_bar-1.0.tar.gz'.",
    ],
    [
      'Foo_Bar-1.0.tar.gz',
      'filename.wrong-name',
      "Filename 'Foo_Bar-1.0.tar.gz' is invalid, should be 'foo_bar-1.0.tar.gz'.",
    ],
    [
      'foo_bar-1.0.zip',
      'filename.wrong-name',
      "Filename 'foo_bar-1.0.zip' is invalid, should be 'foo_bar-1.0.tar.gz'.",
    ],
    [
      'foo_bar-1.1.tar.gz',
      'filename.wrong-version',
      "Filename 'foo_bar-1.1.tar.gz' is invalid, should be 'foo_bar-1.0.tar.gz'.",
    ],
    [
      'foo_bar-1.0.0.tar.gz',
      'filename.wrong-name',
      "Filename 'foo_bar-1.0.0.tar.gz' is invalid, should be 'foo_bar-1.0.tar.gz'.",
    ],
    ['other-1.0.tar.gz', 'filename.wrong-name', "Start filename for 'Foo.Bar' with 'foo_bar'."],
    ['foo_bar.tar.gz', 'filename.invalid', 'Invalid source distribution filename: foo_bar.tar.gz'],
    [`other-1.0-${wheelTags}`, 'filename.wrong-name', "Start filename for 'Foo.Bar' with 'foo_bar'."],
    [
      `Foo_Bar-1.0-${wheelTags}`,
      'filename.wrong-name',
      "Filename 'Foo_Bar-1.0-py3-none-any.whl' should contain the normalized project name 'foo_bar', not 'Foo_Bar'.",
    ],
    [
      `foo.bar-1.0-${wheelTags}`,
      'filename.wrong-name',
      "Filename 'foo.bar-1.0-py3-none-any.whl' should contain the normalized project name 'foo_bar', not 'foo.bar'.",
    ],
    [`foo_bar-1.1-${wheelTags}`, 'filename.wrong-version', "Version in filename should be '1.0' not '1.1'."],
    [
      'foo_bar-1.0-cp313-cp313-linux_x86_64.whl',
      'filename.unsupported-platform',
      "Binary wheel 'foo_bar-1.0-cp313-cp313-linux_x86_64.whl' has an unsupported platform tag 'linux_x86_64'.",
    ],
    [
      'foo_bar-1.0-cp313-cp313-manylinux2014_x86_64.linux_x86_64.whl',
      'filename.unsupported-platform',
      "Binary wheel 'foo_bar-1.0-cp313-cp313-manylinux2014_x86_64.linux_x86_64.whl' has an unsupported platform tag 'linux_x86_64'.",
    ],
    [
      'foo_bar-1.0-any.whl',
      'filename.invalid',
      "Invalid wheel filename (wrong number of parts): 'foo_bar-1.0-any'",
    ],
    [
      `foo_bar-x-${wheelTags}`,
      'filename.invalid',
      "Invalid wheel filename (invalid version): 'foo_bar-x-py3-none-any'",
    ],
  ])('%s is %s', (filename, code, message) => {
    expect(matching(filename)).toThrow(expect.objectContaining({ code, message }));
  });

  it('may hide a post release behind a hyphen, which is not taken for the name', () => {
    const message = "Filename 'foo_bar-1.0-1.tar.gz' is invalid, should be 'foo_bar-1.0.post1.tar.gz'.";
    expect(matching('foo_bar-1.0-1.tar.gz', 'foo-bar', '1.0.post1')).toThrow(
      expect.objectContaining({ message }),
    );
    expect(matching('other-1.0-1.tar.gz', 'foo-bar', '1.0.post1')).toThrow(
      expect.objectContaining({ message: "Start filename for 'foo-bar' with 'foo_bar'." }),
    );
  });
});

describe('the shape of a file name', () => {
  const seeExtensions = 'See https://www.python.org/dev/peps/pep-0527 for more information.';
  it.each([
    ['a\nb.whl', 'bdist_wheel', /^Cannot upload a file with non-printable characters/],
    ['a\x7f.whl', 'bdist_wheel', /DEL character/],
    ['a/b.whl', 'bdist_wheel', /^Cannot upload a file with '\/' or '\\' in the name\.$/],
    ['a\\b.whl', 'bdist_wheel', /^Cannot upload a file with '\/' or '\\' in the name\.$/],
    ['a.exe', 'sdist', /^Invalid file extension: Use \.tar\.gz, \.whl or \.zip extension\./],
    ['.whl', 'bdist_wheel', /^Invalid file extension: Use/],
    [
      'a.whl',
      'sdist',
      `Invalid file extension: Extension .whl is invalid for filetype sdist. ${seeExtensions}`,
    ],
    [
      'a.zip',
      'bdist_wheel',
      `Invalid file extension: Extension .zip is invalid for filetype bdist_wheel. ${seeExtensions}`,
    ],
    [
      'a.WHL',
      'bdist_wheel',
      `Invalid file extension: Extension .WHL is invalid for filetype bdist_wheel. ${seeExtensions}`,
    ],
  ] as const)('%j as %s is refused', (filename, filetype, message) => {
    expect(() => checkFilenameShape(filename, filetype)).toThrow(
      expect.objectContaining({
        code: 'filename.invalid',
        message: typeof message === 'string' ? message : expect.stringMatching(message),
      }),
    );
  });

  it.each([
    ['a.whl', 'bdist_wheel'],
    ['a.zip', 'sdist'],
    ['a.tar.gz', 'sdist'],
  ] as const)('%j as %s is well', (filename, filetype) => {
    expect(() => checkFilenameShape(filename, filetype)).not.toThrow();
  });
});
