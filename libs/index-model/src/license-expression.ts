import spdx from './data/spdx.json' with { type: 'json' };

const LICENSES = byLowerCase(spdx.licenses);
const EXCEPTIONS = byLowerCase(spdx.exceptions);
const OPERATORS: readonly string[] = ['and', 'or', 'with', '(', ')'];
const REFERENCE = /^licenseref-[a-z0-9.-]+$/;
/** Parentheses within parentheses. */
const MAX_DEPTH = 200;

function byLowerCase(ids: readonly string[]): ReadonlyMap<string, string> {
  return new Map(ids.map((id) => [id.toLowerCase(), id]));
}

/**
 * The normal form of a licence expression (PEP 639, "SPDX license expression syntax"): ids in the spelling of the
 * SPDX list, operators in capitals. Null when it is no expression, or names a licence that neither the list has nor
 * `LicenseRef-` makes up.
 */
export function normalizeLicenseExpression(raw: string): string | null {
  const spaced = raw.replace(/[()]/g, ' $& ').trim();
  if (spaced === '') return null;
  const written = spaced.split(/\s+/);
  const tokens = written.map((token) => token.toLowerCase());
  if (!isBalanced(tokens)) return null;
  const normal: string[] = [];
  for (const [at, token] of tokens.entries()) {
    const named = OPERATORS.includes(token) ? token.toUpperCase() : idOf(token, written[at]!, tokens[at - 1]);
    if (named === null) return null;
    normal.push(named);
  }
  return normal.join(' ').replaceAll('( ', '(').replaceAll(' )', ')');
}

function idOf(token: string, written: string, before: string | undefined): string | null {
  if (before === 'with') return EXCEPTIONS.get(token) ?? null;
  if (token.startsWith('licenseref-')) {
    return REFERENCE.test(token) ? `LicenseRef-${written.slice('LicenseRef-'.length)}` : null;
  }
  const later = token.endsWith('+');
  const id = LICENSES.get(later ? token.slice(0, -1) : token);
  return id === undefined ? null : id + (later ? '+' : '');
}

/**
 * Ids and operators in turn, parentheses closed, WITH between two ids: behind a licence, not behind an exception or a
 * parenthesis.
 */
function isBalanced(tokens: readonly string[]): boolean {
  let depth = 0;
  let wantsId = true;
  for (const [at, token] of tokens.entries()) {
    if (wantsId !== (token === '(' || !OPERATORS.includes(token))) return false;
    if (token === '(') depth++;
    else if (token === ')') depth--;
    else wantsId = OPERATORS.includes(token);
    if (depth < 0 || depth > MAX_DEPTH) return false;
    if (token !== 'with') continue;
    if ([')', undefined].includes(tokens[at - 1]) || tokens[at - 2] === 'with') return false;
    if (OPERATORS.includes(tokens[at + 1] ?? ')')) return false;
  }
  return depth === 0 && !wantsId;
}
