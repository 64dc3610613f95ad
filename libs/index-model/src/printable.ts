/** Controls, halves of surrogate pairs, line separators, and the marks that turn the writing direction. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/**
 * Whether a text shows what it says: one line, nothing invisible that changes how the rest looks.
 * Such a text also has a canonical JSON form that is JSON (control characters would stand raw in it).
 */
export function isPrintable(text: string): boolean {
  return !UNPRINTABLE.test(text);
}
