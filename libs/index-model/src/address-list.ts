const SPACE = /[ \t\r\n]/;
const SPECIALS = '()<>@,:;."[]';
const ATOM_END = /[()<>@,:;."[\] \t\r\n]/;
const PHRASE_WORD_END = /[()<>@,:;"[\] \t\r\n]/;
/** Comments within comments, groups within groups. */
const MAX_DEPTH = 64;

/**
 * The address in a header field such as `Author-email`, as Python's `email.utils.parseaddr` finds it: RFC 5322 with
 * the obsolete and the malformed. Empty when there is none, or more than one.
 */
export function singleAddress(field: string): string {
  if (!hasClosedComments(field)) return '';
  const addresses = new AddressList(field).read();
  const [address = ''] = addresses;
  return addresses.length > 1 || address.includes('[') ? '' : address;
}

/** Whether parentheses outside of quotes are closed. */
function hasClosedComments(field: string): boolean {
  const outside = field.replace(/\\./gs, '').replace(/"[^"]*"/g, '');
  let open = 0;
  for (const char of outside) {
    if (char === '(') open++;
    else if (char === ')' && --open < 0) return false;
  }
  return open === 0;
}

class AddressList {
  private readonly field: string;
  private at = 0;

  constructor(field: string) {
    this.field = field;
  }

  read(): string[] {
    const addresses: string[] = [];
    while (this.at < this.field.length) {
      const found = this.readAddress(0);
      addresses.push(...(found.length === 0 ? [''] : found));
    }
    return addresses;
  }

  private get next(): string {
    return this.field[this.at] ?? '';
  }

  private readAddress(depth: number): string[] {
    this.skipSpace();
    const start = this.at;
    const words = this.readPhrase();
    this.skipSpace();
    const addresses = this.readBehindPhrase(words, { start, depth });
    this.skipSpace();
    if (this.next === ',') this.at++;
    return addresses;
  }

  private readBehindPhrase(words: readonly string[], from: { start: number; depth: number }): string[] {
    if (this.next === '.' || this.next === '@') {
      this.at = from.start;
      return [this.readSpec()];
    }
    if (this.next === ':') return this.readGroup(from.depth);
    if (this.next === '<') return [this.readInAngles()];
    if (words.length > 0) return [words[0]!];
    if (this.next !== '' && SPECIALS.includes(this.next)) this.at++;
    return [];
  }

  private readGroup(depth: number): string[] {
    const addresses: string[] = [];
    this.at++;
    if (depth >= MAX_DEPTH) this.at = this.field.length;
    while (this.at < this.field.length) {
      this.skipSpace();
      if (this.next === ';') {
        this.at++;
        break;
      }
      addresses.push(...this.readAddress(depth + 1));
    }
    return addresses;
  }

  private readInAngles(): string {
    this.at++;
    let inRoute = false;
    for (this.skipSpace(); this.at < this.field.length; this.skipSpace()) {
      if (inRoute) this.readDomain();
      else if (this.next === '>') {
        this.at++;
        return '';
      } else if (this.next !== '@' && this.next !== ':') {
        const address = this.readSpec();
        this.at++;
        return address;
      }
      if (!inRoute) this.at++;
      inRoute = !inRoute && this.field[this.at - 1] === '@';
    }
    return '';
  }

  private readSpec(): string {
    const parts: string[] = [];
    this.skipSpace();
    while (this.at < this.field.length) {
      const afterDot = this.next === '.';
      if (afterDot || (this.next !== '"' && ATOM_END.test(this.next))) dropSpace(parts);
      if (afterDot) {
        parts.push('.');
        this.at++;
      } else if (this.next === '"') {
        parts.push(`"${this.readDelimited('"', false).replace(/[\\"]/g, '\\$&')}"`);
      } else if (ATOM_END.test(this.next)) break;
      else parts.push(this.readUntil(ATOM_END));
      const space = this.skipSpace();
      if (!afterDot && space !== '') parts.push(space);
    }
    if (this.next !== '@') return parts.join('');
    this.at++;
    this.skipSpace();
    const domain = this.readDomain();
    return domain === '' ? '' : `${parts.join('')}@${domain}`;
  }

  private readDomain(): string {
    let domain = '';
    while (this.at < this.field.length) {
      if (this.next === ' ' || this.next === '\t') this.at++;
      else if (this.next === '(') this.readDelimited(')', true);
      else if (this.next === '[') domain += `[${this.readDelimited(']', false)}]`;
      else if (this.next === '.') {
        domain += '.';
        this.at++;
      } else if (this.next === '@') return '';
      else if (ATOM_END.test(this.next)) break;
      else domain += this.readUntil(ATOM_END);
    }
    return domain;
  }

  private readPhrase(): string[] {
    const words: string[] = [];
    while (this.at < this.field.length) {
      if (SPACE.test(this.next)) this.at++;
      else if (this.next === '"') words.push(this.readDelimited('"', false));
      else if (this.next === '(') this.readDelimited(')', true);
      else if (PHRASE_WORD_END.test(this.next)) break;
      else words.push(this.readUntil(PHRASE_WORD_END));
    }
    return words;
  }

  /** Skips white space and comments; the blanks that were skipped. */
  private skipSpace(): string {
    let blanks = '';
    for (; this.at < this.field.length;) {
      if (this.next === '(') this.readDelimited(')', true);
      else if (SPACE.test(this.next)) {
        if (this.next === ' ' || this.next === '\t') blanks += this.next;
        this.at++;
      } else break;
    }
    return blanks;
  }

  private readUntil(end: RegExp): string {
    const start = this.at;
    while (this.at < this.field.length && !end.test(this.next)) this.at++;
    return this.field.slice(start, this.at);
  }

  /** What stands up to `close`, quoted characters bare; comments are left out where they nest. */
  private readDelimited(close: string, nests: boolean, depth = 0): string {
    let text = '';
    this.at++;
    while (this.at < this.field.length) {
      if (this.next === close || this.next === '\r') {
        this.at++;
        break;
      }
      if (nests && this.next === '(') {
        // Nobody writes that: the rest of the field counts as comment.
        if (depth >= MAX_DEPTH) this.at = this.field.length;
        this.readDelimited(close, nests, depth + 1);
        continue;
      }
      if (this.next === '\\') this.at++;
      text += this.next;
      this.at++;
    }
    return text;
  }
}

function dropSpace(parts: string[]): void {
  if (parts.length > 0 && parts.at(-1)!.trim() === '') parts.pop();
}
