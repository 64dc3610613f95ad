import { utf8 } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { entryPointsProblem } from './distribution-entry-points.ts';

describe('an entry_points.txt', () => {
  it.each([
    ['that is empty', ''],
    ['with scripts', '[console_scripts]\nsix = six:main\nsix-2.0_x = six.cli:main [extra]\n'],
    ['with other groups', '[six.plugins]\na/b = six:plugin\n[pytest11]\n:weird name: = x\n'],
    ['with comments', '# one\n; two\n[console_scripts]\n# three\nsix = six:main\n'],
    ['with a value over several lines', '[a]\nx = one\n  two\n\n  three\ny = z\n'],
    ['with other line ends', '[console_scripts]\r\nsix = six:main\r\n'],
    ['with names in two cases', '[console_scripts]\nsix = a:b\nSix = a:b\n'],
    ['with a colon in a name of another group', '[a]\nx:y = z\n'],
    ['with letters of other scripts', '[console_scripts]\nключ = a:b\n'],
    ['with defaults', '[DEFAULT]\nx = y\n[console_scripts]\nsix = a:b\n'],
  ])('%s is in order', (_what, text) => {
    expect(entryPointsProblem(utf8(text))).toBe(null);
  });

  it.each([
    ['an option before any section', 'six = six:main', 'no-section'],
    ['a line that is nothing', '[a]\nnonsense\n', 'not-an-option'],
    ['an option without name', '[a]\n = x\n', 'not-an-option'],
    ['the wrong delimiter', '[console_scripts]\nsix: six:main\n', 'not-an-option'],
    ['a section twice', '[a]\nx = y\n[a]\nz = y\n', 'duplicate-section'],
    ['an option twice', '[a]\nx = y\nx = z\n', 'duplicate-option'],
    ['a script with a path', '[console_scripts]\n../../bin/sh = a:b\n', 'script-name'],
    ['a script with an absolute path', '[gui_scripts]\n/bin/sh = a:b\n', 'script-name'],
    ['a script with a backslash', '[console_scripts]\na\\b = a:b\n', 'script-name'],
    ['a script with a space', '[console_scripts]\na b = a:b\n', 'script-name'],
    ['a path among the defaults', '[DEFAULT]\n../x = y\n[console_scripts]\nsix = a:b\n', 'script-name'],
  ])('with %s is refused', (_what, text, problem) => {
    expect(entryPointsProblem(utf8(text))).toBe(problem);
  });

  it('that is no text is refused', () => {
    expect(entryPointsProblem(Uint8Array.of(0xff, 0xfe))).toBe('not-utf8');
  });
});
