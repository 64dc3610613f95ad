import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detached, keys, plan } from '../../test/ceremony-scene.ts';
import { assemble } from './assembly.ts';
import type { DetachedSignature } from './assembly.ts';

const checked = plan({ role: 'root' });
const holders = keys.root.map((key) => detached(checked, key));

/** A step of one holder: it looks at what is there, or hands in. */
type Step = readonly [holder: number, does: 'look' | 'hand-in'];

/** Every holder looks, then hands in; holders in any order beside each other. */
const interleavings = fc
  .shuffledSubarray([0, 0, 1, 1, 2, 2], { minLength: 6 })
  .map((order) => order.map((holder, i): Step => [holder, order.indexOf(holder) === i ? 'look' : 'hand-in']));

/** Each holder's signature is a file of its own. */
function asOwnFiles(steps: readonly Step[]): number {
  const files = new Map<string, DetachedSignature>();
  for (const [holder, does] of steps)
    if (does === 'hand-in') files.set(`${holder}.sig.json`, holders[holder]!);
  return assemble(checked, [...files.values()]).signatures.length;
}

/** One pending document that each holder reads, adds to and writes back: what went wrong elsewhere. */
function asOneDocument(steps: readonly Step[]): number {
  let pending: readonly DetachedSignature[] = [];
  const seen = new Map<number, readonly DetachedSignature[]>();
  for (const [holder, does] of steps) {
    if (does === 'look') seen.set(holder, pending);
    else pending = [...seen.get(holder)!, holders[holder]!];
  }
  return assemble(checked, pending).signatures.length;
}

const losesNone = (handIn: (steps: readonly Step[]) => number): void =>
  fc.assert(fc.property(interleavings, (steps) => handIn(steps) === holders.length));

describe('Signatures that are made at the same time', () => {
  it('are all in the assembled file, whoever was faster', () => {
    losesNone(asOwnFiles);
  });

  it('would be lost in a document that holders share, which this test notices', () => {
    expect(() => losesNone(asOneDocument)).toThrow();
  });
});
