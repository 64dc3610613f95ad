import { html } from '@rind/html';

export interface FeedItem {
  readonly title: string;
  /** Absolute. */
  readonly link: string;
  readonly description: string;
  readonly at: Date;
}

export interface Feed {
  readonly title: string;
  readonly link: string;
  readonly description: string;
  readonly items: readonly FeedItem[];
}

/** RSS 2.0. An item is the same for readers as long as its link is. */
export function renderFeed({ title, link, description, items }: Feed): string {
  const written = items.map(
    (item) =>
      html`<item>
        <title>${legible(item.title)}</title>
        <link>${item.link}</link>
        <guid isPermaLink="true">${item.link}</guid>
        <description>${legible(item.description)}</description>
        <pubDate>${item.at.toUTCString()}</pubDate>
      </item>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${
    html`<rss version="2.0">
      <channel>
        <title>${legible(title)}</title>
        <link>${link}</link>
        <description>${legible(description)}</description>
        <language>en</language>
        ${written}
      </channel>
    </rss>`.text
  }\n`;
}

/** Without what XML 1.0 cannot hold in any form. */
function legible(text: string): string {
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}
