import { describe, expect, it } from 'vitest';
import { dependencyList } from './dependencies.ts';

/** As read: tags away, blanks as one. */
const read = (...requirements: string[]): string =>
  (dependencyList(requirements)?.text ?? '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

describe('the list of dependencies', () => {
  it('is not there when nothing is needed', () => expect(dependencyList([])).toBeNull());

  it.each([
    ['attrs>=23.1', 'attrs >=23.1'],
    ['attrs', 'attrs'],
    ['hypothesis[cli,numpy] ~=6.1', 'hypothesis[cli,numpy] ~=6.1'],
    ['zope.interface (>=4)', 'zope.interface (>=4)'],
    ['colorama; sys_platform == "win32"', 'colorama if sys_platform == &quot;win32&quot;'],
    [
      'a @ https://example.org/a.whl ; python_version>"3"',
      'a @ https://example.org/a.whl if python_version&gt;&quot;3&quot;',
    ],
    ['<script>', '&lt;script&gt;'],
  ])('shows %s', (requirement, shown) => {
    expect(read(requirement)).toBe(`Dependencies ${shown.replaceAll('>', '&gt;')}`);
  });

  it.each([
    ["pytest>=8; extra == 'test'", 'pytest &gt;=8'],
    ['pytest; extra=="test" and os_name == "nt"', 'pytest if os_name == &quot;nt&quot;'],
    ['pytest; os_name == "nt" and extra == "test"', 'pytest if os_name == &quot;nt&quot;'],
  ])('puts %s under its extra', (requirement, shown) => {
    expect(read('attrs', requirement)).toBe(`Dependencies attrs With the extra test ${shown}`);
    expect(read(requirement)).toBe(`Dependencies None but for extras. With the extra test ${shown}`);
  });
});
