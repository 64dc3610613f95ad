import { humanDate } from './human.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** A moment for people and programs. @param at ISO 8601 in UTC */
export function moment(at: string | Date): Html {
  const iso = typeof at === 'string' ? at : at.toISOString();
  return html`<time datetime="${iso}">${humanDate(iso)}</time>`;
}
