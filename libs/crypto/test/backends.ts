import type { CryptoBackend } from '../src/primitives.ts';
import { nobleBackend } from '../src/noble-backend.ts';
import { nodeBackend } from '../src/node-backend.ts';

/** Both, by name, for `describe.each`: tests run on Node, where there is no excuse for having only one. */
export const backends: readonly (readonly [CryptoBackend['name'], CryptoBackend])[] = [
  ['noble', nobleBackend],
  ['node', nodeBackend()!],
];
