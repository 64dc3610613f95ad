import { Html } from '@rind/html';

/** Headings of a description stand below the `h2` over it. */
const outerLevel = 2;

/**
 * A sanitised description as a part of a page: its headings keep their order and leave no level out, and what may be
 * wider than the page (tables, code) is scrolled by itself, by keyboard too.
 * @param sanitized of `renderDescription`: every `<` in it begins a tag
 */
export function embedDescription(sanitized: string): Html {
  return new Html(
    nestedHeadings(sanitized)
      .replace(/<pre(?=[ >])/g, '<pre tabindex="0"')
      .replace(/<table(?=[ >])/g, '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table')
      .replaceAll('</table>', '</table></div>'),
  );
}

/** A heading goes one level below the nearest one before it that its author set higher. */
function nestedHeadings(sanitized: string): string {
  const outer: number[] = [];
  return sanitized.replace(/<(\/?)h([1-6])(?=[ >])/g, (_tag, slash: string, digit: string) => {
    const level = Number(digit);
    if (slash === '') {
      while ((outer.at(-1) ?? 0) >= level) outer.pop();
      outer.push(level);
    }
    return `<${slash}h${Math.min(6, outerLevel + outer.length)}`;
  });
}
