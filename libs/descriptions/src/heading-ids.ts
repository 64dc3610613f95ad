/** Ids of headings as GitHub makes them: words with hyphens, a number where one comes twice. */
export class HeadingIds {
  private readonly seen = new Map<string, number>();

  of(heading: string): string {
    const id = heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    const before = this.seen.get(id) ?? 0;
    this.seen.set(id, before + 1);
    return before === 0 ? id : `${id}-${before}`;
  }
}
