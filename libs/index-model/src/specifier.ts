/** A version as specifiers have it, before what an operator allows behind it. */
const RELEASE = String.raw`v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*`;
const TWO_RELEASE_NUMBERS = String.raw`v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)+`;
const SUFFIXES =
  String.raw`(?:[-_.]?(?:alpha|beta|preview|pre|a|b|c|rc)[-_.]?[0-9]*)?` +
  String.raw`(?:-[0-9]+|[-_.]?(?:post|rev|r)[-_.]?[0-9]*)?` +
  String.raw`(?:[-_.]?dev[-_.]?[0-9]*)?`;
const LOCAL = String.raw`(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?`;

/** PEP 440 "Version specifiers", one clause, as a regular expression to be read without regard to case. */
export const specifierClause = [
  // Takes any text, other clauses included.
  String.raw`===\s*[^\s;)]*`,
  String.raw`(?:==|!=)\s*${RELEASE}(?:\.\*|${SUFFIXES}${LOCAL})`,
  String.raw`~=\s*${TWO_RELEASE_NUMBERS}${SUFFIXES}`,
  String.raw`(?:<=|>=|<|>)\s*${RELEASE}${SUFFIXES}`,
].join('|');
const CLAUSE = new RegExp(`^(?:${specifierClause})$`, 'i');
/** Not where what follows would make another operator of the one before it. */
const SPACE_AFTER_OPERATOR = /(?<=^===)\s+|(?<=^(?:~=|==|!=|<=|>=|<|>))\s+(?![~=!<>])/;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** Characters. */
export const maxSpecifierSetLength = 500;

/**
 * A set of version specifiers without white space, clauses in their order: `>= 3.8, <4` becomes `>=3.8,<4`.
 * An empty set is `''`. Null when the text is no set in the grammar of PEP 440, printable ASCII, of at most
 * 500 characters.
 */
export function normalizeSpecifierSet(text: string): string | null {
  if (text.length > maxSpecifierSetLength) return null;
  const clauses = text
    .split(',')
    .map((clause) => clause.trim().replace(SPACE_AFTER_OPERATOR, ''))
    .filter((clause) => clause !== '');
  return clauses.every((clause) => CLAUSE.test(clause) && PRINTABLE_ASCII.test(clause))
    ? clauses.join(',')
    : null;
}

/** Whether a text is a set of version specifiers, e.g. of `Requires-Python`. It is not evaluated. */
export function isSpecifierSet(text: string): boolean {
  return normalizeSpecifierSet(text) !== null;
}
