import { metadataKey } from '@rind/repository';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const roleName = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,30}$/);
const version = fc.integer({ min: 1, max: 2 ** 40 });

/** How a name is taken apart again by who lists a store: a version, then the role. */
function parsed(key: string): { role: string; version: number } | null {
  const found = /^metadata\/([0-9]+)\.(.+)\.json$/.exec(key);
  return found === null ? null : { version: Number(found[1]), role: found[2]! };
}

/** Guesses from the name whether it carries a version already: what went wrong elsewhere. */
function guessingKey(role: string, number: number): string {
  return /^[0-9]/.test(role) ? `metadata/${role}.json` : metadataKey(role, number);
}

function holdsFor(keyOf: (role: string, version: number) => string): void {
  fc.assert(
    fc.property(roleName, version, (role, number) => {
      const found = parsed(keyOf(role, number));
      return found?.role === role && found.version === number;
    }),
    { numRuns: 2_000 },
  );
}

describe('The name of a role in the store', () => {
  it('carries its version, whatever character the role begins with', () => {
    expect(metadataKey('3proxy', 7)).toBe('metadata/7.3proxy.json');
    holdsFor(metadataKey);
  });

  it('would lose it if the digit were taken for a version, which this test notices', () => {
    expect(() => holdsFor(guessingKey)).toThrow();
  });
});
