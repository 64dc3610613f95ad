import sanitizeHtml from 'sanitize-html';
import type { Attributes, IOptions, Tag } from 'sanitize-html';

/** Before every id: a description cannot take the ids of the page around it. */
const ID_PREFIX = 'user-content-';

/** What PyPI lets through, without form elements. */
const TAGS = [
  ...['a', 'abbr', 'acronym', 'aside', 'b', 'blockquote', 'br', 'caption', 'cite', 'code', 'col', 'colgroup'],
  ...['dd', 'del', 'details', 'div', 'dl', 'dt', 'em', 'figcaption', 'figure', 'h1', 'h2', 'h3', 'h4', 'h5'],
  ...['h6', 'hr', 'i', 'kbd', 'li', 'nav', 'ol', 'p', 'picture', 'pre', 's', 'section', 'span', 'strong'],
  ...['sub', 'summary', 'sup', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'tt', 'ul', 'var'],
];
/** Whose text goes with them: it was never meant to be read. */
const SILENT_TAGS = [
  ...['script', 'style', 'textarea', 'option', 'noscript', 'template', 'title', 'iframe', 'noembed'],
  ...['noframes', 'plaintext', 'xmp', 'svg', 'math', 'object', 'select'],
];
const align = { name: 'align', multiple: false, values: ['left', 'center', 'right'] };

const options: IOptions = {
  allowedTags: TAGS,
  nonTextTags: SILENT_TAGS,
  allowedAttributes: {
    '*': ['id'],
    a: ['href', 'title', 'rel'],
    abbr: ['title'],
    acronym: ['title'],
    code: ['class'],
    ol: ['start'],
    td: [align, 'colspan', 'rowspan'],
    th: [align, 'colspan', 'rowspan'],
    ...Object.fromEntries(['div', 'p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((tag) => [tag, [align]])),
  },
  // Other classes would dress a description up as the page around it.
  allowedClasses: { code: ['language-*'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowedSchemesAppliedToAttributes: ['href', 'src'],
  allowProtocolRelative: false,
  nestingLimit: 100,
  transformTags: { img: toldImage, span: literal, '*': inDescription },
};

/** HTML out of strange hands, made harmless: nothing that runs, posts, hides, or leads into this site. */
export function sanitize(html: string): string {
  return sanitizeHtml(html, options);
}

function inDescription(tagName: string, attribs: Attributes): Tag {
  const kept = { ...attribs };
  if (kept['id'] !== undefined) kept['id'] = prefixed(kept['id']);
  if (tagName === 'a') {
    delete kept['rel'];
    const href = linkTarget(kept['href'] ?? '');
    delete kept['href'];
    if (href !== null) Object.assign(kept, { href, rel: 'nofollow ugc' });
  }
  if (kept['class'] !== undefined && !/^language-[\w+#.-]+$/.test(kept['class'])) delete kept['class'];
  for (const size of ['colspan', 'rowspan', 'start']) {
    if (kept[size] !== undefined && !/^[0-9]{1,4}%?$/.test(kept[size])) delete kept[size];
  }
  return { tagName, attribs: kept };
}

/** Told, not loaded: an image tells its server who reads what, and nothing here stands between the two. */
function toldImage(_tagName: string, attribs: Attributes): Tag {
  return { tagName: 'span', attribs: {}, text: attribs['alt'] ?? '' };
}

/** Code between words, as reStructuredText has it. */
function literal(tagName: string, attribs: Attributes): Tag {
  return { tagName: attribs['class'] === 'literal' ? 'code' : tagName, attribs };
}

/** Somewhere else, or somewhere in the same description; never a page of this site. */
function linkTarget(href: string): string | null {
  if (href.startsWith('#')) return href === '#' ? href : `#${prefixed(href.slice(1))}`;
  return /^(?:https?:\/\/|mailto:)/i.test(href) ? href : null;
}

function prefixed(id: string): string {
  return id.startsWith(ID_PREFIX) ? id : ID_PREFIX + id;
}
