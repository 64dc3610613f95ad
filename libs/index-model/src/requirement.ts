import { parseMarker } from './marker.ts';
import { specifierClause } from './specifier.ts';
import { TokenReader } from './token-reader.ts';

/** A requirement as `Requires-Dist` has it. */
export interface Requirement {
  /** As written. */
  readonly name: string;
  /** Without repetition, in alphabetical order, as written. */
  readonly extras: readonly string[];
  /** Clauses without white space, as written and in their order. */
  readonly specifiers: readonly string[];
  /** Where to fetch it from, other than from an index; null for what indexes take. */
  readonly url: string | null;
  /** With single spaces and, where the text allows, double quotes; null when there is none. */
  readonly marker: string | null;
}

const SPACE = /[ \t]+/y;
const IDENTIFIER = /[A-Za-z0-9][A-Za-z0-9._-]*(?<=\w)(?!\w)/y;
const CLAUSE = new RegExp(specifierClause, 'iy');
const ADDRESS = /[^ \t]+/y;
const END = /$/y;

/**
 * Reads a dependency specifier (PEP 508, "Dependency specifiers") in the grammar that Python's `packaging` reads.
 * Markers are read and not evaluated. Null when the text is none.
 */
export function parseRequirement(text: string): Requirement | null {
  const reader = new TokenReader(text);
  reader.take(SPACE);
  const name = reader.take(IDENTIFIER);
  if (name === null) return null;
  reader.take(SPACE);
  const extras = readExtras(reader);
  if (extras === null) return null;
  reader.take(SPACE);
  const details = reader.take(/@/y) === null ? readSpecifiers(reader) : readAddress(reader);
  if (details === null) return null;
  if (reader.take(END) !== null) return { name, extras, ...details, marker: null };
  if (reader.take(/;/y) === null) return null;
  const marker = parseMarker(reader);
  return marker === null || reader.take(END) === null ? null : { name, extras, ...details, marker };
}

/** A requirement in the spelling in which Python prints it. */
export function formatRequirement({ name, extras, specifiers, url, marker }: Requirement): string {
  return [
    name,
    extras.length === 0 ? '' : `[${extras.join(',')}]`,
    specifiers.toSorted().join(','),
    url === null ? '' : ` @ ${url}`,
    url !== null && marker !== null ? ' ' : '',
    marker === null ? '' : `; ${marker}`,
  ].join('');
}

function readExtras(reader: TokenReader): string[] | null {
  const extras = new Set<string>();
  if (reader.take(/\[/y) === null) return [];
  reader.take(SPACE);
  let extra = reader.take(IDENTIFIER);
  while (extra !== null) {
    extras.add(extra);
    reader.take(SPACE);
    if (reader.take(/,/y) === null) break;
    reader.take(SPACE);
    extra = reader.take(IDENTIFIER);
    if (extra === null) return null;
  }
  return reader.take(/\]/y) === null ? null : [...extras].sort();
}

/** Clauses with commas between them, a comma at the end allowed, the whole in parentheses or not. */
function readSpecifiers(reader: TokenReader): Pick<Requirement, 'specifiers' | 'url'> | null {
  const specifiers: string[] = [];
  const enclosed = reader.take(/\(/y) !== null;
  reader.take(SPACE);
  for (let clause = reader.take(CLAUSE); clause !== null; clause = reader.take(CLAUSE)) {
    specifiers.push(...clause.split(','));
    reader.take(SPACE);
    if (reader.take(/,/y) === null) break;
    reader.take(SPACE);
  }
  reader.take(SPACE);
  if (enclosed && reader.take(/\)/y) === null) return null;
  reader.take(SPACE);
  // `===` swallows what stands behind a comma; each part must be a clause of its own.
  const clean = specifiers.map((clause) => clause.replace(/\s/g, '')).filter((clause) => clause !== '');
  return clean.every((clause) => WHOLE_CLAUSE.test(clause)) ? { specifiers: clean, url: null } : null;
}

const WHOLE_CLAUSE = new RegExp(`^(?:${specifierClause})$`, 'i');

function readAddress(reader: TokenReader): Pick<Requirement, 'specifiers' | 'url'> | null {
  reader.take(SPACE);
  const url = reader.take(ADDRESS);
  if (url === null) return null;
  const spaced = reader.take(SPACE) !== null;
  return spaced || reader.take(END) !== null ? { specifiers: [], url } : null;
}
