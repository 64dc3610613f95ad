/** Reads a text from left to right. */
export class TokenReader {
  private readonly text: string;
  private position = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** What a sticky pattern (flag `y`) finds right here, and goes on behind it; null when it finds nothing. */
  take(pattern: RegExp): string | null {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.text);
    if (match === null) return null;
    this.position += match[0].length;
    return match[0];
  }
}
