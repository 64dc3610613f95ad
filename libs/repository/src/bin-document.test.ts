import { canonicalBytes, parseJson } from '@rind/canonical-json';
import { fromUtf8 } from '@rind/kernel';
import type { JsonObject } from '@rind/kernel';
import { joinMetadata, parseTargets } from '@rind/metadata';
import type { KeyId } from '@rind/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHead, editBin, emptyBin, signedPart, spliceBin } from './bin-document.ts';
import { binVersion } from './bins.ts';

const role = 'bin-0a3f';
const head = (counter: number) => ({
  role,
  version: binVersion(counter, 0x0a3f),
  expires: `2026-11-2${counter}T00:00:00Z`,
});
const sha = (digit: string) => digit.repeat(64);
const change = (path: string, digit = 'a') => ({ path, target: { length: 3, sha256: sha(digit) } });

describe('a bin', () => {
  it('is canonical JSON however it was made', () => {
    const empty = emptyBin(head(1), '1.0.34');
    const edited = editBin(empty, head(1), [change('packages/a/b'), change('packages/a/a')], head(2)).signed;
    const spliced = spliceBin(edited, head(2), head(3));
    for (const bytes of [empty, edited, spliced]) expect(canonicalBytes(parseJson(bytes))).toEqual(bytes);
  });

  it('keeps its targets through a splice, which changes version and expiry only', () => {
    const edited = editBin(emptyBin(head(1), '1.0.34'), head(1), [change('packages/a/b')], head(2)).signed;
    const before = parseJson(edited) as JsonObject;
    const after = parseJson(spliceBin(edited, head(2), head(3))) as JsonObject;
    expect({ ...after, version: 0, expires: '' }).toEqual({ ...before, version: 0, expires: '' });
    expect([after['version'], after['expires']]).toEqual([head(3).version, head(3).expires]);
  });

  it('reads as targets metadata that names its own role', () => {
    const { signed, targets } = editBin(
      emptyBin(head(1), '1.0.34'),
      head(1),
      [change('packages/a/b')],
      head(2),
    );
    const file = joinMetadata(signed, [{ keyid: sha('1') as KeyId, sig: sha('2') }]);
    const parsed = parseTargets(file).signed;
    expect([parsed.version, parsed.roleName, parsed.targets.size, targets]).toEqual([
      head(2).version,
      role,
      1,
      1,
    ]);
    expect(fromUtf8(signedPart(file, head(2)))).toBe(fromUtf8(signed));
  });

  it('ends as if the last change of each path had been the only one', () => {
    const paths = fc.constantFrom('packages/a/1', 'packages/a/2', 'simple/a/index.json');
    const changes = fc.array(
      fc.record({ path: paths, target: fc.option(fc.constant({ length: 1, sha256: sha('b') })) }),
    );
    fc.assert(
      fc.property(changes, (list) => {
        const expected = new Set<string>();
        for (const { path, target } of list) {
          if (target === null) expected.delete(path);
          else expected.add(path);
        }
        const { signed, targets } = editBin(emptyBin(head(1), '1.0.34'), head(1), list, head(2));
        const found = Object.keys((parseJson(signed) as { targets: JsonObject }).targets);
        expect(found).toEqual([...expected].sort());
        expect(targets).toBe(expected.size);
      }),
    );
  });

  it.each([
    ['another role', { role: 'bin-0a3e', version: head(1).version }],
    ['another version', { role, version: head(2).version }],
  ])('is refused as the base of a new one when it is of %s', (_name, expected) => {
    expect(() => checkHead(emptyBin(head(1), '1.0.34'), expected)).toThrow(
      expect.objectContaining({ code: 'store.corrupt' }),
    );
  });

  it('is refused when it would pass the size at which clients stop', () => {
    const name = 'x'.repeat(200);
    const many = Array.from({ length: 15_000 }, (_, i) => change(`packages/${name}/${i}`));
    expect(() => editBin(emptyBin(head(1), '1.0.34'), head(1), many, head(2))).toThrow(
      expect.objectContaining({ code: 'bin.too-large' }),
    );
  });
});
