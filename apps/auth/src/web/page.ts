import { html } from '@rind/html';
import type { Html } from '@rind/html';
import type { Person } from '../sessions/sessions.ts';
import type { PageScript } from './page-script.ts';
import { style } from './style.ts';

/** A whole document around `content`. @param person who is signed in */
export function page(title: string, content: Html, person: Person | null, script: PageScript | null): string {
  return html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – Rind</title>
        <link rel="icon" href="data:," />
        ${style.element} ${script === null ? html`` : html`<script src="${script.path}" defer></script>`}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          <a class="home" href="/account/">Rind accounts</a>
          <nav aria-label="Account">${person === null ? strangerLinks : personLinks(person)}</nav>
        </header>
        <main id="content">${content}</main>
        <footer>
          <p>Passwords are asked for on this address alone, and never by mail.</p>
        </footer>
      </body>
    </html> `.text;
}

const strangerLinks = html`<ul>
  <li><a href="/account/login/">Sign in</a></li>
  <li><a href="/account/register/">Create an account</a></li>
</ul>`;

function personLinks({ username }: Person): Html {
  return html`<ul>
    <li><a href="/account/">${username}</a></li>
    <li><a href="/account/log/">Log</a></li>
    <li>
      <form method="post" action="/account/logout/"><button type="submit">Sign out</button></form>
    </li>
  </ul>`;
}
