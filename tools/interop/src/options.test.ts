import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';

describe('the options of a run', () => {
  it('are all off when nothing is given', () => {
    const none = {
      ...{ only: [], slow: false, write: false, newest: false, keep: false, json: null },
      lanes: 2,
    };
    expect(readOptions([])).toEqual(none);
  });

  it('are read, suites by their names', () => {
    const args = ['--only', 'uv', '--only', 'pages', '--write', '--slow', '--json', 'cells.json'];
    expect(readOptions(args)).toMatchObject({
      ...{ only: ['uv', 'pages'], write: true, slow: true, json: 'cells.json' },
    });
  });

  it.each([
    ['an option that there is not', ['--quick']],
    ['no lane at all', ['--lanes', '0']],
    ['words that belong to no option', ['uv']],
    ['writing the table of the pinned clients with the newest', ['--write', '--newest']],
  ])('refuse %s', (_name, args) => {
    expect(() => readOptions(args)).toThrow();
  });
});
