import { concatBytes, utf8 } from '@rind/kernel';
import { gzipped, paxHeader, tarBytes, tarMember, zipBytes } from '../test/made.ts';
import type { TarMember } from '../test/made.ts';
import { describe, expect, it } from 'vitest';
import { fileOf, tarOutcome } from '../test/archives.ts';
import { readTarGz } from './tar-gz.ts';
import type { TarReason } from './tar-reasons.ts';

const info: TarMember = { name: 'six-1.0/PKG-INFO', data: 'Name: six\n' };
const code: TarMember = { name: 'six-1.0/six.py', data: 'x = 1\n'.repeat(200) };
const good = [info, code];
const long = `six-1.0/${'d/'.repeat(120)}file`;

const packed = (members: readonly TarMember[]): Uint8Array => gzipped(tarBytes(members));

describe('a source distribution in order', () => {
  it('is read whole, and the wanted members are kept', async () => {
    const members: TarMember[] = [
      { name: 'six-1.0/', type: '5' },
      ...good,
      { name: 'six-1.0/link', type: '2', linkName: 'six.py' },
      { name: 'six-1.0/empty' },
    ];
    const archive = await readTarGz(fileOf(packed(members)), (name) => name.endsWith('/PKG-INFO'));
    expect(archive.members).toEqual([
      { name: 'six-1.0/', kind: 'directory', size: 0 },
      { name: 'six-1.0/PKG-INFO', kind: 'file', size: 10 },
      { name: 'six-1.0/six.py', kind: 'file', size: 1200 },
      { name: 'six-1.0/link', kind: 'link', size: 0 },
      { name: 'six-1.0/empty', kind: 'file', size: 0 },
    ]);
    expect(archive.contents).toEqual(new Map([['six-1.0/PKG-INFO', utf8('Name: six\n')]]));
  });

  it.each<[string, readonly TarMember[]]>([
    ['by a pax header', [paxHeader({ path: long, mtime: '1.5' }), { name: 'short', data: 'x' }]],
    [
      'by a GNU header',
      [
        { name: '././@LongLink', type: 'L', data: `${long}\0` },
        { name: 'short', data: 'x' },
      ],
    ],
    ['by a prefix', [{ prefix: long.slice(0, 151), name: long.slice(152), data: 'x' }]],
  ])('may have a long name %s', async (_what, members) => {
    const { members: found } = await readTarGz(fileOf(packed(members)), () => false);
    expect(found).toEqual([{ name: long, kind: 'file', size: 1 }]);
  });

  it.each<[string, readonly TarMember[]]>([
    [
      'a comment for all members, as git archive leaves it',
      [paxHeader({ comment: 'f'.repeat(40) }, 'g'), info],
    ],
    ['a length in a pax header', [paxHeader({ size: '10' }), { ...info, size: 0 }]],
    ['a length in base 256', [{ ...info, rawSize: Uint8Array.of(0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10) }]],
    ['an old kind of file', [{ ...info, type: '\0' }]],
    ['an old kind of folder', [info, { name: 'six-1.0/old/', type: '\0' }]],
    [
      'a link to the folder above, inside',
      [info, { name: 'six-1.0/a/up', type: '2', linkName: '../six.py' }],
    ],
    ['a hard link', [info, { name: 'six-1.0/hard', type: '1', linkName: 'six-1.0/PKG-INFO' }]],
    ['a link that leads nowhere', [info, { name: 'six-1.0/dead', type: '2', linkName: 'nothing' }]],
    ['a backslash in a name', [info, { name: 'six-1.0/unit\\x2dname.service', data: 'x' }]],
  ])('may have %s', async (_what, members) => {
    expect(await tarOutcome(packed(members))).toBe('accepted');
  });

  it('may end without its blocks of zeros, or with more of them', async () => {
    expect(await tarOutcome(gzipped(tarBytes(good, new Uint8Array())))).toBe('accepted');
    expect(await tarOutcome(gzipped(tarBytes(good, new Uint8Array(10_240))))).toBe('accepted');
  });

  it('may be larger than what is read at once', async () => {
    expect(await tarOutcome(gzipped(tarBytes([{ ...info, data: noise(3_000_001) }]), 1))).toBe('accepted');
  });

  it('may have a name, a comment and more in its gzip header', async () => {
    const plain = gzipped(tarBytes(good));
    const extra = utf8('\x04\0abcd');
    const header = concatBytes(plain.slice(0, 3), Uint8Array.of(0x1e), plain.slice(4, 10), extra);
    const bytes = concatBytes(header, utf8('six.tar\0hm\0'), Uint8Array.of(0, 0), plain.slice(10));
    expect(await tarOutcome(bytes)).toBe('accepted');
  });
});

describe('the members of a source distribution', () => {
  it.each<[string, readonly TarMember[], TarReason, string | null]>([
    ['with a device', [{ name: 'six-1.0/dev', type: '3' }], 'special-file', 'six-1.0/dev'],
    ['with a disk', [{ name: 'six-1.0/disk', type: '4' }], 'special-file', 'six-1.0/disk'],
    ['with a FIFO', [{ name: 'six-1.0/fifo', type: '6' }], 'special-file', 'six-1.0/fifo'],
    ['with a sparse file of GNU', [{ name: 'six-1.0/s', type: 'S' }], 'sparse', 'six-1.0/s'],
    ['with a sparse file by pax', [paxHeader({ 'GNU.sparse.major': '1' }), info], 'sparse', null],
    ['with a type of no standard', [{ name: 'six-1.0/v', type: 'V' }], 'unknown-type', 'six-1.0/v'],
    ['with an extended header of Solaris', [{ name: 'x', type: 'X', data: 'x' }], 'unknown-type', 'x'],
    [
      'with a folder that has data',
      [{ name: 'six-1.0/d', type: '5', data: 'x' }],
      'data-without-file',
      'six-1.0/d',
    ],
    [
      'with a link that has data',
      [{ name: 'six-1.0/l', type: '2', linkName: 'x', data: 'x' }],
      'data-without-file',
      'six-1.0/l',
    ],
    ['with a file named like a folder', [{ name: 'six-1.0/f/' }], 'malformed', 'six-1.0/f/'],
    ['with a checksum that is wrong', [info, { ...code, checksumError: 1 }], 'malformed', null],
    [
      'with a length that is none',
      [{ ...info, rawSize: utf8('00000000x10\0') }],
      'malformed',
      'six-1.0/PKG-INFO',
    ],
    [
      'with a negative length',
      [{ ...info, rawSize: new Uint8Array(12).fill(0xff) }],
      'malformed',
      'six-1.0/PKG-INFO',
    ],
    [
      'with a length beyond numbers',
      [{ ...info, rawSize: Uint8Array.of(0x80, ...Array<number>(11).fill(0xff)) }],
      'malformed',
      'six-1.0/PKG-INFO',
    ],
    ['with names for all that follow', [paxHeader({ path: 'six-1.0/x' }, 'g'), info], 'malformed', null],
    [
      'with two names for one',
      [{ name: 'L', type: 'L', data: 'six-1.0/a' }, paxHeader({ path: 'six-1.0/b' }), info],
      'malformed',
      'PaxHeader',
    ],
    ['with a pax record cut short', [{ name: 'p', type: 'x', data: '99 path=x\n' }, info], 'malformed', null],
    [
      'with a pax record without length',
      [{ name: 'p', type: 'x', data: 'path=x\n' }, info],
      'malformed',
      null,
    ],
    ['with a pax length that is none', [paxHeader({ size: '-1' }), info], 'malformed', null],
    ['with another character set', [paxHeader({ hdrcharset: 'BINARY' }), info], 'malformed', null],
    [
      'with an extended header that is huge',
      [{ name: 'p', type: 'x', size: 2_000_000 }],
      'header-too-long',
      'p',
    ],
  ])('%s are refused', async (_what, members, reason, member) => {
    expect(await tarOutcome(packed(members))).toEqual(['archive.tar-refused', { reason, member }]);
  });
});

describe('the name of a member', () => {
  it.each<[string | Uint8Array, TarReason]>([
    ['/etc/passwd', 'unsafe-name'],
    ['../up', 'unsafe-name'],
    ['six-1.0/../../up', 'unsafe-name'],
    ['six-1.0/..', 'unsafe-name'],
    ['six-1.0\\..\\..\\up', 'unsafe-name'],
    ['\\\\server\\share', 'unsafe-name'],
    ['C:\\windows', 'unsafe-name'],
    ['', 'unsafe-name'],
    ['six-1.0/a\nb', 'unprintable-name'],
    [Uint8Array.of(0x61, 0xe9), 'name-not-unicode'],
  ])('%j is refused', async (name, reason) => {
    expect(await tarOutcome(packed([{ name, data: 'x' }]))).toMatchObject([
      'archive.tar-refused',
      { reason },
    ]);
  });

  it.each<[string, readonly TarMember[]]>([
    ['a pax header', [paxHeader({ path: '../up' }), info]],
    ['a GNU header', [{ name: 'L', type: 'L', data: '/etc/passwd\0' }, info]],
    ['a prefix', [{ prefix: '..', name: 'up' }]],
  ])('is looked at where it comes from %s', async (_what, members) => {
    expect(await tarOutcome(packed(members))).toMatchObject([
      'archive.tar-refused',
      { reason: 'unsafe-name' },
    ]);
  });
});

describe('a link', () => {
  const link = (linkName: string, name = 'six-1.0/l', type = '2'): TarMember => ({ name, type, linkName });
  it.each<[string, readonly TarMember[]]>([
    ['to a place of the system', [link('/etc/passwd')]],
    ['to the folder above', [link('..')]],
    ['out of the top folder', [link('../other/x')]],
    ['out of the top folder and back', [link('../six-1.0/PKG-INFO')]],
    ['out by many steps', [link('a/../../../x')]],
    ['to a drive', [link('C:x')]],
    ['with backslashes', [link('..\\x')]],
    ['to nothing', [link('')]],
    ['of the hard kind to another folder', [link('other/x', 'six-1.0/l', '1')]],
    ['of the hard kind to a place of the system', [link('/etc/passwd', 'six-1.0/l', '1')]],
    ['that members lie behind', [link('sub', 'six-1.0/l'), { name: 'six-1.0/l/x', data: 'x' }]],
    [
      'that members lie behind, even earlier ones',
      [{ name: 'six-1.0/l/x', data: 'x' }, link('sub', 'six-1.0/l')],
    ],
    ['through another link', [link('sub/deep', 'six-1.0/a'), link('a/..', 'six-1.0/b')]],
    ['by a pax header', [paxHeader({ linkpath: '/etc/passwd' }), link('x')]],
    ['by a GNU header', [{ name: 'K', type: 'K', data: '/etc/passwd\0' }, link('x')]],
  ])('%s is refused', async (_what, members) => {
    expect(await tarOutcome(packed([info, ...members]))).toMatchObject([
      'archive.tar-refused',
      { reason: 'unsafe-link' },
    ]);
  });
});

describe('the end of a source distribution', () => {
  const whole = packed(good);
  it.each<[string, Uint8Array, TarReason]>([
    ['with members behind it', gzipped(concatBytes(tarBytes(good), tarMember(code))), 'trailing-data'],
    [
      'with one block of zeros and members',
      gzipped(concatBytes(tarMember(info), new Uint8Array(512), tarMember(code))),
      'trailing-data',
    ],
    ['with a second gzip stream', concatBytes(whole, packed([code])), 'several-streams'],
    ['with a byte behind the stream', concatBytes(whole, utf8('x')), 'trailing-data'],
    ['with a megabyte behind the stream', concatBytes(whole, new Uint8Array(1_048_576)), 'trailing-data'],
  ])('%s is refused', async (_what, bytes, reason) => {
    expect(await tarOutcome(bytes)).toEqual(['archive.tar-refused', { reason, member: null }]);
  });

  it.each<[string, Uint8Array]>([
    ['in the middle of the stream', whole.subarray(0, -20)],
    ['without its checksum', whole.subarray(0, -6)],
    ['with another checksum', changed(whole, -8)],
    ['with another length', changed(whole, -1)],
    ['in the middle of a member', gzipped(tarBytes(good).subarray(0, 1_100))],
    ['in the middle of a header', gzipped(tarBytes(good).subarray(0, 1_024 + 100))],
    ['behind a header about a member', gzipped(tarBytes([info, paxHeader({ path: 'x' })], new Uint8Array()))],
    ['of what is no deflate stream', concatBytes(whole.subarray(0, 10), new Uint8Array(40).fill(0xff))],
  ])('%s is a damaged file', async (_what, bytes) => {
    expect(await tarOutcome(bytes)).toEqual(['archive.corrupt', { member: null }]);
  });
});

describe('a file that is no tar file', () => {
  it.each<[string, Uint8Array]>([
    ['nothing at all', new Uint8Array()],
    ['a text', utf8('not a gzip stream, though rather long')],
    ['a plain tar file', tarBytes(good)],
    ['an empty stream', gzipped(new Uint8Array())],
    ['a text in a gzip stream', gzipped(new Uint8Array(2_000).fill(0x61))],
    ['a zip file', zipBytes([{ name: 'PKG-INFO', data: 'x' }])],
    ['a stream of no known method', changed(packed(good), 2)],
    ['a stream with flags of the future', changed(packed(good), 3, 0x80)],
  ])('but %s is refused', async (_what, bytes) => {
    expect(await tarOutcome(bytes)).toEqual(['archive.not-tar', {}]);
  });

  it('alone, being a zip file too, is refused', async () => {
    const zip = zipBytes([{ name: 'x', data: 'x' }]);
    expect(await tarOutcome(concatBytes(packed(good), zip))).toEqual(['archive.polyglot', {}]);
    // In the comment of the gzip header, where no byte is out of place.
    const plain = gzipped(tarBytes([]));
    const lead = concatBytes(plain.slice(0, 3), Uint8Array.of(0x04), plain.slice(4, 10));
    const extra = concatBytes(Uint8Array.of(zip.length & 0xff, zip.length >> 8), zip);
    expect(await tarOutcome(concatBytes(lead, extra, plain.slice(10)))).toEqual(['archive.polyglot', {}]);
  });
});

describe('the bounds of a source distribution', () => {
  const zeros: TarMember = { name: 'six-1.0/zeros', data: new Uint8Array(2_000_000) };

  it('are a ratio beyond what is free', async () => {
    const bomb = packed([zeros]);
    expect(await tarOutcome(bomb, { freeBytes: 1_000_000 })).toEqual(['archive.bomb', { maxRatio: 50 }]);
    expect(await tarOutcome(bomb, { freeBytes: 3_000_000 })).toBe('accepted');
    expect(await tarOutcome(bomb, { freeBytes: 1_000_000, maxRatio: 2_000 })).toBe('accepted');
  });

  it('hold behind the end too', async () => {
    const bomb = gzipped(tarBytes(good, new Uint8Array(2_000_000)));
    expect((await tarOutcome(bomb, { freeBytes: 1_000_000 }))[0]).toBe('archive.bomb');
  });

  it('are a number of members', async () => {
    const members = Array.from({ length: 4 }, (_, i) => ({ name: `six-1.0/${i}` }));
    expect(await tarOutcome(packed(members), { maxMembers: 3 })).toEqual([
      'archive.too-many-members',
      { maxMembers: 3 },
    ]);
  });
});

function changed(bytes: Uint8Array, at: number, by = 1): Uint8Array {
  const copy = bytes.slice();
  const index = at < 0 ? copy.length + at : at;
  copy[index] = copy[index]! ^ by;
  return copy;
}

/** Bytes that do not compress, always the same. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => (state = (state * 48_271) % 2_147_483_647) & 0xff);
}
