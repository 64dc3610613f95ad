import { Html, html } from './html.ts';
import { style } from './style.ts';

const styleSheet = new Html(`<style>${style}</style>`);

/** A whole document around `content`. */
export function pageLayout(title: string, content: Html): string {
  return html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${styleSheet}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header><a href="/">Rind</a></header>
        <main id="content">${content}</main>
        <footer>
          <p>
            Every file and project page served here is signed (PEP 458, The Update Framework). What you read
            on this page is not: verify with <code>rind</code> or any TUF client.
          </p>
          <p>
            <a href="/simple/">All projects</a> · <a href="/api/v1/status">Status as JSON</a> ·
            <a href="/metadata/root.json">Root of trust</a>
          </p>
        </footer>
      </body>
    </html> `.text;
}
