import type { JsonObject, TargetPath } from '@rind/kernel';
import { toHex, toTufDate } from '@rind/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testSigner } from '../test/signer.ts';
import { explicitBins } from './delegations.ts';
import { hasCanonicalKeyIds, keyMap } from './key-map.ts';
import type { KeyMap } from './key-map.ts';
import { parseRoot, parseSnapshot, parseTargets, parseTimestamp } from './metadata.ts';
import { rootSigned } from './root.ts';
import { serializeMetadata } from './serialize.ts';
import { isExpired } from './signed.ts';
import { snapshotSigned } from './snapshot.ts';
import { targetsSigned } from './targets.ts';
import { verifyThreshold } from './threshold.ts';
import { timestampSigned } from './timestamp.ts';

const signer = testSigner(1);
const who = { keyIds: [signer.id], threshold: 1 };
const keys: KeyMap = keyMap(signer.key, testSigner(2).key);
const file = (signed: JsonObject) => serializeMetadata(signed, [signer.sign(signed)]);

const common = fc.record({
  version: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  expires: fc.integer({ min: 0, max: 253402300799 }).map((seconds) => toTufDate(seconds * 1000)),
});
const hashes = fc
  .dictionary(fc.string({ minLength: 1 }), fc.uint8Array({ minLength: 1, maxLength: 64 }).map(toHex), {
    minKeys: 1,
  })
  .map((listed) => new Map(Object.entries(listed)));
const metaFile = fc.record(
  { version: fc.integer({ min: 1 }), length: fc.nat(), hashes },
  { requiredKeys: ['version'] },
);
const text = fc.string({ unit: 'grapheme', minLength: 1 });

describe('a document made here is what is read back', () => {
  it('as root', () => {
    fc.assert(
      fc.property(common, fc.integer({ min: 1 }), fc.boolean(), (fields, threshold, consistentSnapshot) => {
        const roles = {
          root: { keyIds: [...keys.keys()], threshold },
          timestamp: who,
          snapshot: who,
          targets: who,
        };
        const parsed = parseRoot(file(rootSigned({ ...fields, consistentSnapshot, keys, roles })));
        expect(parsed.signed).toMatchObject({ ...fields, type: 'root', consistentSnapshot, roles });
        expect([...parsed.signed.keys.keys()].sort()).toEqual([...keys.keys()].sort());
        expect(hasCanonicalKeyIds(parsed.signed)).toBe(true);
        expect(verifyThreshold(parsed, who, keys).ok).toBe(true);
      }),
    );
  });

  it('as timestamp', () => {
    fc.assert(
      fc.property(common, metaFile, (fields, snapshotMeta) => {
        const parsed = parseTimestamp(file(timestampSigned({ ...fields, snapshotMeta })));
        expect(parsed.signed).toMatchObject({ ...fields, type: 'timestamp' });
        expect(parsed.signed.snapshotMeta).toEqual(snapshotMeta);
        expect(verifyThreshold(parsed, who, keys).ok).toBe(true);
      }),
    );
  });

  it('as snapshot', () => {
    fc.assert(
      fc.property(common, fc.array(fc.tuple(text, metaFile)), (fields, entries) => {
        const meta = new Map(entries);
        const parsed = parseSnapshot(file(snapshotSigned({ ...fields, meta })));
        expect(parsed.signed).toMatchObject({ ...fields, type: 'snapshot' });
        expect(new Map(parsed.signed.meta)).toEqual(meta);
        expect(verifyThreshold(parsed, who, keys).ok).toBe(true);
      }),
    );
  });

  it('as targets, with fields of its own', () => {
    const target = fc.record({ length: fc.nat(), hashes });
    fc.assert(
      fc.property(common, fc.array(fc.tuple(text, target)), text, (fields, entries, roleName) => {
        const targets = new Map(entries as [TargetPath, { length: number; hashes: Map<string, string> }][]);
        const extra = { 'x-own': { list: [1, roleName] }, version: 'never replaces the version' };
        const parsed = parseTargets(file(targetsSigned({ ...fields, targets, roleName, extra })));
        expect(parsed.signed).toMatchObject({ ...fields, type: 'targets', roleName });
        expect(parsed.signed.raw['x-own']).toEqual(extra['x-own']);
        expect(parsed.signed.delegations).toBeUndefined();
        const read = [...parsed.signed.targets].map(([path, { length, hashes: listed }]) => [
          path,
          { length, hashes: listed },
        ]);
        expect(new Map(read as never)).toEqual(targets);
        expect(verifyThreshold(parsed, who, keys).ok).toBe(true);
      }),
    );
  });

  it.each(['succinct', 'roles'] as const)('as delegations to bins (%s)', (kind) => {
    const succinct = { ...who, bitLength: 5, namePrefix: 'bin' };
    const delegations =
      kind === 'succinct' ? { kind, keys, succinct } : { kind, keys, roles: explicitBins(succinct) };
    const signed = targetsSigned({
      version: 1,
      expires: '2030-01-01T00:00:00Z',
      targets: new Map(),
      delegations,
    });
    const parsed = parseTargets(file(signed)).signed.delegations;
    expect(parsed).toMatchObject(
      kind === 'succinct' ? { kind, succinct } : { kind, roles: explicitBins(succinct) },
    );
    expect(new Set(parsed?.keys.keys())).toEqual(new Set(keys.keys()));
  });
});

describe('a document to be signed', () => {
  const fields = { version: 1, expires: '2030-01-01T00:00:00Z' };

  it('is refused by the rules by which others would be', () => {
    const build = (version: number, expires: string) => () =>
      targetsSigned({ version, expires, targets: new Map() });
    expect(build(0, fields.expires)).toThrow(expect.objectContaining({ code: 'metadata.syntax' }));
    expect(build(1, '2030-01-01')).toThrow(expect.objectContaining({ code: 'metadata.bad-date' }));
  });

  it('keeps the entry of a target that was read from an earlier one, unknown fields and all', () => {
    const entry = { length: 1, hashes: { sha256: 'ab' }, 'x-unknown': [true] };
    const earlier = { ...targetsSigned({ ...fields, targets: new Map() }), targets: { 'a/b': entry } };
    const { targets } = parseTargets(file(earlier)).signed;
    expect(targetsSigned({ ...fields, targets })['targets']).toEqual({ 'a/b': entry });
  });

  it('leaves an empty custom out', () => {
    const target = { length: 1, hashes: new Map([['sha256', 'ab']]), custom: {} };
    const signed = targetsSigned({ ...fields, targets: new Map([['a' as TargetPath, target]]) });
    expect(signed['targets']).toEqual({ a: { length: 1, hashes: { sha256: 'ab' } } });
  });

  it('expires in the very millisecond that it names', () => {
    const { signed } = parseTargets(file(targetsSigned({ ...fields, targets: new Map() })));
    expect(
      [signed.expiresMs - 1, signed.expiresMs, signed.expiresMs + 1].map((now) => isExpired(signed, now)),
    ).toEqual([false, true, true]);
  });
});
