/**
 * Glob patterns of delegations (PATHPATTERN, TUF 1.0.34 §4.5), segment by segment, with the semantics of Python's
 * `fnmatchcase` inside a segment: `*`, `?`, `[seq]`, `[!seq]`; nothing matches `/`; an unclosed `[` is a letter.
 * The matcher backtracks to the last `*` only, so the time is at most pattern × path, whatever a delegator writes.
 */
type Token =
  | { readonly kind: 'many' | 'one' }
  | {
      readonly kind: 'set';
      readonly negated: boolean;
      readonly ranges: readonly (readonly [number, number])[];
    };

/** True when the whole path matches; path and pattern need equally many segments. */
export function matchesPathPattern(pattern: string, path: string): boolean {
  const patterns = pattern.split('/');
  const segments = path.split('/');
  return (
    patterns.length === segments.length &&
    patterns.every(
      (part, index) => part === segments[index] || matchesSegment(tokens(part), segments[index]!),
    )
  );
}

function matchesSegment(pattern: readonly Token[], segment: string): boolean {
  const chars = Array.from(segment, (char) => char.codePointAt(0)!);
  let at = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (at < chars.length) {
    const token = pattern[next];
    if (token?.kind === 'many') {
      star = next++;
      resume = at;
    } else if (token !== undefined && matchesChar(token, chars[at]!)) {
      at++;
      next++;
    } else if (star >= 0) {
      next = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[next]?.kind === 'many') next++;
  return next === pattern.length;
}

function matchesChar(token: Token, char: number): boolean {
  if (token.kind !== 'set') return true;
  return token.ranges.some(([low, high]) => low <= char && char <= high) !== token.negated;
}

function tokens(pattern: string): readonly Token[] {
  const chars = Array.from(pattern);
  const out: Token[] = [];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    const end = char === '[' ? endOfSet(chars, at) : -1;
    if (end >= 0) {
      out.push(setToken(chars.slice(at + 1, end)));
      at = end;
    } else if (char === '*' || char === '?') {
      out.push({ kind: char === '*' ? 'many' : 'one' });
    } else {
      const code = char.codePointAt(0)!;
      out.push({ kind: 'set', negated: false, ranges: [[code, code]] });
    }
  }
  return out;
}

/** Index of the `]` that closes the set opened at `open`, or -1. A `]` in first place is a member. */
function endOfSet(chars: readonly string[], open: number): number {
  let from = open + 1;
  if (chars[from] === '!') from++;
  if (chars[from] === ']') from++;
  return chars.indexOf(']', from);
}

function setToken(content: readonly string[]): Token {
  const negated = content[0] === '!';
  const codes = (negated ? content.slice(1) : content).map((char) => char.codePointAt(0)!);
  const ranges: [number, number][] = [];
  for (let at = 0; at < codes.length; at++) {
    const isRange = codes[at + 1] === 0x2d && at + 2 < codes.length;
    ranges.push([codes[at]!, codes[isRange ? at + 2 : at]!]);
    if (isRange) at += 2;
  }
  return { kind: 'set', negated, ranges };
}
