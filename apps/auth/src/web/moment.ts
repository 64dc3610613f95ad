import { html } from '@rind/html';
import type { Html } from '@rind/html';

/** A moment for people and machines, to the minute. */
export function moment(at: Date): Html {
  const iso = at.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
}
