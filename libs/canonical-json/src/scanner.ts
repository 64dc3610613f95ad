import { CanonicalJsonError } from './errors.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const LOWER_U = 0x75;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const SIMPLE_ESCAPES = new Set(Array.from('"\\/bfnrt', (char) => char.charCodeAt(0)));
const WORDS: ReadonlyMap<number, Uint8Array> = new Map(
  ['true', 'false', 'null'].map((word) => [word.charCodeAt(0), new TextEncoder().encode(word)]),
);
/** An integer of fewer digits is always below 2^53. */
const SAFE_DIGITS = 15;

export interface ScanRules {
  /** Containers inside one another. */
  readonly maxDepth: number;
  readonly floats: 'allow' | 'refuse';
}

/**
 * Checks the grammar of RFC 8259 without building anything, so that the platform's fast parser may follow:
 * what passes here cannot fail there. Keeps, in this order:
 * 1. nothing is read past the end: the byte there is undefined and matches no rule;
 * 2. depth is bounded before the recursion, so a hostile document cannot exhaust the stack;
 * 3. numbers are judged on their digits, before they are rounded.
 * Works on bytes, as every structural character of JSON is ASCII; whether strings are UTF-8 is not its business.
 */
export class JsonScanner {
  /** Members of all objects: duplicates included. */
  members = 0;
  /** Whether `\u` occurs, the only way to write half a surrogate pair in valid UTF-8. */
  escapedUnits = false;

  private readonly bytes: Uint8Array;
  private readonly rules: ScanRules;
  private at = 0;

  constructor(bytes: Uint8Array, rules: ScanRules) {
    this.bytes = bytes;
    this.rules = rules;
  }

  /** @throws CanonicalJsonError json.syntax, json.float, json.unsafe-integer, json.too-deep */
  scan(): void {
    this.value(this.rules.maxDepth);
    if (this.at < this.bytes.length) this.fail();
  }

  /** One value and the space around it. */
  private value(depthLeft: number): void {
    const byte = this.next();
    if (byte === QUOTE) this.string();
    else if (byte === OPEN_BRACE) this.object(depthLeft);
    else if (byte === OPEN_BRACKET) this.array(depthLeft);
    else if (byte === MINUS || isDigit(byte)) this.number();
    else this.word(byte);
    this.next();
  }

  private object(depthLeft: number): void {
    this.enter(depthLeft);
    if (this.next() === CLOSE_BRACE) {
      this.at++;
      return;
    }
    for (;;) {
      if (this.next() !== QUOTE) this.fail();
      this.string();
      if (this.next() !== COLON) this.fail();
      this.at++;
      this.members++;
      this.value(depthLeft - 1);
      if (this.closes(CLOSE_BRACE)) return;
    }
  }

  private array(depthLeft: number): void {
    this.enter(depthLeft);
    if (this.next() === CLOSE_BRACKET) {
      this.at++;
      return;
    }
    for (;;) {
      this.value(depthLeft - 1);
      if (this.closes(CLOSE_BRACKET)) return;
    }
  }

  private enter(depthLeft: number): void {
    if (depthLeft <= 0) {
      const { maxDepth } = this.rules;
      throw new CanonicalJsonError('json.too-deep', `JSON nested deeper than ${maxDepth}`, { maxDepth });
    }
    this.at++;
  }

  /** Steps over `close` (true) or a comma (false). */
  private closes(close: number): boolean {
    const byte = this.bytes[this.at];
    if (byte !== close && byte !== COMMA) this.fail();
    this.at++;
    return byte === close;
  }

  private string(): void {
    const { bytes } = this;
    for (let at = this.at + 1; ; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        this.at = at + 1;
        return;
      }
      if (byte === undefined || byte < 0x20) this.fail(at);
      if (byte === BACKSLASH) at = this.escape(at + 1);
    }
  }

  /** Returns the offset of the escape's last byte. */
  private escape(at: number): number {
    const byte = this.bytes[at];
    if (byte !== LOWER_U) return byte !== undefined && SIMPLE_ESCAPES.has(byte) ? at : this.fail(at);
    for (let digit = at + 1; digit <= at + 4; digit++) {
      if (!isHexDigit(this.bytes[digit])) this.fail(digit);
    }
    this.escapedUnits = true;
    return at + 4;
  }

  private number(): void {
    const { bytes } = this;
    const start = this.at;
    if (bytes[this.at] === MINUS) this.at++;
    const first = this.at;
    this.digits();
    if (bytes[first] === ZERO && this.at > first + 1) this.fail(first + 1);
    const digits = this.at - first;
    if (!this.fraction()) {
      if (bytes[first] === ZERO && first > start) this.failNumber('json.float', start);
      if (digits > SAFE_DIGITS && !isSafe(bytes.subarray(start, this.at))) {
        this.failNumber('json.unsafe-integer', start);
      }
    } else if (this.rules.floats === 'refuse') this.failNumber('json.float', start);
  }

  /** True if a fraction or an exponent was there. */
  private fraction(): boolean {
    const start = this.at;
    if (this.bytes[this.at] === POINT) {
      this.at++;
      this.digits();
    }
    if (((this.bytes[this.at] ?? 0) | 0x20) === 0x65) {
      this.at++;
      const sign = this.bytes[this.at];
      if (sign === 0x2b || sign === MINUS) this.at++;
      this.digits();
    }
    return this.at > start;
  }

  private digits(): void {
    if (!isDigit(this.bytes[this.at])) this.fail();
    while (isDigit(this.bytes[this.at])) this.at++;
  }

  private word(first: number | undefined): void {
    const word = WORDS.get(first ?? 0) ?? this.fail();
    for (const byte of word) {
      if (this.bytes[this.at] !== byte) this.fail();
      this.at++;
    }
  }

  /** Skips white space; the byte after it, undefined at the end. */
  private next(): number | undefined {
    for (;;) {
      const byte = this.bytes[this.at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.at++;
    }
  }

  private fail(at: number = this.at): never {
    throw new CanonicalJsonError('json.syntax', `JSON is malformed at byte ${at}`, { at });
  }

  private failNumber(code: 'json.float' | 'json.unsafe-integer', at: number): never {
    throw new CanonicalJsonError(code, `JSON has a number that is not a safe integer at byte ${at}`, { at });
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= 0x39;
}

function isHexDigit(byte: number | undefined): boolean {
  if (isDigit(byte)) return true;
  const letter = (byte ?? 0) | 0x20;
  return letter >= 0x61 && letter <= 0x66;
}

/** Rounding to a double cannot make an unsafe integer safe; 17 characters are a sign and 16 digits. */
function isSafe(integer: Uint8Array): boolean {
  return integer.length <= 17 && Number.isSafeInteger(Number(String.fromCharCode(...integer)));
}
