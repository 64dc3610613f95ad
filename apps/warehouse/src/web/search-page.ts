import type { FoundProject, SearchResult } from '../search/search.ts';
import { html } from '@rind/html';
import type { Html } from '@rind/html';
import { pageLayout } from './page-layout.ts';

export interface SearchFacts {
  /** As it was asked. */
  readonly question: string;
  /** From 1. */
  readonly page: number;
  /** Null when the database does not answer. */
  readonly result: SearchResult | null;
}

export function searchPage({ question, page, result }: SearchFacts): string {
  const title = question === '' ? 'Search' : `Search: ${question}`;
  return pageLayout(
    `${title} on Rind`,
    html`<h1>${question === '' ? 'Search' : html`Projects for “${question}”`}</h1>
      ${answer(question, page, result)}`,
    { question },
  );
}

function answer(question: string, page: number, result: SearchResult | null): Html {
  if (result === null) {
    return html`<div class="state bad" role="status">
      <strong>The database does not answer.</strong> What was published can still be installed by name.
    </div>`;
  }
  if (question === '') return html`<p>Ask for a name, or for what a project does.</p>`;
  if (result.found.length === 0) {
    return html`<p>${page === 1 ? 'Nothing was found.' : 'There is nothing more.'}</p>`;
  }
  const address = (to: number): string => `/search/?q=${encodeURIComponent(question)}&page=${to}`;
  return html`<ul class="results">
      ${result.found.map(foundItem)}
    </ul>
    <nav class="parts" aria-label="Pages">
      ${page > 1 ? html`<a href="${address(page - 1)}" rel="prev">Page ${page - 1}</a>` : html``}
      ${result.more ? html`<a href="${address(page + 1)}" rel="next">Page ${page + 1}</a>` : html``}
    </nav>`;
}

function foundItem({ name, displayName, version, summary }: FoundProject): Html {
  return html`<li>
    <a href="/project/${name}/">${displayName}</a> <span class="soft">${version ?? ''}</span>
    ${summary === '' ? html`` : html`<p>${summary}</p>`}
  </li>`;
}
