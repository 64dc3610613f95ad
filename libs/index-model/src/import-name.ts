import words from './data/python-words.json' with { type: 'json' };
import { pythonRepr } from './python-repr.ts';

const KEYWORDS = new Set(words.keywords);
const IDENTIFIER = /^[\p{XID_Start}_]\p{XID_Continue}*$/u;

/**
 * What is wrong with a value of `Import-Name` or `Import-Namespace` (PEP 794), as PyPI words it: a dotted name, behind
 * which `; private` may stand.
 */
export function importNameProblem(value: string, field: string): string | undefined {
  const semicolon = value.indexOf(';');
  const name = (semicolon < 0 ? value : value.slice(0, semicolon)).trimEnd();
  const invalid = (what: string): string => `${pythonRepr(what)} is invalid for '${field}'; `;
  for (const part of name.split('.')) {
    if (!IDENTIFIER.test(part)) return `${invalid(name)}${pythonRepr(part)} is not a valid identifier`;
    if (KEYWORDS.has(part)) return `${invalid(name)}${pythonRepr(part)} is a keyword`;
  }
  if (semicolon >= 0 && value.slice(semicolon + 1).trimStart() !== 'private') {
    return `${invalid(value)}the only valid option is 'private'`;
  }
  return undefined;
}
