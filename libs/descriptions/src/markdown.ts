import MarkdownIt from 'markdown-it';
import type { StateCore } from 'markdown-it';
import { HeadingIds } from './heading-ids.ts';

const commonMark = new MarkdownIt('commonmark');
const gfm = new MarkdownIt({ html: true, linkify: true });
gfm.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
gfm.core.ruler.push('heading-ids', addHeadingIds);
gfm.core.ruler.push('task-list', showTasks);
gfm.core.ruler.push('table-alignment', alignCells);

/** Markdown as HTML that is still to be sanitised: HTML in it is left as it stands. */
export function renderMarkdown(text: string, variant: 'GFM' | 'CommonMark'): string {
  return (variant === 'GFM' ? gfm : commonMark).render(text);
}

function addHeadingIds({ tokens }: StateCore): void {
  const ids = new HeadingIds();
  for (const [at, token] of tokens.entries()) {
    if (token.type === 'heading_open') token.attrSet('id', ids.of(tokens[at + 1]?.content ?? ''));
  }
}

/** GFM "Task list items", as signs: a box that cannot be ticked need not be a form's. */
function showTasks({ tokens }: StateCore): void {
  for (const [at, token] of tokens.entries()) {
    const first = token.type === 'inline' ? token.children?.[0] : undefined;
    if (first?.type !== 'text' || tokens[at - 2]?.type !== 'list_item_open') continue;
    first.content = first.content.replace(/^\[([ xX])\](?=\s)/, (_box, tick) => (tick === ' ' ? '☐' : '☑'));
  }
}

/** By attribute: styles do not survive sanitising. */
function alignCells({ tokens }: StateCore): void {
  for (const token of tokens) {
    const side = /^text-align:(left|center|right)$/.exec(String(token.attrGet('style') ?? ''))?.[1];
    if (side !== undefined) token.attrs = [['align', side]];
  }
}
