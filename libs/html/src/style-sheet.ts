import { createHash } from 'node:crypto';
import { Html } from './html.ts';

/** A sheet that stands in its page, with the policy under which a browser takes that sheet and nothing else. */
export interface StyleSheet {
  readonly element: Html;
  /** Content-Security-Policy: no script, no frame, nothing from elsewhere; forms go to where the page came from. */
  readonly policy: string;
  /** The same for a page with one script, which may ask the page's own origin. @param script its whole address */
  policyWithScript(script: string): string;
}

export function styleSheet(...parts: readonly string[]): StyleSheet {
  const style = parts.join('');
  const digest = createHash('sha256').update(style).digest('base64');
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${digest}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  return {
    element: new Html(`<style>${style}</style>`),
    policy,
    policyWithScript: (script) => `${policy}; script-src ${script}; connect-src 'self'`,
  };
}
