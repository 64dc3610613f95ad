import { hashHex } from '@rind/crypto';
import { utf8 } from '@rind/kernel';

/** A script of ours, named by its content: what is kept under that name never changes. */
export interface PageScript {
  readonly path: string;
  readonly text: string;
}

/** @param name as it stands in the path, before 16 hex digits of the text's SHA-256 */
export function pageScript(name: string, text: string): PageScript {
  return { path: `/account/${name}-${hashHex('sha256', utf8(text)).slice(0, 16)}.js`, text };
}
