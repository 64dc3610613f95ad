import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embedDescription } from './embedded-description.ts';

const levelsOf = (text: string): number[] =>
  [...text.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
const described = (levels: readonly number[]): string =>
  levels.map((level) => `<h${level} id="user-content-x">a</h${level}>`).join('');

describe('a description within a page', () => {
  it.each([
    [
      [1, 2, 2, 3, 2],
      [3, 4, 4, 5, 4],
    ],
    [
      [3, 1, 5, 2],
      [3, 3, 4, 4],
    ],
    [
      [1, 2, 3, 4, 5, 6],
      [3, 4, 5, 6, 6, 6],
    ],
    [
      [6, 1],
      [3, 3],
    ],
    [[], []],
  ])('with headings of levels %j has %j', (levels, expected) => {
    expect(levelsOf(embedDescription(described(levels)).text)).toEqual(expected);
  });

  it('leaves no level out, and closes what it opens', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 })), (levels) => {
        const { text } = embedDescription(described(levels));
        const made = levelsOf(text);
        expect(made.every((level, index) => level >= 3 && level <= (made[index - 1] ?? 2) + 1)).toBe(true);
        expect([...text.matchAll(/<\/h([1-6])>/g)].map(([, level]) => Number(level))).toEqual(made);
      }),
    );
  });

  it('can be scrolled by keyboard where it is wide', () => {
    const { text } = embedDescription('<pre id="x"><code>a</code></pre><table><tr><td>b</td></tr></table>');
    expect(text).toBe(
      '<pre tabindex="0" id="x"><code>a</code></pre>' +
        '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table><tr><td>b</td></tr></table></div>',
    );
  });

  it('changes nothing that only looks like a tag', () => {
    const text = '<p title="h1">&lt;h1&gt; &lt;pre&gt; <a href="#h2">hr</a></p><hr /><head2>';
    expect(embedDescription(text).text).toBe(text);
  });
});
