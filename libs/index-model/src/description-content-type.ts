import { pythonRepr } from './python-repr.ts';

const FIELD = "'description-content-type'";
const TYPES = ['text/plain', 'text/x-rst', 'text/markdown'];
const VARIANTS = ['GFM', 'CommonMark'];
const PARAMETER = /^\s*([A-Za-z0-9!#$&^_.+-]+)\s*=\s*(?:"([^"\\]*)"|([^\s";]+))\s*$/;

/**
 * What is wrong with a Description-Content-Type, as PyPI words it: the formats that an index renders, in UTF-8,
 * Markdown in a known variant.
 */
export function descriptionContentTypeProblem(value: string): string | undefined {
  const [type = '', ...rest] = value.split(';');
  if (!TYPES.includes(type.trim().toLowerCase())) {
    return `${FIELD} must be one of ${listed(TYPES)}, not ${pythonRepr(value)}`;
  }
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    const match = PARAMETER.exec(parameter);
    if (match === null) {
      // A semicolon at the end is common and harmless.
      if (parameter.trim() === '') continue;
      return `${pythonRepr(value)} is not a valid content type for ${FIELD}`;
    }
    parameters.set(match[1]!.toLowerCase(), match[2] ?? match[3]!);
  }
  const charset = parameters.get('charset') ?? 'UTF-8';
  if (charset.toLowerCase() !== 'utf-8') {
    return `${FIELD} can only specify the UTF-8 charset, not ${pythonRepr(charset)}`;
  }
  const variant = parameters.get('variant') ?? 'GFM';
  if (type.trim().toLowerCase() === 'text/markdown' && !VARIANTS.includes(variant)) {
    return `valid Markdown variants for ${FIELD} are ${listed(VARIANTS)}, not ${pythonRepr(variant)}`;
  }
  return undefined;
}

function listed(values: readonly string[]): string {
  return `[${values.map(pythonRepr).join(', ')}]`;
}
