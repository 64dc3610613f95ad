import { nobleBackend } from './noble-backend.ts';
import { nodeBackend } from './node-backend.ts';
import type { CryptoBackend } from './primitives.ts';

const chosen = nodeBackend() ?? nobleBackend;

/** What this platform runs on: OpenSSL on Node, `@noble/*` everywhere else. */
export function backend(): CryptoBackend {
  return chosen;
}
