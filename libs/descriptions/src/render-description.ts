import { renderMarkdown } from './markdown.ts';
import { renderPlainText } from './plain-text.ts';
import { sanitize } from './sanitize.ts';

export type DescriptionFormat = 'markdown' | 'rst' | 'plain';

export interface RenderedDescription {
  /** To be shown as it is: nothing in it runs, posts, or looks like a part of the page around it. */
  readonly html: string;
  /** What it was read as; `plain` too when it could not be read as what it says it is. */
  readonly format: DescriptionFormat;
}

/** Raised whenever the same text may come out otherwise: what was kept of an older version is made anew. */
export const rendererVersion = 1;

/**
 * A project's description as HTML. Markdown never fails; reStructuredText that cannot be read is shown as plain text,
 * as is any type that is none of `text/markdown`, `text/x-rst` and `text/plain`.
 *
 * May take long and much memory for a text that was made to: run it where both are bounded.
 * @param contentType as in `Description-Content-Type`; null for the default, reStructuredText
 */
export async function renderDescription(
  text: string,
  contentType: string | null,
): Promise<RenderedDescription> {
  const { type, variant } = readContentType(contentType ?? 'text/x-rst');
  if (type === 'text/markdown') return { html: sanitize(renderMarkdown(text, variant)), format: 'markdown' };
  const html = type === 'text/x-rst' ? await renderRst(text) : null;
  return html === null ? { html: renderPlainText(text), format: 'plain' } : { html, format: 'rst' };
}

/** Null when the text is not as the compiler reads reStructuredText, or nothing of it would be seen. */
async function renderRst(text: string): Promise<string | null> {
  // Loaded when it is needed: it takes a second, and most descriptions are Markdown.
  const { compileRst } = await import('./rst.ts');
  const compiled = compileRst(text);
  if (compiled === null) return null;
  const html = sanitize(compiled);
  return html.trim() === '' ? null : html;
}

function readContentType(contentType: string): { type: string; variant: 'GFM' | 'CommonMark' } {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim());
  const commonMark = parameters.some((each) => /^variant\s*=\s*"?CommonMark"?$/i.test(each));
  return { type: type.toLowerCase(), variant: commonMark ? 'CommonMark' : 'GFM' };
}
