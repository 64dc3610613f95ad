import { canonicalBytes, parseJson } from '@rind/canonical-json';
import { parseSnapshot, joinMetadata } from '@rind/metadata';
import { describe, expect, it } from 'vitest';
import { binVersion } from './bins.ts';
import { SnapshotVector } from './snapshot-vector.ts';

const expires = '2026-11-22T00:00:00Z';
const vectorOf = (bitLength: number) =>
  new SnapshotVector(
    bitLength,
    Float64Array.from({ length: 2 ** bitLength }, (_, i) => binVersion(1, i)),
    1,
    2,
  );

describe('the snapshot vector', () => {
  it.each([1, 4, 5, 10, 14])('serialises 2^%i bins as canonical JSON', (bitLength) => {
    const bytes = vectorOf(bitLength).signedBytes(7, expires, '1.0.34');
    expect(canonicalBytes(parseJson(bytes))).toEqual(bytes);
  });

  it('comes back from the snapshot that it wrote', () => {
    const vector = vectorOf(5).with(new Map([[3, binVersion(9, 3)]]));
    const { meta } = parseSnapshot(joinMetadata(vector.signedBytes(7, expires, '1.0.34'), [])).signed;
    const read = SnapshotVector.fromSnapshot(5, (file) => meta.get(file)?.version);
    if (!('vector' in read)) throw new Error('a bin is missing');
    expect([...Array(32).keys()].map((i) => read.vector.version(i))).toEqual(
      [...Array(32).keys()].map((i) => vector.version(i)),
    );
    expect([read.vector.targetsVersion, read.vector.binsVersion]).toEqual([1, 2]);
  });

  it('lists other versions of the offline roles when they change, one or both', () => {
    const vector = vectorOf(2);
    const versions = ({ targetsVersion, binsVersion }: SnapshotVector) => [targetsVersion, binsVersion];
    expect(versions(vector.withOffline({ targets: 7 }))).toEqual([7, 2]);
    expect(versions(vector.withOffline({ bins: 8 }).with(new Map([[0, 99]])))).toEqual([1, 8]);
    expect(versions(vector.withOffline({}))).toEqual([1, 2]);
    expect(versions(vector)).toEqual([1, 2]);
  });

  it('names the first bin that a snapshot lacks', () => {
    expect(SnapshotVector.fromSnapshot(2, (file) => (file === 'bin-2.json' ? undefined : 1))).toEqual({
      missing: 'bin-2',
    });
  });

  it('leaves the published vector alone when it makes a changed one', () => {
    const vector = vectorOf(2);
    vector.with(new Map([[0, 99]]));
    expect(vector.version(0)).toBe(binVersion(1, 0));
  });
});
