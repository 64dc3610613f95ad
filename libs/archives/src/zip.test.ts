import { int64, tarMember, zipBytes, zipExtra } from '../test/made.ts';
import type { ZipEnd, ZipRecord } from '../test/made.ts';
import { concatBytes, utf8 } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { fileOf, zipOutcome } from '../test/archives.ts';
import {
  ones,
  packed,
  plain,
  hiddenInComment,
  mode,
  noise,
  odd,
  onlyInDirectory,
  packedBytes,
  reachesIntoDirectory,
  twice,
  twiceInDirectory,
  unicodePath,
  wide,
} from '../test/zip-scenes.ts';
import { readZip } from './zip.ts';
import type { ZipReason } from './zip-reasons.ts';

const good = [plain, packed];

describe('a zip file in order', () => {
  it('is read whole, and the wanted members are kept', async () => {
    const records: ZipRecord[] = [
      ...good,
      { name: 'empty' },
      { name: 'folder/', header: { externalAttributes: (0o040755 << 16) >>> 0 } },
      { name: 'ünïcode.txt', data: 'ü' },
    ];
    const archive = await readZip(
      fileOf(zipBytes(records)),
      (name) => name === 'b/b.txt' || name === 'empty',
    );
    expect(archive.members).toEqual([
      { name: 'a.txt', kind: 'file', size: 5 },
      { name: 'b/b.txt', kind: 'file', size: 500 },
      { name: 'empty', kind: 'file', size: 0 },
      { name: 'folder/', kind: 'directory', size: 0 },
      { name: 'ünïcode.txt', kind: 'file', size: 2 },
    ]);
    expect(archive.contents).toEqual(
      new Map([
        ['b/b.txt', utf8('beta '.repeat(100))],
        ['empty', new Uint8Array()],
      ]),
    );
  });

  it.each<[string, readonly ZipRecord[], ZipEnd?]>([
    ['that is empty', []],
    ['with a comment of its own', good, { comment: 'made by hand' }],
    ['in ZIP64 form', good, { zip64: true }],
    ['with sizes in ZIP64 extra fields', [wide(plain, 5, 5)]],
    ['with an empty ZIP64 extra field', [{ ...plain, local: { extra: zipExtra(1, new Uint8Array()) } }]],
    ['whose large member is stored', [{ name: 'large', data: new Uint8Array(600_000).fill(7) }]],
    ['whose large member is deflated', [{ name: 'large', data: noise(600_000), deflated: true }]],
    ['with an extra field that nobody knows, twice', [{ ...plain, header: { extra: twice(0x5455) } }]],
    ['made on another system', [{ ...plain, header: { externalAttributes: 0 } }]],
    ['with a name like a folder above', [{ name: 'a/..b/c', data: '' }]],
  ])('%s is accepted', async (_what, records, end) => {
    expect(await zipOutcome(zipBytes(records, end))).toBe('accepted');
  });
});

describe('the records of a zip file', () => {
  it.each<[string, Uint8Array, ZipReason, string | null]>([
    ['with a byte behind the end', zipBytes(good, { after: utf8('x') }), 'trailing-data', null],
    [
      'with a second archive behind',
      concatBytes(zipBytes([plain]), zipBytes([packed])),
      'not-in-directory',
      'a.txt',
    ],
    ['with something in front', concatBytes(utf8('#!/bin/sh\n'), zipBytes(good)), 'unknown-record', null],
    [
      'with a gap between members',
      zipBytes([plain, { ...packed, before: utf8('gap') }]),
      'unknown-record',
      null,
    ],
    [
      'with a gap before the directory',
      zipBytes([{ ...plain, after: utf8('gap!') }]),
      'unknown-record',
      null,
    ],
    ['with a gap behind the directory', zipBytes(good, { before: utf8('gap!') }), 'malformed', null],
    ['that hide one behind a comment', hiddenInComment(), 'not-in-directory', 'a.txt'],
    [
      'with a comment on a member',
      zipBytes([{ ...plain, central: { comment: 'hm' } }]),
      'member-comment',
      null,
    ],
    [
      'with a data descriptor',
      zipBytes([{ ...plain, header: { flags: 0x808 } }]),
      'data-descriptor',
      'a.txt',
    ],
    ['that are twice the same', zipBytes([plain, plain]), 'mismatched-headers', 'a.txt'],
    ['twice in the directory', twiceInDirectory(), 'duplicate-in-directory', 'a.txt'],
    [
      'that the directory does not list',
      zipBytes([plain, { ...packed, central: null }]),
      'not-in-directory',
      'b/b.txt',
    ],
    ['that only the directory lists', onlyInDirectory(), 'missing-local', 'ghost'],
    [
      'of another name in front',
      zipBytes([{ ...plain, local: { name: 'b.txt' } }]),
      'not-in-directory',
      'b.txt',
    ],
    [
      'of another length in front',
      zipBytes([{ ...plain, local: { size: 6 } }]),
      'mismatched-file-size',
      'a.txt',
    ],
    [
      'of other data in front',
      zipBytes([{ ...plain, local: { compressedSize: 4 } }]),
      'mismatched-data-size',
      'a.txt',
    ],
    [
      'of another method in front',
      zipBytes([{ ...plain, local: { method: 8 } }]),
      'mismatched-headers',
      'a.txt',
    ],
    [
      'of another checksum in front',
      zipBytes([{ ...plain, local: { crc: 1 } }]),
      'mismatched-headers',
      'a.txt',
    ],
    [
      'of another spelling in front',
      zipBytes([{ ...plain, local: { flags: 0 } }]),
      'mismatched-headers',
      'a.txt',
    ],
    [
      'that start elsewhere',
      zipBytes([plain, { ...packed, central: { offset: 0 } }]),
      'mismatched-headers',
      'b/b.txt',
    ],
    ['that reach into the directory', reachesIntoDirectory(), 'malformed', 'a.txt'],
    ['fewer than the end says', zipBytes(good, { records: 3 }), 'mismatched-records', null],
    ['fewer than there are on this disk', zipBytes(good, { recordsOnDisk: 1 }), 'malformed', null],
    ['of a directory elsewhere', zipBytes(good, { directoryOffset: 3 }), 'mismatched-offset', null],
    ['of a shorter directory', zipBytes(good, { directorySize: 20 }), 'malformed', null],
    ['of a directory longer than the file', zipBytes(good, { directorySize: 1e6 }), 'malformed', null],
    ['on a second disk', zipBytes(good, { disk: 1 }), 'multi-disk', null],
    ['of a member on a second disk', zipBytes([{ ...plain, header: { disk: 1 } }]), 'multi-disk', 'a.txt'],
    [
      'with a ZIP64 end of odd length',
      zipBytes(good, { zip64: true, zip64Size: 45 }),
      'zip64-extensible-data',
      null,
    ],
    ['with a ZIP64 end elsewhere', zipBytes(good, { zip64: true, zip64Offset: 5 }), 'malformed', null],
    ['with all ones and no ZIP64 end', zipBytes(good, { directorySize: ones }), 'malformed', null],
    ['with sizes of all ones', zipBytes([{ ...plain, header: { size: ones } }]), 'malformed', 'a.txt'],
    [
      'with ZIP64 fields twice',
      zipBytes([{ ...plain, local: { extra: twice(1) } }]),
      'duplicate-extra',
      'a.txt',
    ],
    [
      'with path fields twice',
      zipBytes([{ ...plain, header: { extra: twice(0x7075) } }]),
      'duplicate-extra',
      'a.txt',
    ],
    ['with ZIP64 fields of no known length', odd(9), 'malformed', 'a.txt'],
    [
      'with one ZIP64 size for two',
      zipBytes([{ ...packed, local: { extra: zipExtra(1, int64(500)) } }]),
      'malformed',
      'b/b.txt',
    ],
    [
      'with an extra field cut short',
      zipBytes([{ ...plain, local: { extra: utf8('abc') } }]),
      'malformed',
      'a.txt',
    ],
    [
      'with an extra field too long',
      zipBytes([{ ...plain, local: { extra: utf8('ab\xff\xff') } }]),
      'malformed',
      'a.txt',
    ],
    [
      'with another name for some',
      zipBytes([{ ...plain, header: { extra: unicodePath(utf8('b.txt')) } }]),
      'mismatched-headers',
      'a.txt',
    ],
    [
      'with another name that is none',
      zipBytes([{ ...plain, header: { extra: unicodePath(Uint8Array.of(0xff)) } }]),
      'unicode-path',
      'a.txt',
    ],
    ['that are encrypted', zipBytes([{ ...plain, header: { flags: 0x801 } }]), 'encrypted', 'a.txt'],
    [
      'with a folder that has data',
      zipBytes([{ name: 'folder/', data: 'x', header: { externalAttributes: 0 } }]),
      'directory-with-data',
      'folder/',
    ],
    ['with a symbolic link', zipBytes([mode(0o120777)]), 'not-a-file', 'a.txt'],
    ['with a device', zipBytes([mode(0o020666)]), 'not-a-file', 'a.txt'],
    ['with a FIFO', zipBytes([mode(0o010666)]), 'not-a-file', 'a.txt'],
  ])('%s are refused', async (_what, bytes, reason, member) => {
    expect(await zipOutcome(bytes)).toEqual(['archive.zip-refused', { reason, member }]);
  });

  it('that are twice the same in front are refused where the directory lists both in one place', async () => {
    const once = zipBytes([plain]);
    const local = once.slice(0, 40);
    // Two equal local records, two equal entries: only the place tells them apart.
    const bytes = zipBytes([
      { ...plain, before: local, central: { offset: 0 } },
      { ...plain, central: { offset: 0 } },
    ]);
    expect((await zipOutcome(bytes))[0]).toBe('archive.zip-refused');
  });
});

describe('the name of a member', () => {
  it.each<[string | Uint8Array, ZipReason]>([
    ['', 'unsafe-name'],
    ['/etc/passwd', 'unsafe-name'],
    ['../up', 'unsafe-name'],
    ['a/../../up', 'unsafe-name'],
    ['..', 'unsafe-name'],
    ['C:/windows', 'unsafe-name'],
    ['a\\b', 'unsafe-name'],
    ['..\\up', 'unsafe-name'],
    ['a\0b', 'unprintable-name'],
    ['a\nb', 'unprintable-name'],
    ['a\x7f', 'unprintable-name'],
    [Uint8Array.of(0x61, 0xe9), 'name-not-unicode'],
    [Uint8Array.of(0xc0, 0xaf), 'name-not-unicode'],
  ])('%j is refused', async (name, reason) => {
    expect(await zipOutcome(zipBytes([{ name, data: 'x' }]))).toMatchObject([
      'archive.zip-refused',
      { reason },
    ]);
  });

  it('in letters that the flags do not announce is refused', async () => {
    const bytes = zipBytes([{ name: 'ü', header: { flags: 0 } }]);
    expect(await zipOutcome(bytes)).toMatchObject(['archive.zip-refused', { reason: 'not-in-directory' }]);
  });
});

describe('the data of a member', () => {
  const text = 'beta '.repeat(100);
  it.each<[string, ZipRecord]>([
    ['with another checksum', { ...packed, header: { crc: 7 } }],
    ['stored with another checksum', { ...plain, header: { crc: 7 } }],
    ['that unpacks to less', { ...packed, header: { size: 501 } }],
    ['that unpacks to more', { ...packed, header: { size: 499 } }],
    [
      'that is no deflate stream',
      { name: 'x', data: text, payload: utf8('nonsense'), header: { method: 8 } },
    ],
    ['that ends in the middle', { ...packed, payload: packedBytes(text).subarray(0, -3) }],
    [
      'with bytes behind the deflate stream',
      { ...packed, payload: concatBytes(packedBytes(text), utf8('x')) },
    ],
    [
      'large, that unpacks to more',
      { name: 'l', data: new Uint8Array(900_000), deflated: true, header: { size: 800_000 } },
    ],
    [
      'large, with bytes behind the deflate stream',
      {
        name: 'l',
        data: noise(600_000),
        payload: concatBytes(packedBytes(noise(600_000)), new Uint8Array(400_000)),
        header: { method: 8 },
      },
    ],
    ['stored with another length', { ...plain, header: { size: 4 } }],
  ])('%s is refused', async (_what, record) => {
    const name = String(record.name);
    expect(await zipOutcome(zipBytes([record]))).toEqual(['archive.corrupt', { member: name }]);
  });

  it.each([1, 9, 12, 14, 93, 99])('compressed by method %i is refused', async (method) => {
    expect(await zipOutcome(zipBytes([{ ...plain, header: { method } }]))).toEqual([
      'archive.unsupported-compression',
      { member: 'a.txt', method },
    ]);
  });
});

describe('a file that is no zip file', () => {
  it.each<[string, Uint8Array]>([
    ['nothing at all', new Uint8Array()],
    ['a text', utf8('not a zip file, though rather long')],
    ['the beginning of one', zipBytes(good).subarray(0, 60)],
  ])('as %s is refused', async (_what, bytes) => {
    expect(await zipOutcome(bytes)).toEqual(['archive.not-zip', {}]);
  });

  it('alone, being a tar file too, is refused', async () => {
    const tar = tarMember({ name: 'PK\x03\x04', data: 'x' });
    expect(await zipOutcome(concatBytes(tar, zipBytes(good)))).toEqual(['archive.polyglot', {}]);
  });
});

describe('the bounds of a zip file', () => {
  const limits = { freeBytes: 1_000, maxRatio: 2, maxMembers: 3, maxKeptBytes: 400, maxKeptTotalBytes: 600 };
  const zeros = { name: 'zeros', data: new Uint8Array(100_000), deflated: true };

  it('hold for what headers announce, before anything is unpacked', async () => {
    const liar: ZipRecord = { ...plain, header: { size: 2_000, compressedSize: 5 } };
    expect(await zipOutcome(zipBytes([liar]), limits)).toEqual(['archive.bomb', { maxRatio: 2 }]);
  });

  it('are a ratio beyond what is free', async () => {
    expect(await zipOutcome(zipBytes([zeros]), limits)).toEqual(['archive.bomb', { maxRatio: 2 }]);
    expect(await zipOutcome(zipBytes([zeros]), { ...limits, freeBytes: 100_000 })).toBe('accepted');
    expect(await zipOutcome(zipBytes([zeros]), { ...limits, maxRatio: 1_000 })).toBe('accepted');
  });

  it('are a number of members', async () => {
    const records = [0, 1, 2, 3].map((n) => ({ name: `f${n}` }));
    expect(await zipOutcome(zipBytes(records), limits)).toEqual([
      'archive.too-many-members',
      { maxMembers: 3 },
    ]);
    expect(await zipOutcome(zipBytes(records.slice(1)), limits)).toBe('accepted');
  });

  it('are a length of each member that is kept, and of all', async () => {
    const bounds = { ...limits, freeBytes: 1e6 };
    const read = (sizes: readonly number[]) => {
      const records = sizes.map((size, i) => ({ name: `f${i}`, data: new Uint8Array(size) }));
      return readZip(fileOf(zipBytes(records)), () => true, bounds).then(
        () => 'accepted',
        (error: { code: string; details: object }) => [error.code, error.details],
      );
    };
    expect(await read([300, 300])).toBe('accepted');
    expect(await read([401])).toEqual(['archive.member-too-large', { member: 'f0', maxBytes: 400 }]);
    expect(await read([300, 301])).toEqual(['archive.member-too-large', { member: 'f1', maxBytes: 600 }]);
  });
});
