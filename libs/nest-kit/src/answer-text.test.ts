import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerText, maxAnswerTextLength } from './answer-text.ts';

const invalid = (value: string): string => `'${value}' is not a valid classifier. See https://h/ for more.`;

describe('the text of a refusal', () => {
  it.each([0, 1, 181, 900])('that quotes a value of %d characters is kept to the letter', (length) => {
    const text = invalid('x'.repeat(length));
    expect(answerText(text)).toBe(text);
  });

  it('is cut only beyond the bound', () => {
    expect(answerText('x'.repeat(maxAnswerTextLength))).toBe('x'.repeat(maxAnswerTextLength));
    expect(answerText('x'.repeat(maxAnswerTextLength + 1)).length).toBeLessThan(maxAnswerTextLength);
  });

  it('that quotes a megabyte says which value it is, and what is wrong with it', () => {
    const text = answerText(invalid(`first${'x'.repeat(1_048_576)}last`));
    expect(text.length).toBeLessThan(maxAnswerTextLength);
    expect(text).toMatch(
      /^'firstx{500,} … x+last' is not a valid classifier\. See https:\/\/h\/ for more\.$/,
    );
  });

  it('is bounded whatever it is, cut once and between characters', () => {
    const length = fc.integer({ min: 0, max: 3 });
    const unit = fc.constantFrom('x', '🐍', 'é', '\n');
    fc.assert(
      fc.property(
        length,
        unit,
        fc.integer({ min: 400, max: 1_200 }),
        length,
        (before, char, times, after) => {
          const short = answerText('<'.repeat(before) + char.repeat(times) + '>'.repeat(after));
          expect(short.length).toBeLessThanOrEqual(maxAnswerTextLength);
          expect(short.isWellFormed()).toBe(true);
          expect(answerText(short)).toBe(short);
        },
      ),
    );
  });
});
