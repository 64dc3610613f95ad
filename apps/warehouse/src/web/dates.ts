import { humanDate } from './human.ts';
import { html } from '@rind/html';
import type { Html } from '@rind/html';

/** A moment for people and programs. @param at ISO 8601 in UTC */
export function moment(at: string | Date): Html {
  const iso = typeof at === 'string' ? at : at.toISOString();
  return html`<time datetime="${iso}">${humanDate(iso)}</time>`;
}
