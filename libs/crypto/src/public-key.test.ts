import { parseJson } from '@rind/canonical-json';
import { utf8 } from '@rind/kernel';
import { vectors } from '@rind/test-vectors';
import { describe, expect, it } from 'vitest';
import { keyIdOf } from './index.ts';
import type { PublicKey } from './index.ts';

describe('keyIdOf', () => {
  it.each(vectors('key-ids'))('agrees with securesystemslib: $name', ({ key, keyId }) => {
    const parsed = parseJson(utf8(JSON.stringify(key))) as unknown as PublicKey;
    expect(keyIdOf(parsed)).toBe(keyId);
  });

  it('covers every field', () => {
    const { key } = vectors('key-ids')[0]!;
    const variants: PublicKey[] = [
      key,
      { ...key, scheme: 'x' },
      { ...key, keytype: 'x' },
      { ...key, keyval: { public: 'x' } },
      { ...key, keyval: { ...key.keyval, private: '' } },
      { ...key, ...{ extra: null } },
    ];
    expect(new Set(variants.map(keyIdOf)).size).toBe(variants.length);
  });

  it('does not depend on the order of fields', () => {
    const { keytype, scheme, keyval } = vectors('key-ids')[0]!.key;
    expect(keyIdOf({ keyval, scheme, keytype })).toBe(keyIdOf({ keytype, scheme, keyval }));
  });
});
