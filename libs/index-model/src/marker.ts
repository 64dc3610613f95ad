import type { TokenReader } from './token-reader.ts';

const SPACE = /[ \t]*/y;
const LOGICAL = /(?:or|and)(?!\w)/y;
const COMPARISON = /===|==|~=|!=|<=|>=|<|>/y;
const QUOTED = /'[^']*'|"[^"]*"/y;
const VARIABLE = new RegExp(
  [
    'python_version|python_full_version|os[._]name|sys[._]platform|platform_(?:release|system)',
    'platform[._](?:version|machine|python_implementation)|python_implementation',
    'implementation_(?:name|version)|extras?|dependency_groups',
  ]
    .map((names) => `(?:${names})(?!\\w)`)
    .join('|'),
  'y',
);
/** What Python reads in a literal: no line end, and behind a backslash a complete escape. */
const PYTHON_STRING =
  /^(?:[^\\\n\r]|\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U(?:000[0-9a-f]|0010)[0-9a-f]{4}|N\{[^{}]+\}|[^xuUN]))*$/i;
/** Parentheses within parentheses; Python gives up somewhere too. */
const MAX_DEPTH = 64;

interface Expression {
  readonly text: string;
  /** Comparisons and groups on this level. */
  readonly parts: number;
}

/**
 * Reads an environment marker (PEP 508, "Environment markers") up to where it ends. It is not evaluated.
 * Null when there is none, or parentheses are nested deeper than 64.
 */
export function parseMarker(reader: TokenReader): string | null {
  return readExpression(reader, 0)?.text ?? null;
}

function readExpression(reader: TokenReader, depth: number): Expression | null {
  if (depth > MAX_DEPTH) return null;
  const parts: string[] = [];
  for (;;) {
    const atom = readAtom(reader, depth);
    if (atom === null) return null;
    parts.push(atom);
    const logical = reader.take(LOGICAL);
    if (logical === null) return { text: parts.join(' '), parts: (parts.length + 1) / 2 };
    parts.push(logical);
  }
}

function readAtom(reader: TokenReader, depth: number): string | null {
  reader.take(SPACE);
  if (reader.take(/\(/y) === null) return readComparison(reader);
  const inner = readExpression(reader, depth + 1);
  if (inner === null || reader.take(/\)/y) === null) return null;
  reader.take(SPACE);
  return inner.parts === 1 ? inner.text : `(${inner.text})`;
}

function readComparison(reader: TokenReader): string | null {
  const left = readOperand(reader);
  reader.take(SPACE);
  const operator = readOperator(reader);
  reader.take(SPACE);
  const right = left === null || operator === null ? null : readOperand(reader);
  reader.take(SPACE);
  return right === null ? null : `${left} ${operator} ${right}`;
}

function readOperator(reader: TokenReader): string | null {
  if (reader.take(/in(?!\w)/y) !== null) return 'in';
  if (reader.take(/not[ \t]+in(?!\w)/y) !== null) return 'not in';
  return reader.take(COMPARISON);
}

function readOperand(reader: TokenReader): string | null {
  const variable = reader.take(VARIABLE);
  if (variable !== null) {
    const name = variable.replaceAll('.', '_');
    return name === 'python_implementation' ? 'platform_python_implementation' : name;
  }
  const quoted = reader.take(QUOTED);
  if (quoted === null) return null;
  const inner = quoted.slice(1, -1);
  if (!PYTHON_STRING.test(inner)) return null;
  return inner.includes('"') ? `'${inner}'` : `"${inner}"`;
}
