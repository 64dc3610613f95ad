import { html } from '@rind/html';
import { pageLayout } from './page-layout.ts';

export function notFoundPage(name: string): string {
  return pageLayout(
    'Not found · Rind',
    html`<h1>There is no project “${name}”</h1>
      <p>
        It may not be published yet, or the name is spelled differently. <a href="/simple/">All projects</a>
      </p>`,
  );
}
