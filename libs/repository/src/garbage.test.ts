import { describe, expect, it } from 'vitest';
import { binVersion } from './bins.ts';
import { isNeeded, namedObjectOf } from './garbage.ts';
import type { LiveReferences } from './garbage.ts';

const bitLength = 6;
const a = 'a'.repeat(64);
const b = 'b'.repeat(64);
const c = 'c'.repeat(64);

/** Snapshot 7 is served; the record has 6 still, and a publication that took 9 and a new version of bin 3. */
const live: LiveReferences = {
  targetsVersion: 4,
  binsVersion: 5,
  snapshotVersion: 7,
  binVersion: (index) => binVersion(10, index),
  recorded: {
    snapshots: new Set([6, 9]),
    bins: new Map([[3, new Set([binVersion(11, 3), binVersion(9, 3)])]]),
    pages: new Map([['demo', new Set([a, b])]]),
  },
  // Snapshot 2 of long ago.
  archived: {
    snapshots: new Set([2]),
    binVersions: new Set([binVersion(2, 3), binVersion(5, 4)]),
    targetsVersions: new Set([1]),
    binsVersions: new Set([2]),
  },
};

const v = binVersion;

describe('an object of the store', () => {
  it.each<[string, boolean]>([
    ['metadata/timestamp.json', true],
    ['metadata/1.root.json', true],
    ['metadata/999.root.json', true],
    // Offline roles: what people signed lies there before a snapshot names it.
    ['metadata/3.targets.json', false],
    ['metadata/4.targets.json', true],
    ['metadata/5.targets.json', true],
    ['metadata/4.bins.json', false],
    ['metadata/5.bins.json', true],
    ['metadata/6.bins.json', true],
    // Snapshots: the served one, the recorded one, the one that a publication took; not one of a burned number.
    ['metadata/5.snapshot.json', false],
    ['metadata/6.snapshot.json', true],
    ['metadata/7.snapshot.json', true],
    ['metadata/8.snapshot.json', false],
    ['metadata/9.snapshot.json', true],
    ['metadata/10.snapshot.json', false],
    // Bins.
    [`metadata/${v(8, 3)}.bin-03.json`, false],
    [`metadata/${v(9, 3)}.bin-03.json`, true],
    [`metadata/${v(10, 3)}.bin-03.json`, true],
    [`metadata/${v(11, 3)}.bin-03.json`, true],
    [`metadata/${v(12, 3)}.bin-03.json`, false],
    [`metadata/${v(9, 4)}.bin-04.json`, false],
    [`metadata/${v(10, 4)}.bin-04.json`, true],
    [`metadata/${v(10, 63)}.bin-3f.json`, true],
    [`metadata/${v(9, 63)}.bin-3f.json`, false],
    // What an archived snapshot names.
    ['metadata/2.snapshot.json', true],
    ['metadata/3.snapshot.json', false],
    [`metadata/${v(2, 3)}.bin-03.json`, true],
    [`metadata/${v(5, 4)}.bin-04.json`, true],
    [`metadata/${v(5, 3)}.bin-03.json`, false],
    ['metadata/1.targets.json', true],
    ['metadata/2.targets.json', false],
    ['metadata/1.bins.json', false],
    ['metadata/2.bins.json', true],
    // Pages.
    [`targets/simple/demo/${a}.index.json`, true],
    [`targets/simple/demo/${b}.index.json`, true],
    [`targets/simple/demo/${c}.index.json`, false],
    [`targets/simple/other/${a}.index.json`, false],
    // Files are judged by their paths, never by this.
    [`targets/packages/demo/${c}.demo-1.0.tar.gz`, true],
    [`targets/packages/demo/${c}.index.json`, true],
    // Whatever we do not name ourselves.
    ['metadata/1.bin-3.json', true],
    ['metadata/1.bin-003.json', true],
    ['metadata/1.bin-40.json', true],
    ['metadata/1.bin-0G.json', true],
    ['metadata/0.snapshot.json', true],
    ['metadata/01.snapshot.json', true],
    ['metadata/9999999999999999.snapshot.json', true],
    ['metadata/snapshot.json', true],
    ['metadata/1.snapshot.json.bak', true],
    ['metadata/sub/1.snapshot.json', true],
    ['metadata/1.timestamp.json', true],
    ['metadata/1.mirrors.json', true],
    [`targets/simple/demo/${c}.index.html`, true],
    [`targets/simple/demo/sub/${c}.index.json`, true],
    [`targets/simple/demo/${c.slice(1)}.index.json`, true],
    [`targets/simple/demo/index.json`, true],
    [`targets/${c}.index.json`, true],
  ])('%s: is needed %s', (key, needed) => {
    expect(isNeeded(namedObjectOf(key, bitLength), live)).toBe(needed);
  });

  it('is a bin only under the name that an index of that many bins gives it', () => {
    expect(namedObjectOf('metadata/5.bin-03.json', 6)).toEqual({ kind: 'bin', index: 3, version: 5 });
    expect(namedObjectOf('metadata/5.bin-03.json', 14)).toEqual({ kind: 'kept' });
    expect(namedObjectOf('metadata/5.bin-0003.json', 14)).toEqual({ kind: 'bin', index: 3, version: 5 });
  });
});
