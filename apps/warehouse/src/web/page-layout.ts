import { html } from '@rind/html';
import type { Html } from '@rind/html';
import { style } from './style.ts';

export interface PageOptions {
  /** A feed that belongs to the page. */
  readonly feed?: { readonly title: string; readonly path: string };
  /** What stands in the search field. */
  readonly question?: string;
}

/** A whole document around `content`. */
export function pageLayout(title: string, content: Html, { feed, question = '' }: PageOptions = {}): string {
  const feedLink =
    feed === undefined
      ? html``
      : html`<link rel="alternate" type="application/rss+xml" title="${feed.title}" href="${feed.path}" />`;
  return html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${feedLink} ${style.element}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          <a class="home" href="/"
            ><svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true" focusable="false">
              <circle cx="16" cy="16" r="14" fill="none" stroke="currentColor" stroke-width="4" />
              <circle cx="16" cy="16" r="6" fill="currentColor" /></svg
            >Rind</a
          >
          <form action="/search/" method="get" role="search">
            <label for="q">Search projects</label>
            <input id="q" name="q" type="search" maxlength="200" value="${question}" />
            <button type="submit">Search</button>
          </form>
        </header>
        <main id="content">${content}</main>
        <footer>
          <p>
            Every file and project page served here is signed (PEP 458, The Update Framework). What you read
            on this page is not: verify with <code>rind</code> or any TUF client.
          </p>
          <p>
            <a href="/simple/">All projects</a> · <a href="/state/">State of the repository</a> ·
            <a href="/help/">Help with uploads</a> · <a href="/rss/updates.xml">Newest releases as RSS</a> ·
            <a href="/metadata/root.json">Root of trust</a>
          </p>
        </footer>
      </body>
    </html> `.text;
}
