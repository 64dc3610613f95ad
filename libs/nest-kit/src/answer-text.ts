/** UTF-16 code units. PyPI's own texts, about values of usual length, stay below. */
export const maxAnswerTextLength = 1_000;

const keptHead = 600;
const keptTail = 200;

/**
 * What a refusal says to whoever caused it, in no more than {@link maxAnswerTextLength}. Texts quote what they refuse,
 * and that may be a megabyte: such a one is cut in its middle, since it begins with the value and ends with what is
 * wrong with it. Any other stays as it is, to the letter.
 */
export function answerText(text: string): string {
  if (text.length <= maxAnswerTextLength) return text;
  // A cut may fall into a pair of surrogates; half of one is no character.
  const head = text.slice(0, keptHead).replace(/[\ud800-\udbff]$/, '');
  const tail = text.slice(-keptTail).replace(/^[\udc00-\udfff]/, '');
  return `${head} … ${tail}`;
}
